#!/usr/bin/env node
import { faultsAt } from './faults/handle.mjs';
import { loadFaults, profileNames } from './faults/load.mjs';
import { argumentsOf } from './lib/arguments.mjs';
import { isSame } from './lib/processes.mjs';
import { readState } from './lib/state.mjs';

const help = `Makes the calls of undrift's functions fail in the local AWS of \`npm run local:up\`.

  npm run local:faults                    show the faults that are set, and what became of each call so far
  npm run local:faults -- FILE|PROFILE    replace the faults; FILE is JSON or YAML
  npm run local:faults -- clear           remove all faults

Profiles: ${profileNames().join(', ')}. docs/fidelity.md lists the kinds of faults and their keys.

Examples:
  npm run local:faults -- sns-down
  npm run local:faults -- ./my-faults.yml

Your own calls never meet a fault. Exit codes: 0 done, 2 error.`;

async function main() {
  const options = /** @type {const} */ ({ help: { type: 'boolean', short: 'h', default: false } });
  const { values, positionals } = argumentsOf('local:faults', { options, strict: true, allowPositionals: true });
  if (values.help) return console.log(help);
  const [wish, ...more] = positionals;
  if (more.length > 0) throw new Error(`local:faults: too many arguments; give one file, one profile or clear`);
  // A mistake in the file is reported whether or not anything runs.
  const faults = wish === undefined || wish === 'clear' ? null : await loadFaults(wish, process.env.INIT_CWD);
  const running = await connect();
  if (wish === undefined) return console.log(shown(await running.state()));
  const { faults: set } = faults === null ? await running.clear() : await running.set(faults);
  console.log(set.length === 0 ? 'No faults are set.' : `${set.length} faults are set.`);
}

async function connect() {
  const state = await readState();
  const endpoint = state?.pids.some(isSame) ? state.endpoints.faults : undefined;
  if (endpoint === undefined) throw new Error('The local AWS is not up; start it with `npm run local:up`.');
  return faultsAt(endpoint);
}

/** @param {import('./faults/handle.mjs').State} state */
function shown({ faults, calls }) {
  const set = faults.map((fault) => `  ${JSON.stringify(fault)}`);
  const rows = Object.entries(calls).sort(([a], [b]) => a.localeCompare(b));
  const width = Math.max(4, ...rows.map(([name]) => name.length));
  const head = `  ${'call'.padEnd(width)}  received  passed  throttled  failed`;
  const counted = rows.map(([name, { received, passed, throttled, failed }]) => {
    const numbers = [
      String(received).padStart(8),
      String(passed).padStart(6),
      String(throttled).padStart(9),
      String(failed).padStart(6),
    ];
    return `  ${name.padEnd(width)}  ${numbers.join('  ')}`;
  });
  return [set.length === 0 ? 'No faults are set.' : 'Faults:', ...set, 'Calls since the start:', head, ...counted].join(
    '\n',
  );
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
