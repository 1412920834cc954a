#!/usr/bin/env node
/**
 * The fault proxy as a process of its own, so that it outlives the command that started it. It listens on a free port of
 * 127.0.0.1 and writes the number to --port-file. UNDRIFT_LOCAL_CALLS is the file to which calls are appended that no
 * emulator saw; with UNDRIFT_LOCAL_PARENT it ends when that process ends.
 */
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { faultProxy } from './proxy.mjs';

const { values } = parseArgs({ options: { 'port-file': { type: 'string' } }, strict: true });
const portFile = values['port-file'] ?? 'faults.port';
const { UNDRIFT_LOCAL_CALLS: callsFile, UNDRIFT_LOCAL_PARENT: parent } = process.env;

/** @type {import('./proxy.mjs').RecordCall} */
function record({ service, action, params, userAgent }, answer) {
  const line = { at: new Date().toISOString(), service, action, params, userAgent, ...answer };
  if (callsFile) appendFileSync(callsFile, `${JSON.stringify(line)}\n`);
}

const server = faultProxy({ now: () => Date.now(), record });
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  // The file appears whole or not at all.
  writeFileSync(`${portFile}.new`, String(typeof address === 'object' ? address?.port : address));
  renameSync(`${portFile}.new`, portFile);
});
if (parent) {
  setInterval(() => {
    if (process.ppid !== Number(parent)) process.exit(0);
  }, 500).unref();
}
