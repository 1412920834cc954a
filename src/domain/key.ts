/** A key of the ledger is bounded. */
const LONGEST = 400;

/** The identity of an incident: what it is about, and which drift where there are several of its kind. */
export function keyOf(parts: readonly string[], drift = ''): string {
  return [...parts, ...(drift === '' ? [] : [drift])].join('/').slice(0, LONGEST);
}
