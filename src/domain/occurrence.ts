import { createHash } from 'node:crypto';

/**
 * The identity of one occurrence: a digest of its rule ids, or of its event id. A record remembers hundreds of them, and the
 * rule ids of a group of a thousand rules take 22 KB. 24 hex characters are enough to distinguish the occurrences of one
 * incident.
 */
export function occurrenceOf(...ids: readonly string[]): string {
  return createHash('sha256').update(ids.join(',')).digest('hex').slice(0, 24);
}
