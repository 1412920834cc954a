import { createHash } from 'node:crypto';

/**
 * JSON with the keys of every object in order, so that two spellings of one policy have one text.
 * @param {unknown} value
 * @returns {string}
 */
export function canonicalJson(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join(',')}}`;
}

/**
 * First 12 hex digits of the SHA-256 of the canonical JSON.
 * @param {unknown} value
 */
export const digestOf = (value) => createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 12);
