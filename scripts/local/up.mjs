#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { bootstrap } from '../bootstrap.mjs';
import { loadFaults, profileNames } from './faults/load.mjs';
import { argumentsOf } from './lib/arguments.mjs';
import { projectRoot } from './lib/paths.mjs';
import { isSame } from './lib/processes.mjs';
import { alreadyUp, envFile, readState, runDir, takeDown, writeState } from './lib/state.mjs';

const help = `Starts a local AWS, deploys undrift to it, and leaves both running.

  npm run local:up -- [--mode enforce|observe] [--policy FILE] [--faults FILE] [--restart]

  --mode     the mode to deploy with, whatever the policy says (enforce)
  --policy   the policy to deploy (policy.yml)
  --faults   faults that undrift's calls meet once it is deployed: a JSON or YAML file, or the name of a profile:
             ${profileNames().join(', ')}
  --restart  take down what is running, then start anew

While it runs, npm run local:faults changes, shows and clears the faults (docs/fidelity.md).

Examples:
  npm run local:up -- --mode observe
  npm run local:up -- --restart --faults ec2-throttled

npm run local:down ends it. Exit codes: 0 running, 2 error.`;

/** @typedef {{ mode: 'enforce' | 'observe', policy: string, faults: string | undefined, restart: boolean }} Wish */

/** @returns {Wish} */
function wished() {
  const options = /** @type {const} */ ({
    mode: { type: 'string', default: 'enforce' },
    policy: { type: 'string', default: 'policy.yml' },
    faults: { type: 'string' },
    restart: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  const { values } = argumentsOf('local:up', { options, strict: true });
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  if (values.mode !== 'enforce' && values.mode !== 'observe')
    throw new Error(`--mode is enforce or observe, not ${values.mode}`);
  // npm runs scripts in the project's folder; a path is meant from where it was typed.
  const policy =
    values.policy === 'policy.yml'
      ? join(projectRoot, 'policy.yml')
      : resolve(process.env.INIT_CWD ?? '.', values.policy);
  if (!existsSync(policy)) throw new Error(`There is no policy at ${values.policy}`);
  return { mode: values.mode, policy, faults: values.faults, restart: values.restart };
}

/** @param {Wish} wish */
async function up({ mode, policy, faults: wish, restart }) {
  const began = Date.now();
  const say = (/** @type {string} */ line) => console.log(line);
  if ((await readState())?.pids.some(isSame) && !restart) {
    throw new Error(alreadyUp(wish));
  }
  await bootstrap({ log: say });
  // Read before anything is taken down or started: a mistake in the file must cost nothing.
  const faults = wish === undefined ? null : await loadFaults(wish, process.env.INIT_CWD);
  await takeDown();
  await rm(runDir, { recursive: true, force: true });
  const { startCloud, deployStack } = await import('./cloud.mjs');
  const cloud = await startCloud({ dir: runDir, log: say, detached: true, faults: {} });
  const state = { pids: cloud.pids, endpoints: cloud.endpoints, callsFile: cloud.callsFile, mode, policy, outputs: {} };
  const giveUp = async () => {
    await takeDown();
    process.exit(2);
  };
  process.once('SIGINT', giveUp).once('SIGTERM', giveUp);
  try {
    // Written before the deploy: if this process is killed meanwhile, `local:down` still knows what to end.
    await writeState(state, cloud.env);
    const outputs = await deployStack({ dir: runDir, env: cloud.env, log: (line) => say(`  ${line}`), policy, mode });
    await writeState({ ...state, outputs }, cloud.env);
    if (faults !== null) await cloud.faults?.set(faults);
    say(running({ cloud, outputs, mode, wish, seconds: Math.round((Date.now() - began) / 1000) }));
  } catch (error) {
    // Half a cloud is worse than none.
    await takeDown();
    throw error;
  }
}

/**
 * @typedef {{ cloud: import('./cloud.mjs').Cloud, outputs: Record<string, string>, mode: string, wish: string | undefined, seconds: number }} Up
 * @param {Up} up
 */
function running({ cloud, outputs, mode, wish, seconds }) {
  const here = (/** @type {string} */ path) => relative(projectRoot, path);
  const listed = Object.entries(outputs).filter(([key]) => !/QualifiedArn$|^ServerlessDeploymentBucket/.test(key));
  return [
    '',
    `undrift runs in a local AWS, mode ${mode} (${seconds} s).`,
    '',
    `  AWS            ${cloud.endpoints.main}`,
    `  EC2, Auto Scaling  ${cloud.endpoints.ec2}`,
    ...listed.map(([key, value]) => `  ${key}  ${value}`),
    `  faults         ${wish ?? 'none (npm run local:faults -- --help)'}`,
    `  calls made     ${here(cloud.callsFile)}`,
    `  logs           ${here(join(runDir, 'moto.log'))}, ${here(join(runDir, 'ministack.log'))}`,
    '',
    'Try (a call makes no event here by itself, as no CloudTrail looks on; local:event sends it, too):',
    '  npm run local:event -- open-ssh        # opens SSH to the world; --help says what else there is',
    `  set -a; . ${here(envFile)}; set +a        # the AWS CLI 2, the SDKs and undrift now use it`,
    '  npm exec --no -- undrift incidents    # what came of it',
    '  npm run local:down                     # ends it',
  ].join('\n');
}

try {
  await up(wished());
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(2);
}
