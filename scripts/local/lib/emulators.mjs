import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanEnvironment } from './environment.mjs';
import { localFile, projectRoot } from './paths.mjs';
import { known } from './processes.mjs';

/** How long an emulator may take to answer; a slow machine needs a third of it. */
const DEADLINE_MS = 90_000;

/**
 * @typedef {{ name: string, endpoint: string, process: import('./processes.mjs').Known, ready: () => Promise<void> }} Emulator
 * @typedef {{ dir: string, env: Record<string, string>, detached: boolean }} Setting
 */

/** @param {Setting & { python: string }} setting */
export const startMoto = ({ python, ...setting }) =>
  start('moto', [python, localFile('moto_aws.py')], '/_undrift/health', setting);

/** @param {Setting & { python: string }} setting */
export const startMinistack = ({ python, ...setting }) =>
  start('ministack', [python, localFile('ministack_aws.py')], '/_ministack/health', {
    ...setting,
    env: { ...setting.env, PATH: pathWithLambdaNode() },
  });

/** @param {Setting} setting */
export const startFaultProxy = (setting) =>
  start('faults', [process.execPath, localFile('faults/main.mjs')], '/_faults', setting);

/**
 * Begins the process and returns as soon as its port is known, before it answers.
 * @param {string} name @param {[program: string, script: string]} command @param {string} health @param {Setting} setting
 * @returns {Promise<Emulator>}
 */
async function start(name, [program, script], health, { dir, env, detached }) {
  const portFile = join(dir, `${name}.port`);
  const logFile = join(dir, `${name}.log`);
  const temporary = join(dir, 'tmp');
  await mkdir(temporary, { recursive: true });
  // Functions run in here. Without this, a package.json further up (ours) would say what kind of module their files are.
  await writeFile(join(temporary, 'package.json'), '{}\n');
  await rm(portFile, { force: true });
  const output = openSync(logFile, 'a');
  const child = spawn(program, [script, '--port-file', portFile], {
    cwd: dir,
    // A group of its own, so that the workers which it starts can be ended with it.
    detached: true,
    stdio: ['ignore', output, output],
    env: {
      ...cleanEnvironment(),
      ...env,
      TMPDIR: temporary,
      PYTHONUNBUFFERED: '1',
      ...(detached ? {} : { UNDRIFT_LOCAL_PARENT: String(process.pid) }),
    },
  });
  closeSync(output);
  let ended = '';
  child.on('error', (error) => (ended = error.message));
  child.on('exit', (code, signal) => (ended = `ended with ${signal ?? code}`));
  child.unref();
  const until = Date.now() + DEADLINE_MS;
  /** @param {() => Promise<boolean>} done */
  const wait = async (done) => {
    while (!(await done().catch(() => false))) {
      if (ended || Date.now() > until) throw new Error(await complaint(name, ended || 'does not answer', logFile));
      await sleep(50);
    }
  };
  await wait(async () => existsSync(portFile));
  const endpoint = `http://127.0.0.1:${(await readFile(portFile, 'utf8')).trim()}`;
  const answers = async () => (await fetch(endpoint + health, { signal: AbortSignal.timeout(5000) })).ok;
  return { name, endpoint, process: known(/** @type {number} */ (child.pid)), ready: () => wait(answers) };
}

/** @param {string} name @param {string} what @param {string} logFile */
async function complaint(name, what, logFile) {
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-15);
  return `The local AWS did not start: ${name} ${what}. The end of ${logFile}:\n${lines.join('\n')}`;
}

/** The Node major that Lambda runs, when its package is installed for this platform; else this Node. */
function pathWithLambdaNode() {
  const lambda = join(projectRoot, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin');
  const own = join(process.execPath, '..');
  return [...(existsSync(join(lambda, 'node')) ? [lambda] : []), own, process.env.PATH ?? ''].join(delimiter);
}
