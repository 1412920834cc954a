import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { faultsAt } from './faults/handle.mjs';
import { startFaultProxy, startMinistack, startMoto } from './lib/emulators.mjs';
import { clientEnvironment } from './lib/environment.mjs';
import { endGroups, signalGroup } from './lib/processes.mjs';
import { ensurePython } from './python.mjs';

export { deployStack } from './lib/deploy.mjs';

/**
 * @typedef {object} Cloud
 * @property {Record<string, string>} env what an AWS client needs to speak with it
 * @property {{ main?: string, ec2: string, autoscaling: string, faults?: string }} endpoints
 * @property {ReturnType<typeof faultsAt> | null} faults changes them while the cloud runs; null where it began without
 * @property {string} callsFile one JSON line per call: {at, service, action, params, userAgent, requestId, status}
 * @property {import('./lib/processes.mjs').Known[]} pids
 * @property {(seconds: number) => Promise<void>} staleReads EC2 describes its state of now for that long, whatever changes
 * @property {() => Promise<void>} stop ends everything that was started; may be called twice
 */

/**
 * Starts the emulators on free ports of 127.0.0.1. Unless detached they end with this process, however it ends.
 * @param {object} options
 * @param {string} options.dir everything that they write is in here
 * @param {(line: string) => void} [options.log]
 * @param {boolean} [options.detached] they go on after this process
 * @param {number} [options.launchSeconds] how long an instance stays Pending (3)
 * @param {number} [options.terminateSeconds] how long one that is terminated stays Terminating (1)
 * @param {number} [options.targetSeconds] how long a target that was registered is initial, and not yet healthy (2)
 * @param {string} [options.seed] launches then take between half and one and a half times as long, the same way each time
 * @param {('moto' | 'ministack')[]} [options.services] EC2 and Auto Scaling alone, with `['moto']`
 * @param {unknown} [options.faults] what the functions' calls meet from the start (`{}`: nothing yet); all other callers speak directly with the emulators
 * @returns {Promise<Cloud>}
 */
export async function startCloud({
  dir,
  log = () => {},
  detached = false,
  launchSeconds = 3,
  terminateSeconds = 1,
  targetSeconds = 2,
  seed = '',
  services = ['moto', 'ministack'],
  faults,
}) {
  const python = await ensurePython({ log });
  await mkdir(dir, { recursive: true });
  const callsFile = join(dir, 'calls.jsonl');
  /** @type {import('./lib/emulators.mjs').Emulator[]} */
  const started = [];
  const guard = endWithThisProcess(started);
  const stop = async () => {
    await endGroups(started.map((each) => each.process));
    guard.lift();
  };
  try {
    const shared = {
      UNDRIFT_LOCAL_CALLS: callsFile,
      UNDRIFT_LOCAL_LAUNCH_SECONDS: String(launchSeconds),
      UNDRIFT_LOCAL_TERMINATE_SECONDS: String(terminateSeconds),
      UNDRIFT_LOCAL_TARGET_SECONDS: String(targetSeconds),
      UNDRIFT_LOCAL_SEED: seed,
    };
    const moto = await startMoto({ python, dir, detached, env: shared });
    started.push(moto);
    const proxy = faults === undefined ? null : await startFaultProxy({ dir, detached, env: shared });
    if (proxy) started.push(proxy);
    const ministack = services.includes('ministack')
      ? await startMinistack({ python, dir, detached, env: { ...shared, ...functionEnvironment({ moto, proxy }) } })
      : null;
    if (ministack) started.push(ministack);
    await Promise.all(started.map((each) => each.ready()));
    const main = ministack?.endpoint;
    if (main) await post(`${moto.endpoint}/_undrift/events?endpoint=${main}`);
    const handle = proxy && faultsAt(proxy.endpoint);
    await handle?.leadTo({ main: main ?? '', moto: moto.endpoint });
    await handle?.set(faults);
    if (detached) guard.lift();
    return {
      env: clientEnvironment({ main, moto: moto.endpoint }),
      endpoints: {
        ...(main ? { main } : {}),
        ec2: moto.endpoint,
        autoscaling: moto.endpoint,
        ...(proxy ? { faults: proxy.endpoint } : {}),
      },
      faults: handle,
      callsFile,
      pids: started.map((each) => each.process),
      staleReads: (seconds) => post(`${moto.endpoint}/_undrift/stale?seconds=${seconds}`),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Functions inherit ministack's environment: their EC2, Auto Scaling and target groups are moto's, or all is the proxy's.
 * @param {{ moto: { endpoint: string }, proxy: { endpoint: string } | null }} started
 * @returns {Record<string, string>}
 */
function functionEnvironment({ moto, proxy }) {
  const { endpoint } = proxy ?? moto;
  return {
    AWS_ENDPOINT_URL_EC2: endpoint,
    AWS_ENDPOINT_URL_AUTO_SCALING: endpoint,
    AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: endpoint,
    ...(proxy ? { AWS_ENDPOINT_URL: endpoint, UNDRIFT_LOCAL_FAULTS: endpoint } : {}),
  };
}

/**
 * Ends the emulators when this process ends or is told to. A killed process cannot: the emulators watch for that themselves.
 * @param {import('./lib/emulators.mjs').Emulator[]} started
 */
function endWithThisProcess(started) {
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  const kill = () => {
    for (const each of started) signalGroup(each.process.pid, 'SIGKILL');
  };
  /** @param {NodeJS.Signals} signal */
  const onSignal = (signal) => {
    kill();
    lift();
    // Nobody else has taken charge of the signal: let it do what it would have done.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const lift = () => {
    process.off('exit', kill);
    for (const signal of signals) process.off(signal, onSignal);
  };
  process.on('exit', kill);
  for (const signal of signals) process.on(signal, onSignal);
  return { lift };
}

/** @param {string} url */
async function post(url) {
  const answer = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
}
