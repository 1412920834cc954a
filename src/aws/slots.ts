/** The arithmetic of disruption slots: what two records say, and what they say afterwards. Pure; the ledger stores it. */
import { outOf } from '../domain/budget.ts';
import { FIGHT_ROUNDS, type PastReplacement, roundsBefore } from '../domain/fight.ts';
import type { Slot, SlotRequest } from '../roles.ts';
import { begun, ended } from './slot-history.ts';
import { outranking, queued, type Waiting } from './slot-waiting.ts';

type Held = { readonly incidentKey: string; readonly until: string };
/** The slots of one Auto Scaling group by instance, the successors that were paired (oldest first), and what was replaced. */
export type GroupSlots = {
  readonly slots: Readonly<Record<string, Held>>;
  readonly paired: readonly string[];
  /** Newest first. */
  readonly past: readonly PastReplacement[];
  readonly waiting: Waiting;
};
/** When replacements of the account and Region began, within the last hour, and who told that there were too many. */
export type Begun = {
  readonly begun: readonly string[];
  readonly waiting: Waiting;
  readonly told: { readonly incidentKey: string; readonly at: string } | null;
};

export const NO_SLOTS: GroupSlots = { slots: {}, paired: [], past: [], waiting: {} };
export const NONE_BEGUN: Begun = { begun: [], waiting: {}, told: null };

/** The answer, and what has to be written for it: null where a record stays as it is. */
export type Take = { readonly answer: Slot; readonly group: GroupSlots | null; readonly account: Begun | null };

const HOUR = 3_600_000;
const KEPT = 100;
const RETRY_SECONDS = 60;
const LONGEST_RETRY_SECONDS = 300;
/** The recheck wakes once a minute, and a message may wait: somebody refused counts as waiting so much longer. */
const GRACE_SECONDS = 120;

/** A slot is free once `until` has come. */
function living(slots: GroupSlots['slots'], now: string): GroupSlots['slots'] {
  const at = Date.parse(now);
  return Object.fromEntries(Object.entries(slots).filter(([, { until }]) => Date.parse(until) > at));
}

/** The instances that hold a slot now. */
export function holdersOf({ slots }: GroupSlots, now: string): readonly string[] {
  return Object.keys(living(slots, now));
}

