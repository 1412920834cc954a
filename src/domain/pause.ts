/** The pause flag: what the value of its parameter means, whatever was written there. Pure and total. */

/** A pause as `undrift pause` writes it. Times are ISO 8601, UTC. */
export type Pause = { readonly until: string; readonly reason: string; readonly by: string; readonly at: string };

/** What a value says at one moment. `stopped`: it cannot be understood, which stops everything without an end. */
export type PauseValue =
  | { readonly kind: 'running' }
  | ({ readonly kind: 'paused' } & Pause)
  | { readonly kind: 'stopped'; readonly why: string };

/** What is known of the flag. `last`: what the last value that was read says now; null where none was ever read. */
export type PauseFlag =
  | PauseValue
  | { readonly kind: 'unreadable'; readonly why: string; readonly last: PauseValue | null };

/** A value as it was read. `version` is the parameter's, which each write raises; `readAt` is ISO 8601, UTC. */
export type PauseReading = { readonly value: string; readonly version: number; readonly readAt: string };

const DAY = 86_400_000;
/** Clocks differ: how far ahead of ours `at` may lie, in milliseconds. */
const SKEW = 300_000;

/**
 * Only `{"paused":false}` and a pause that has ended let undrift act. Anything else stops it: who writes `stopped` in an
 * emergency must not have to know a syntax. A pause lasts 24 hours at most, counted from when it was made.
 */
export function pauseValue(text: string, now: string): PauseValue {
  try {
    return parse(text, Date.parse(now));
  } catch (error) {
    if (error instanceof NotUnderstood) return { kind: 'stopped', why: error.message };
    throw error;
  }
}

/** How old a copy of the value may be, and how far ahead of our clock, in milliseconds. */
const GOOD_FOR = 180_000;
const AHEAD = 60_000;

/** Whether a copy is young enough to count. One from the future was dated by a wrong clock. */
export function isCurrent({ readAt }: PauseReading, now: string): boolean {
  const age = Date.parse(now) - Date.parse(readAt);
  return age <= GOOD_FOR && age >= -AHEAD;
}

/** Whether nothing may be done. What the flag said last still counts while it cannot be read. */
export function saysStop(flag: PauseFlag): boolean {
  if (flag.kind === 'unreadable') return flag.last !== null && saysStop(flag.last);
  return flag.kind !== 'running';
}

class NotUnderstood extends Error {}

function parse(text: string, now: number): PauseValue {
  const value = object(text);
  if (value.paused === false) return { kind: 'running' };
  if (value.paused !== true) throw new NotUnderstood('"paused" must be true or false');
  const pause = {
    until: instant(value, 'until'),
    reason: word(value, 'reason'),
    by: word(value, 'by'),
    at: instant(value, 'at'),
  };
  const until = Date.parse(pause.until);
  const at = Date.parse(pause.at);
  if (at > now + SKEW) throw new NotUnderstood('"at" is in the future');
  if (until - at > DAY) throw new NotUnderstood('"until" is more than 24 hours after "at"');
  return until <= now ? { kind: 'running' } : { kind: 'paused', ...pause };
}

function object(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new NotUnderstood('not valid JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NotUnderstood('not a JSON object');
  return value as Record<string, unknown>;
}

function word(value: Record<string, unknown>, key: string): string {
  const found = value[key];
  if (typeof found !== 'string' || found === '') throw new NotUnderstood(`"${key}" is missing`);
  return found;
}

/** ISO 8601 with a time and an offset; anything else would mean different instants to different readers. */
function instant(value: Record<string, unknown>, key: string): string {
  const found = word(value, key);
  const shape = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
  if (!shape.test(found) || Number.isNaN(Date.parse(found)))
    throw new NotUnderstood(`"${key}" must be an instant with an offset`);
  return new Date(found).toISOString();
}
