import { createHash } from 'node:crypto';
import { cutText } from './cut.ts';
import { occurrenceOf } from './occurrence.ts';

/** A key of the ledger is bounded. */
const LONGEST = 400;

/** The identity of an incident: what it is about, and which drift where there are several of its kind. */
export function keyOf(parts: readonly string[], drift = ''): string {
  return [...parts, ...(drift === '' ? [] : [drift])].join('/').slice(0, LONGEST);
}

const SHORT = 120;

/** A key where it is only compared, and many are kept in one record: what is long ends in a digest of the whole. */
export function shortKey(key: string): string {
  return Buffer.byteLength(key) <= SHORT ? key : `${cutText(key, SHORT - 28)}~${occurrenceOf(key)}`;
}

/** Short and stable, for people. */
export function incidentIdOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12);
}
