import { tokenBucket } from './bucket.mjs';
import { randomOf } from './random.mjs';

/** @typedef {import('./config.mjs').Fault} Fault */
/** @typedef {Exclude<Fault, { kind: 'delay' }>} Ending a fault that takes the answer's place */
/** @typedef {{ holdMs: number, fault: Ending | null }} Fate `holdMs`: for how long the answer is held back */

/**
 * What becomes of each call. The same calls in the same order, at the same times, always meet the same faults.
 * @param {import('./config.mjs').Faults} faults
 * @param {number} setAt milliseconds: `from` and `until` count from here
 */
export function planOf({ seed, faults }, setAt) {
  const rules = faults.map((fault, index) => ruleOf(fault, randomOf(`${seed}/${index}`), setAt));
  /**
   * Faults apply in their order. Delays add up; the first other fault that applies decides.
   * @param {{ service: string, action: string }} call @param {number} now milliseconds
   * @returns {Fate}
   */
  return function fateOf(call, now) {
    let holdMs = 0;
    for (const rule of rules) {
      const { fault } = rule;
      if (!rule.applies(call, now)) continue;
      if (fault.kind !== 'delay') return { holdMs, fault };
      const [least, most] = fault.seconds;
      holdMs += Math.round(1000 * (least + (most - least) * rule.random()));
    }
    return { holdMs, fault: null };
  };
}

/** @param {Fault} fault @param {() => number} random @param {number} setAt */
function ruleOf(fault, random, setAt) {
  const actions = fault.actions.map(patternOf);
  /** @type {Map<string, ReturnType<typeof tokenBucket>>} */
  const buckets = new Map();
  /** @param {string} name @param {number} now @param {{ capacity: number, refill: number }} size */
  const bucketOf = (name, now, size) => {
    const bucket = buckets.get(name) ?? tokenBucket(size, now);
    buckets.set(name, bucket);
    return bucket;
  };
  /** @param {{ service: string, action: string }} call @param {number} now */
  const applies = ({ service, action }, now) => {
    const seconds = (now - setAt) / 1000;
    if (fault.service !== '*' && fault.service !== service) return false;
    if (!actions.some((pattern) => pattern.test(action))) return false;
    if (seconds < fault.from || seconds >= (fault.until ?? Number.POSITIVE_INFINITY)) return false;
    if (fault.probability < 1 && random() >= fault.probability) return false;
    if (fault.kind !== 'throttle') return true;
    return !bucketOf(fault.shared ? '' : `${service} ${action}`, now, fault).take(now);
  };
  return { fault, random, applies };
}

/** @param {string} pattern with `*` for any characters */
const patternOf = (pattern) =>
  new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
