import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { root, SetupFault } from '../bootstrap.mjs';
import { cleanEnvironment } from '../local/lib/environment.mjs';

const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');

/** No test is to come near a real account. */
const environment = () => ({ ...cleanEnvironment(), AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });

/**
 * The test files that the arguments select.
 * @param {string[]} args
 * @param {string} list where vitest writes them
 * @returns {Promise<{ file: string, projectName: string }[]>}
 * @throws {SetupFault} where vitest does not understand the arguments
 */
export async function filesOf(args, list) {
  const command = [vitest, 'list', '--filesOnly', `--json=${list}`, ...args];
  await promisify(execFile)(process.execPath, command, { cwd: root, env: environment() }).catch((error) => {
    throw new SetupFault(error.stderr || error.message);
  });
  /** @type {{ file: string, projectName: string }[]} */
  const files = JSON.parse(await readFile(list, 'utf8'));
  return files.map(({ file, projectName }) => ({ file: relative(root, file), projectName }));
}

/**
 * @param {string[]} args
 * @param {{ report: string, left: string[] }} options where the JSON report goes, and files that are not to run
 * @returns {Promise<number>} vitest's exit code
 */
export async function runSuites(args, { report, left }) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const without = left.flatMap((file) => ['--exclude', file]);
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...without, ...args], {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  // Ours ends when vitest has, so that the emulators which it started are ended first.
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
