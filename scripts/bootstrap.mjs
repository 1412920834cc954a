// The first thing that a command of a fresh clone imports. It stands on Node's built-ins alone, and even this project's
// own files are imported late: an old Node must get as far as being told so.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** engines.node of package.json. */
const MINIMUM_NODE = [20, 19];

/** The folder of this project. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Something is missing that only the reader can put there: the message says what. */
export class SetupFault extends Error {}

/**
 * Makes sure of Node and of node_modules. What imports from node_modules is to be imported after this.
 * @param {{ log: (line: string) => void }} options
 * @throws {SetupFault}
 */
export async function bootstrap({ log }) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = MINIMUM_NODE;
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
    throw new SetupFault(
      `undrift needs Node ${MINIMUM_NODE.join('.')} or newer, and this is ${process.versions.node}: install it (nodejs.org, nvm install 24).`,
    );
  }
  if (await isInstalled()) return;
  const { withLock } = await import('./local/lib/lock.mjs');
  const home = join(root, '.local');
  await mkdir(home, { recursive: true });
  const onWait = () => log('Waiting for another process that installs the dependencies.');
  await withLock(
    join(home, 'npm.lock'),
    async () => {
      // Whoever held the lock before has probably done it.
      if (!(await isInstalled())) await install(log);
    },
    { onWait },
  );
}

/**
 * Makes sure of the Python environment in which the local AWS runs.
 * @param {{ log: (line: string) => void }} options
 * @throws {SetupFault} without a Python, or with one that is too old
 */
export async function bootstrapPython({ log }) {
  const { ensurePython } = await import('./local/python.mjs');
  await ensurePython({ log }).catch((error) => {
    throw new SetupFault(error.message);
  });
}

/**
 * Whether node_modules holds what package-lock.json says. npm writes node_modules/.package-lock.json as the last thing of
 * an install, so that an unfinished one does not count.
 */
async function isInstalled() {
  const read = async (/** @type {string} */ path) => JSON.parse(await readFile(join(root, path), 'utf8')).packages;
  if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) return false;
  const [wanted, found] = await Promise.all([read('package-lock.json'), read('node_modules/.package-lock.json')]);
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const there = found[path];
    // The root is no package, and optional ones are for other platforms.
    if (path === '' || (there === undefined && optional)) return true;
    return there?.version === version && there?.integrity === integrity;
  });
}

/** @param {(line: string) => void} log */
async function install(log) {
  const began = Date.now();
  log('Installing the dependencies (npm ci, once)…');
  // Whatever NODE_ENV and the user's settings leave out is needed here.
  const { code, said } = await npm(['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund']);
  if (code === 'ENOENT') throw new SetupFault('undrift needs npm, which comes with Node: install it (nodejs.org).');
  // npm says first what is wrong, and then how it could be called.
  if (code !== 0) throw new SetupFault(`npm ci failed:\n${said.trimEnd().split('\n').slice(0, 20).join('\n')}`);
  log(`Installed in ${Math.round((Date.now() - began) / 1000)} s.`);
}

/**
 * @param {string[]} args
 * @returns {Promise<{ code: number | string | null, said: string }>}
 */
async function npm(args) {
  // A group of its own, so that the scripts which it starts can be ended with it.
  const child = spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const end = () => {
    try {
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  process.once('exit', end);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const code = await new Promise((resolve) => {
    child.on('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code ?? error.message));
    child.on('close', resolve);
  });
  process.off('exit', end);
  return { code, said };
}
