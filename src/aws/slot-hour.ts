/** The blast radius: what has begun within the last hour, in the account and Region. Pure. */
import type { Slot, SlotRequest } from '../roles.ts';
import { ahead, aheadWords, queued, type Waiting } from './slot-waiting.ts';

/** When replacements of the account and Region began, within the last hour, and who told that there were too many. */
export type Begun = {
  readonly begun: readonly string[];
  readonly waiting: Waiting;
  readonly told: { readonly incidentKey: string; readonly at: string } | null;
};

export const NONE_BEGUN: Begun = { begun: [], waiting: {}, told: null };

/** A refusal, and the record that has to be written for it: null where it stays as it is. */
export type OverHour = { readonly answer: Slot; readonly account: Begun | null };

const HOUR = 3_600_000;
export const RETRY_SECONDS = 60;
/** A policy may change before the hour is over. */
const LONGEST_RETRY_SECONDS = 300;
/** The recheck wakes once a minute, and a message may wait: somebody refused counts as waiting so much longer. */
export const GRACE_SECONDS = 120;

/** Anything but a non-negative whole number is a misconfigured budget, and counts as none. */
export function budgetOf(value: number): number {
  return Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

/** Instants of the hour before `now`: one that is exactly an hour old is over. */
export function lastHour(instants: readonly string[], now: string): string[] {
  const from = Date.parse(now) - HOUR;
  return instants.filter((instant) => Date.parse(instant) > from);
}

/** Why this one may not begin within this hour, or null. */
export function overHour(hour: readonly string[], account: Begun, request: SlotRequest): OverHour | null {
  const left = budgetOf(request.perHour) - hour.length;
  if (left <= 0) return blastRadius(hour, account, request);
  const first = ahead(account.waiting, request.severity, request.now);
  if (first === null || first.count < left) return null;
  const waiting = queued(account.waiting, request, RETRY_SECONDS + GRACE_SECONDS);
  const last = left === 1 ? 'the last replacement of this hour is' : `the last ${left} replacements of this hour are`;
  return {
    answer: full(`${last} left to ${aheadWords(first)}`),
    account: waiting === null ? null : { ...account, waiting },
  };
}

/** One incident tells of it, again if it comes again; the others of the hour are recorded without a word. */
function blastRadius(hour: readonly string[], account: Begun, request: SlotRequest): OverHour {
  const { now, incidentKey } = request;
  const perHour = budgetOf(request.perHour);
  const told = account.told !== null && lastHour([account.told.at], now).length > 0 ? account.told : null;
  const retryAfter = untilFree(hour, perHour, now);
  const waiting = queued(account.waiting, request, retryAfter + GRACE_SECONDS);
  const answer: Slot = {
    kind: 'full',
    guard: 'blast-radius',
    why: `${hour.length} of ${perHour} replacements an hour have begun; every further one is held, and one notice an hour tells`,
    retryAfter,
    tells: told === null || told.incidentKey === incidentKey,
  };
  if (told !== null && waiting === null) return { answer, account: null };
  const after = { begun: hour, waiting: waiting ?? account.waiting, told: told ?? { incidentKey, at: now } };
  return { answer, account: after };
}

/**
 * Seconds until one more may begin: when so many of the hour are over that the budget has room. That is their instant, and
 * a second, as whoever wakes may be a little early.
 */
function untilFree(hour: readonly string[], perHour: number, now: string): number {
  const last = hour.toSorted((a, b) => Date.parse(a) - Date.parse(b))[hour.length - perHour];
  if (last === undefined) return LONGEST_RETRY_SECONDS;
  const left = Math.ceil((Date.parse(last) + HOUR - Date.parse(now)) / 1000) + 1;
  return Math.min(LONGEST_RETRY_SECONDS, left);
}

/** Refused by a budget of which something may come free at any moment. */
export function full(why: string): Slot {
  return { kind: 'full', guard: 'budget', why, retryAfter: RETRY_SECONDS, tells: true };
}
