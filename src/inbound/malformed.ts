/**
 * An event that is not what its sender documents. The message begins with the place:
 * `detail.requestParameters.instanceId: expected a string, found 7`. It goes to the dead-letter queue with it.
 */
export class MalformedEvent extends Error {
  override readonly name = 'MalformedEvent';
}

const LONGEST_QUOTE = 60;

/** What was found instead, short enough for a log line; a long string is told by its length, as it may hold a secret. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') {
    return value.length > LONGEST_QUOTE ? `a string of ${value.length} characters` : JSON.stringify(value);
  }
  return typeof value === 'object' ? 'an object' : String(value);
}
