#!/usr/bin/env node
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap, bootstrapPython, SetupFault } from './bootstrap.mjs';

/** Every suite, or those that the arguments name, and at the end how many tests passed. @param {string[]} args */
async function main(args) {
  const log = (/** @type {string} */ line) => console.log(line);
  await bootstrap({ log });
  const { filesOf, runSuites } = await import('./test/suites.mjs');
  const { boxed, readReport, tally } = await import('./test/report.mjs');
  const scratch = mkdtempSync(join(tmpdir(), 'undrift-test-'));
  try {
    const files = await filesOf(args, join(scratch, 'files.json'));
    const inCloud = files.filter(({ projectName }) => projectName === 'local-cloud').map(({ file }) => file);
    const missing = inCloud.length === 0 ? undefined : await bootstrapPython({ log }).catch(faultOf);
    const left = missing ? inCloud : [];
    const report = join(scratch, 'report.json');
    // With every file left out there is nothing to start vitest for; without any file it says so itself.
    const code = files.length > 0 && left.length === files.length ? 0 : await runSuites(args, { report, left });
    const result = await readReport(report, { code, left });
    for (const name of result.skippedNames) log(`skipped: ${name}`);
    if (code !== 0) log(`vitest ended with ${code}: see above.`);
    if (missing) log(boxed(complaint(missing, left)));
    log(tally(result));
    return code || (missing && !isAllowed() ? 1 : 0);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** @param {unknown} error */
function faultOf(error) {
  if (error instanceof SetupFault) return error.message;
  throw error;
}

/** Where nobody looks, there is no doing without. */
const isAllowed = () => process.env.UNDRIFT_ALLOW_NO_EMULATORS === '1' && !process.env.CI;

/** @param {string} missing @param {string[]} left */
function complaint(missing, left) {
  return [
    'THE LOCAL-CLOUD SUITES DID NOT RUN: nothing was tried on an emulated AWS.',
    '',
    ...missing.split('\n'),
    '',
    `Not run, and counted as skipped, one a file (${left.length}):`,
    ...left.map((file) => `  ${file}`),
    '',
    isAllowed()
      ? 'UNDRIFT_ALLOW_NO_EMULATORS=1 lets this pass.'
      : 'This is a failure. UNDRIFT_ALLOW_NO_EMULATORS=1 lets it pass, though not where CI is set.',
  ];
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof SetupFault ? error.message : error);
  process.exitCode = 2;
}