/** Anything but a non-negative whole number is a misconfigured budget, and counts as none. */
export function budgetOf(value: number): number {
  return Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

export function take(group: GroupSlots, account: Begun, request: SlotRequest): Take {
  const slots = living(group.slots, request.now);
  const held = slots[request.instanceId];
  const mine: Held = { incidentKey: request.incidentKey, until: request.until };
  const taken = { ...group, slots: { ...slots, [request.instanceId]: mine } };
  if (held !== undefined && held.incidentKey !== request.incidentKey) {
    const why = `${request.instanceId} is already being replaced for another incident`;
    return { answer: full(why), group: null, account: null };
  }
  // What is out is out, whatever the budget says: who comes after it must see it.
  if (held !== undefined || request.underWay === true) return { answer: TAKEN, group: taken, account: null };
  if (isFoughtOver(group.past, request)) return { answer: FOUGHT_OVER, group: null, account: null };
  const hour = lastHour(account.begun, request.now);
  const refused = overHour(hour, account, request) ?? overGroup(Object.keys(slots), group, request);
  if (refused !== null) return refused;
  const { waiting, told } = account;
  return {
    answer: TAKEN,
    group: { ...taken, past: begun(group.past, request) },
    account: { waiting, told, begun: [...hour, request.now] },
  };
}

/**
 * Decisions are made on what was read before the slot. The replacement that this instance succeeded may have been recorded
 * as done since, and freed the very slot: without this look a fast enough controller would be fought without end.
 */
function isFoughtOver(past: readonly PastReplacement[], { cause, instanceId, now }: SlotRequest): boolean {
  if (cause === undefined) return false;
  return roundsBefore({ ...cause, instanceId }, past, new Date(now)).length >= FIGHT_ROUNDS;
}

function overHour(hour: readonly string[], account: Begun, request: SlotRequest): Take | null {
  const perHour = budgetOf(request.perHour);
  const left = perHour - hour.length;
  if (left <= 0) return blastRadius(hour, account, request);
  const first = left === 1 ? outranking(account.waiting, request.severity, request.now) : null;
  if (first === null) return null;
  const why = `the last replacement of this hour is left to an incident of severity ${first} that waits`;
  return { answer: full(why), group: null, account: null };
}

/** One incident tells of it, again if it comes again; the others of the hour are recorded without a word. */
function blastRadius(
  hour: readonly string[],
  account: Begun,
  { now, incidentKey, perHour, severity }: SlotRequest,
): Take {
  const told = account.told !== null && lastHour([account.told.at], now).length > 0 ? account.told : null;
  const retryAfter = untilFree(hour, now);
  const waiting = queued(account.waiting, severity, retryAfter + GRACE_SECONDS, now);
  const answer: Slot = {
    kind: 'full',
    guard: 'blast-radius',
    why: `${hour.length} of ${budgetOf(perHour)} replacements an hour have begun; every further one is held, and one notice an hour tells`,
    retryAfter,
    tells: told === null || told.incidentKey === incidentKey,
  };
  if (told !== null && waiting === null) return { answer, group: null, account: null };
  const after = { begun: hour, waiting: waiting ?? account.waiting, told: told ?? { incidentKey, at: now } };
  return { answer, group: null, account: after };
}

function overGroup(holders: readonly string[], group: GroupSlots, request: SlotRequest): Take | null {
  const { now, severity, peers } = request;
  const out = peers === undefined ? holders.length : outOf(holders, peers);
  const perGroup = budgetOf(request.perGroup);
  const left = perGroup - out;
  const first = left === 1 ? outranking(group.waiting, severity, now) : null;
  if (left > 0 && first === null) return null;
  const why =
    first === null
      ? `${out} of ${perGroup} instances of ${request.group} that may be out at once are out`
      : `the last slot of ${request.group} is left to an incident of severity ${first} that waits`;
  const waiting = queued(group.waiting, severity, RETRY_SECONDS + GRACE_SECONDS, now);
  return { answer: full(why), group: waiting === null ? null : { ...group, waiting }, account: null };
}

/** Seconds until the oldest of the hour no longer counts; a policy may change before that. */
function untilFree([oldest]: readonly string[], now: string): number {
  const left = oldest === undefined ? 0 : Math.ceil((Date.parse(oldest) + HOUR - Date.parse(now)) / 1000);
  return Math.min(LONGEST_RETRY_SECONDS, Math.max(RETRY_SECONDS, left));
}

/** Instants of the hour before `now`: one that is exactly an hour old is over. */
export function lastHour(instants: readonly string[], now: string): string[] {
  const from = Date.parse(now) - HOUR;
  return instants.filter((instant) => Date.parse(instant) > from);
}

/** The group without the slot, and with the successor; null when that changes nothing. */
export function release(
  group: GroupSlots,
  instanceId: string,
  successor: string | null,
  now: string,
): GroupSlots | null {
  const { [instanceId]: held, ...slots } = group.slots;
  const isNew = successor !== null && !group.paired.includes(successor);
  if (held === undefined && !isNew) return null;
  const paired = isNew ? [...group.paired, successor].slice(-KEPT) : group.paired;
  return { ...group, slots, paired, past: ended(group.past, instanceId, successor, now) };
}

const TAKEN: Slot = { kind: 'taken' };

function full(why: string): Slot {
  return { kind: 'full', guard: 'budget', why, retryAfter: RETRY_SECONDS, tells: true };
}

/** Nobody is told of it: the next look, with what is known now, holds it as a fight, and tells. */
const FOUGHT_OVER: Slot = {
  kind: 'full',
  guard: 'budget',
  why: 'the same drift has come back, as was recorded in the meantime: it is decided anew',
  retryAfter: RETRY_SECONDS,
  tells: false,
};
