import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from './lib/lock.mjs';
import { localFile, projectRoot } from './lib/paths.mjs';
import { run } from './lib/run.mjs';

/** moto, ministack and cfn-lint all begin at this version. */
const MINIMUM = [3, 10];

/**
 * A Python environment with exactly what requirements.txt pins, in .local/venv. The first call installs (about half a
 * minute), the others find it ready.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<string>} the path of the environment's python
 */
export async function ensurePython({ log = () => {} } = {}) {
  const home = join(projectRoot, '.local');
  const venv = join(home, 'venv');
  const digest = createHash('sha256')
    .update(await readFile(localFile('requirements.txt')))
    .digest('hex');
  if (await isReady(venv, digest)) return pythonOf(venv);
  const python = findPython();
  await mkdir(home, { recursive: true });
  const onWait = () => log('Waiting for another process that installs the local AWS.');
  await withLock(
    join(home, 'venv.lock'),
    async () => {
      if (!(await isReady(venv, digest))) await install({ python, venv, digest, log });
    },
    { onWait },
  );
  return pythonOf(venv);
}

/** @param {string} venv */
const pythonOf = (venv) => join(venv, 'bin', 'python');

/** @param {string} venv */
const stampOf = (venv) => join(venv, 'requirements.sha256');

/** @param {string} venv @param {string} digest */
async function isReady(venv, digest) {
  // A stamp without a python that starts is an environment whose Python was removed or upgraded since.
  const stamp = await readFile(stampOf(venv), 'utf8').catch(() => '');
  return stamp === digest && existsSync(pythonOf(venv)) && versionOf(pythonOf(venv)) !== undefined;
}

/** @param {{ python: string, venv: string, digest: string, log: (line: string) => void }} what */
async function install({ python, venv, digest, log }) {
  const began = Date.now();
  log('Installing the local AWS (Python packages, once, about half a minute)…');
  // An environment of other pins may hold what these do not: start anew.
  await rm(venv, { recursive: true, force: true });
  await attempt(
    python,
    ['-m', 'venv', venv],
    'No virtual environment could be made (on Debian and Ubuntu: apt install python3-venv)',
  );
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--require-hashes'];
  await attempt(
    pythonOf(venv),
    [...pip, '-r', localFile('requirements.txt')],
    'The packages of scripts/local/requirements.txt could not be installed',
  );
  await writeFile(stampOf(venv), digest);
  log(`Installed in ${Math.round((Date.now() - began) / 1000)} s.`);
}

function findPython() {
  const tried = [
    process.env.PYTHON,
    'python3',
    'python',
    'python3.13',
    'python3.12',
    'python3.11',
    'python3.10',
  ].filter((name) => name !== undefined && name !== '');
  for (const name of tried) {
    const version = versionOf(name);
    if (version && (version[0] > MINIMUM[0] || (version[0] === MINIMUM[0] && version[1] >= MINIMUM[1]))) return name;
  }
  throw new Error(
    `The local AWS needs Python ${MINIMUM.join('.')} or newer: install it (python.org, apt install python3 python3-venv, brew install python) or set PYTHON to its path.`,
  );
}

/** @param {string} python @returns {number[] | undefined} */
function versionOf(python) {
  const asked = spawnSync(python, ['-c', 'import sys; print(*sys.version_info[:2])'], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return asked.status === 0 ? asked.stdout.trim().split(' ').map(Number) : undefined;
}

/** @param {string} command @param {string[]} args @param {string} fault what it means for the reader when it fails */
async function attempt(command, args, fault) {
  await run(command, args, { cwd: projectRoot }).catch((error) => {
    throw new Error(`${fault}. ${error.message}`);
  });
}
