/**
 * The heartbeat: the scheduler makes a harmless call every hour, and CloudTrail, the rules and the queues bring it back to each unit
 * as any other call. Pure.
 */
import { UNITS, type Unit } from './incident.ts';
import { isInstant, plus } from './time.ts';

/** `since`: the first call that the unit has not seen come back when the newest was made. Instants are ISO 8601, UTC. */
export type Beats = { readonly sentAt: string; readonly since: Readonly<Record<Unit, string>> };
/** The time of the newest call that came back to each unit, as CloudTrail dates it; null where none did. */
export type Returns = Readonly<Record<Unit, string | null>>;

const EVERY = 3_600_000;
/** CloudTrail delivers within minutes, and EventBridge after that: what takes longer than this is lost, or too late to protect. */
export const OVERDUE_MINUTES = 30;
/** CloudTrail dates to the second, by a clock that is not ours. */
const TOLERANCE = 60_000;

/** What the ledger holds of the last call. What cannot be read, or lacks a unit, counts as none: the next call is made at once. */
export function readBeats(told: unknown): Beats | null {
  const { sentAt, since } = (told ?? {}) as {
    readonly sentAt?: unknown;
    readonly since?: Readonly<Record<string, unknown>>;
  };
  const isRead = [sentAt, ...UNITS.map((unit) => since?.[unit])].every(isInstant);
  return isRead ? (told as Beats) : null;
}

/** The next call, if it is time for one. After one that a wrong clock dated in the future, everything begins now. */
export function nextBeat(last: Beats | null, returns: Returns, now: string): Beats | null {
  const age = last === null ? EVERY : Date.parse(now) - Date.parse(last.sentAt);
  if (age >= 0 && age < EVERY) return null;
  const beats = age < 0 ? null : last;
  const since = (unit: Unit) => (beats === null || isBack(beats.since[unit], returns[unit]) ? now : beats.since[unit]);
  return { sentAt: now, since: byUnit(since) };
}

/** From when on each unit waits for a call to come back. One that could not be made is missing as well, from when it was due. */
export function waitingSince(beats: Beats, returns: Returns): Readonly<Record<Unit, string>> {
  const due = plus(new Date(beats.sentAt), EVERY / 1000);
  return byUnit((unit) => (isBack(beats.since[unit], returns[unit]) ? due : beats.since[unit]));
}

/** For how many minutes; 0 where none is missing. */
export const minutesFrom = (since: string, now: string): number =>
  Math.max(0, (Date.parse(now) - Date.parse(since)) / 60_000);

function isBack(since: string, returned: string | null): boolean {
  return returned !== null && Date.parse(returned) >= Date.parse(since) - TOLERANCE;
}

function byUnit<T>(of: (unit: Unit) => T): Readonly<Record<Unit, T>> {
  return Object.fromEntries(UNITS.map((unit) => [unit, of(unit)])) as Record<Unit, T>;
}
