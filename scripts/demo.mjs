#!/usr/bin/env node
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, bootstrapPython, root, SetupFault } from './bootstrap.mjs';

const HELP = `npm run demo [-- --full]

Shows what undrift does, on a local AWS that it starts for itself: no account is needed, and none is touched.
Somebody opens SSH to the world and alters a machine; undrift closes the one and replaces the other.

  --full  print the notices in full

Needs Node 20.19 and Python 3.10, or newer; the first run installs the rest. It takes less than a minute after that.
Exit codes: 0 everything was put right, 1 something was not (the logs are kept), 2 something is missing on this machine.`;

/** @param {string[]} args @returns {Promise<number>} */
async function main(args) {
  const unknown = args.filter((arg) => !['--full', '--help', '-h'].includes(arg));
  if (unknown.length > 0) {
    console.error(`The demo knows no ${unknown.join(' ')}.\n\n${HELP}`);
    return 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    console.log(HELP);
    return 0;
  }
  const began = Date.now();
  try {
    return await demo({ began, full: args.includes('--full') });
  } catch (error) {
    if (!(error instanceof SetupFault)) throw error;
    console.error(error.message);
    return 2;
  }
}

/** @param {{ began: number, full: boolean }} options */
async function demo({ began, full }) {
  /** @type {string | undefined} */
  let dir;
  const { endEarly } = await import('./demo/ending.mjs');
  const { heading, patiently, say } = await import('./demo/screen.mjs');
  endEarly(() => dir);
  introduce(say);
  heading('1. Setting up');
  await patiently('installing', async () => {
    await bootstrap({ log: say });
    await bootstrapPython({ log: say });
  });
  await useNoOtherAws();
  const { runDemo, showLogs } = await import('./demo/run.mjs');
  mkdirSync(join(root, '.local'), { recursive: true });
  dir = mkdtempSync(join(root, '.local', 'demo-'));
  const good = await runDemo({ dir, began, full }).catch((error) => {
    console.error(`\nThe demo could not go on: ${error.message}`);
    return false;
  });
  if (good) rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  else showLogs(dir);
  return good ? 0 : 1;
}

/** @param {(line?: string) => void} say */
function introduce(say) {
  say();
  say('undrift puts an AWS account back the way its code says. In this demo it is deployed to a local AWS on this');
  say('machine; then somebody changes two things by hand. No AWS account is needed, and none is touched.');
}

/** From here on nothing of the user's own AWS settings is left, for this process and for whatever it starts. */
async function useNoOtherAws() {
  const { cleanEnvironment } = await import('./local/lib/environment.mjs');
  const clean = cleanEnvironment();
  for (const name of Object.keys(process.env)) if (!(name in clean)) delete process.env[name];
  // The SDK of these scripts is pinned: that its later releases need a newer Node is nothing to tell here.
  Object.assign(process.env, clean, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
}

process.exitCode = await main(process.argv.slice(2));
