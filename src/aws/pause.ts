import type { Pause } from '../roles.ts';

const DAY = 86_400_000;
/** Clocks differ: how far ahead of ours `at` may lie, in milliseconds. */
const SKEW = 300_000;

/**
 * The pause in force at `now`, or null. A pause lasts 24 hours at most, counted from when it was made, and it can't have
 * been made in the future: else whoever may write the parameter could switch undrift off for good.
 * @throws Error that says what is wrong with the text
 */
export function parsePause(text: string, now: string): Pause | null {
  const value = parseObject(text);
  if (value.paused === false) return null;
  if (value.paused !== true) throw new Error('"paused" is neither true nor false');
  const pause = {
    until: instant(value, 'until'),
    reason: word(value, 'reason'),
    by: word(value, 'by'),
    at: instant(value, 'at'),
  };
  const until = Date.parse(pause.until);
  const at = Date.parse(pause.at);
  if (at > Date.parse(now) + SKEW) throw new Error('"at" lies in the future');
  if (until - at > DAY) throw new Error('"until" is more than 24 hours after "at"');
  return until <= Date.parse(now) ? null : pause;
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('it is not a JSON object');
  return value as Record<string, unknown>;
}

function word(value: Record<string, unknown>, key: string): string {
  const found = value[key];
  if (typeof found !== 'string' || found === '') throw new Error(`"${key}" is missing`);
  return found;
}

/** ISO 8601 with a time and an offset; anything else would mean different instants to different readers. */
function instant(value: Record<string, unknown>, key: string): string {
  const found = word(value, key);
  const shape = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
  if (!shape.test(found) || Number.isNaN(Date.parse(found)))
    throw new Error(`"${key}" is not an instant with an offset`);
  return new Date(found).toISOString();
}
