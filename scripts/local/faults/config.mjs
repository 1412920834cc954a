/** The faults of a file, checked: one error at a time, as `place: what is wrong; what to do`. */

/**
 * @typedef {object} Common
 * @property {string} service one of SERVICES, or `*`
 * @property {string[]} actions names with `*` for any characters
 * @property {number} probability from above 0 to 1
 * @property {number} from seconds after the faults were set
 * @property {number} [until] seconds after the faults were set; no end without it
 *
 * @typedef {Common & { kind: 'throttle', capacity: number, refill: number, shared: boolean, code?: string }} Throttle
 * @typedef {Common & { kind: 'error', status: number, code?: string }} Failure
 * @typedef {Common & { kind: 'refuse', code?: string }} Refuse
 * @typedef {Common & { kind: 'reset' | 'lose' }} Plain
 * @typedef {Common & { kind: 'delay', seconds: [least: number, most: number] }} Delay
 * @typedef {Throttle | Failure | Refuse | Plain | Delay} Fault
 * @typedef {{ seed: string, faults: Fault[] }} Faults
 */

export class FaultsError extends Error {}

/** Nothing fails. @type {Faults} */
export const NO_FAULTS = { seed: '', faults: [] };

/** @typedef {{ says: string, read: (value: unknown) => unknown, usual?: unknown, wrong?: string }} Key `read`: undefined for what is wrong */

/** What undrift's functions call, as signatures name it. A fault of any other service would never be met. */
export const SERVICES = [
  'ec2',
  'autoscaling',
  'elasticloadbalancing',
  'dynamodb',
  'sns',
  'sqs',
  'ssm',
  'iam',
  'cloudtrail',
];

/** @param {(value: number) => boolean} fits @param {string} says @param {number} [usual] @returns {Key} */
const number = (fits, says, usual) => ({
  says,
  read: (value) => (typeof value === 'number' && Number.isFinite(value) && fits(value) ? value : undefined),
  ...(usual === undefined ? {} : { usual }),
});
/** @param {unknown} value @returns {value is string} */
const isWord = (value) => typeof value === 'string' && value !== '';
/** @type {Key} */
const code = {
  says: 'an error code, such as Throttling',
  read: (value) => (isWord(value) ? value : undefined),
  usual: null,
};

/** @type {Record<string, Key>} */
const COMMON = {
  service: {
    says: `${SERVICES.join(', ')} or "*"`,
    wrong: 'is not a service that undrift calls',
    read: (value) => (value === '*' || SERVICES.some((name) => name === value) ? value : undefined),
  },
  actions: {
    says: 'a list of action names, such as ["Describe*"]',
    read: (value) => (Array.isArray(value) && value.length > 0 && value.every(isWord) ? value : undefined),
    usual: ['*'],
  },
  probability: number((value) => value > 0 && value <= 1, 'a number above 0 and up to 1', 1),
  from: number((value) => value >= 0, 'seconds, 0 or more', 0),
  until: { ...number((value) => value > 0, 'seconds, more than from'), usual: null },
};

/** The keys of each kind, beside the common ones. @type {Record<Fault['kind'], Record<string, Key>>} */
const KINDS = {
  throttle: {
    capacity: number((value) => value >= 0, 'a number of tokens, 0 or more'),
    refill: number((value) => value >= 0, 'tokens per second, 0 or more'),
    shared: {
      says: 'true (one bucket for all the actions) or false (a bucket for each action)',
      read: (value) => (typeof value === 'boolean' ? value : undefined),
      usual: false,
    },
    code,
  },
  error: { status: number((value) => value >= 500 && value <= 599, 'a status from 500 to 599', 500), code },
  refuse: { code },
  reset: {},
  lose: {},
  delay: { seconds: { says: 'seconds, or [least, most]', read: rangeOf } },
};

/** @param {unknown} value @returns {[number, number] | undefined} */
function rangeOf(value) {
  const [least, most, ...more] = Array.isArray(value) ? value : [value, value];
  const fits = typeof least === 'number' && typeof most === 'number' && least >= 0 && most >= least;
  return fits && more.length === 0 ? [least, most] : undefined;
}

/**
 * @param {unknown} value what a file or a caller gives
 * @returns {Faults} with every default filled in
 * @throws {FaultsError} for the first thing that is wrong
 */
export function faultsOf(value) {
  const given = objectOf(value, 'faults', 'an object with the keys seed and faults');
  refuseUnknown(given, ['seed', 'faults'], '');
  const { seed = '', faults = [] } = given;
  if (typeof seed !== 'string' && typeof seed !== 'number')
    throw new FaultsError(`seed: not a text; use any word, such as storm`);
  if (!Array.isArray(faults))
    throw new FaultsError(`faults: not a list; use a list of faults, each with a service and a kind`);
  return { seed: String(seed), faults: faults.map((fault, index) => faultOf(fault, `faults[${index}]`)) };
}

/** @param {unknown} value @param {string} place @returns {Fault} */
function faultOf(value, place) {
  const { kind, ...given } = objectOf(value, place, 'an object with a service and a kind');
  const kinds = Object.keys(KINDS);
  if (!isWord(kind) || !Object.hasOwn(KINDS, kind))
    throw new FaultsError(`${place}.kind: ${said(kind)}; use ${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}`);
  const keys = { ...COMMON, ...KINDS[/** @type {Fault['kind']} */ (kind)] };
  refuseUnknown(given, Object.keys(keys), `${place}.`);
  const entries = Object.entries(keys).map(([name, key]) => [name, readKey(given[name], key, `${place}.${name}`)]);
  const fault = { kind, ...Object.fromEntries(entries.filter(([, read]) => read !== null)) };
  if (fault.until !== undefined && fault.until <= fault.from)
    throw new FaultsError(`${place}.until: ${fault.until} is not after from (${fault.from}); use a later second`);
  return fault;
}

/** @param {unknown} value @param {Key} key @param {string} place */
function readKey(value, key, place) {
  if (value === undefined && key.usual !== undefined) return key.usual;
  const read = value === undefined ? undefined : key.read(value);
  if (read === undefined) throw new FaultsError(`${place}: ${said(value, key.wrong)}; use ${key.says}`);
  return read;
}

/** @param {unknown} value @param {string} place @param {string} says @returns {Record<string, unknown>} */
function objectOf(value, place, says) {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FaultsError(`${place}: ${said(value)}; use ${says}`);
  return /** @type {Record<string, unknown>} */ (value);
}

/** @param {Record<string, unknown>} given @param {string[]} keys @param {string} prefix */
function refuseUnknown(given, keys, prefix) {
  const unknown = Object.keys(given).find((name) => !keys.includes(name));
  if (unknown !== undefined) throw new FaultsError(`${prefix}${unknown}: unknown key; use ${keys.join(', ')}`);
}

/** @param {unknown} value @param {string} [wrong] */
const said = (value, wrong = 'is not valid') => (value === undefined ? 'missing' : `${JSON.stringify(value)} ${wrong}`);
