import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from './paths.mjs';
import { endGroups, isSame } from './processes.mjs';

/** Where the local AWS of `npm run local:up` lives. */
const home = join(projectRoot, '.local');
export const runDir = join(home, 'cloud');
export const envFile = join(home, 'env');
const stateFile = join(home, 'state.json');

/**
 * @typedef {object} State what `local:up` left behind
 * @property {import('./processes.mjs').Known[]} pids
 * @property {Record<string, string>} endpoints
 * @property {string} callsFile
 * @property {string} mode
 * @property {string} policy
 * @property {Record<string, string>} outputs of the stack: ledger, topic, queues
 */

/** @returns {Promise<State | undefined>} */
export async function readState() {
  try {
    return JSON.parse(await readFile(stateFile, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {State} state @param {Record<string, string>} env */
export async function writeState(state, env) {
  await mkdir(home, { recursive: true });
  await writeFile(stateFile, `${JSON.stringify(state, null, 2)}\n`);
  const lines = Object.entries({ ...env, ...namedOutputs(state.outputs) }).map(
    ([name, value]) => `${name}=${quoted(value)}\n`,
  );
  await writeFile(envFile, lines.join(''));
}

/** Ends what is running and forgets it. Does nothing when nothing is. @returns {Promise<boolean>} whether something ran */
export async function takeDown() {
  const state = await readState();
  const ran = state?.pids.some(isSame) ?? false;
  if (state) await endGroups(state.pids);
  await rm(stateFile, { force: true });
  await rm(envFile, { force: true });
  return ran;
}

/** LedgerTable becomes UNDRIFT_OUTPUT_LEDGER_TABLE. @param {Record<string, string>} outputs */
function namedOutputs(outputs) {
  const name = (/** @type {string} */ key) =>
    `UNDRIFT_OUTPUT_${key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()}`;
  return Object.fromEntries(Object.entries(outputs).map(([key, value]) => [name(key), value]));
}

/** @param {string} value */
const quoted = (value) => (/^[\w./:@,+=-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`);

/** Why it is not started a second time. @param {string | undefined} faults that were asked for */
export function alreadyUp(faults) {
  const hint = faults === undefined ? '' : `; to change only the faults: \`npm run local:faults -- ${faults}\``;
  return `local:up: the local AWS is already up; take it down with \`npm run local:down\`, or use --restart${hint}`;
}
