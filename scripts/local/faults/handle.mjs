import { FaultsError } from './config.mjs';

/**
 * @typedef {object} State
 * @property {string} seed
 * @property {import('./config.mjs').Fault[]} faults
 * @property {Record<string, import('./counts.mjs').Count>} calls since the start, by `service Action`
 */

/** What controls a running fault proxy. @param {string} endpoint */
export function faultsAt(endpoint) {
  /** @param {string} method @param {string} path @param {unknown} [value] @returns {Promise<State>} */
  const ask = async (method, path, value) => {
    const body = value === undefined ? {} : { body: JSON.stringify(value) };
    const answer = await fetch(endpoint + path, { method, ...body, signal: AbortSignal.timeout(10_000) });
    const said = /** @type {any} */ (await answer.json());
    if (!answer.ok) throw new FaultsError(said.error);
    return said;
  };
  return {
    /** Replaces all faults; their windows and buckets start now. @param {unknown} faults */
    set: (faults) => ask('PUT', '/_faults', faults),
    clear: () => ask('DELETE', '/_faults'),
    state: () => ask('GET', '/_faults'),
    /** @param {import('./proxy.mjs').Upstreams} upstreams */
    leadTo: (upstreams) => ask('PUT', '/_faults/upstreams', upstreams),
  };
}
