/** The arithmetic of disruption slots: what two records say, and what they say afterwards. Pure; the ledger stores it. */

import { outOf } from '../domain/budget.ts';
import { FIGHT_LINE, FIGHT_ROUNDS, lineBefore, type PastReplacement, roundsBefore } from '../domain/fight.ts';
import { firstOf } from '../domain/first-of.ts';
import { budgetOf, ofLastHour } from '../domain/hour.ts';
import type { Full, Slot, SlotRelease, SlotRequest } from '../roles.ts';
import { begun, ended, hasRoom, MOST_PAST } from './slot-history.ts';
import { type Begun, CLAIM_SECONDS, full, overHour } from './slot-hour.ts';
import { type GroupSlots, type Held, living, outIn, recordsOf } from './slot-records.ts';
import { ahead, aheadWords, queued, without } from './slot-waiting.ts';

/** The answer, and what has to be written for it: null where a record stays as it is. */
export type Take = { readonly answer: Slot; readonly group: GroupSlots | null; readonly account: Begun | null };

/** Older ones are among the members that each further incident notes before its act: they pair with none. */
const PAIRED_KEPT = 100;
/** What one record has room for, with the rest of it: the most that a policy may name. None is ever shed. */
const MOST_SLOTS = 1_000;
const NO_ROOM = `the record of the group has room for ${MOST_SLOTS} slots, and all are taken`;

const NO_PAST = `${MOST_PAST} instances of the group were replaced within a day, and its record has room for no more`;

export function take(group: GroupSlots, account: Begun, request: SlotRequest): Take {
  const slots = living(group.slots, request.now);
  const held = slots[request.instanceId];
  const { successor } = request;
  const mine: Held = {
    incidentKey: request.incidentKey,
    until: request.until,
    ...(successor !== undefined && { successor }),
  };
  // Whoever has a slot waits no more: a claim never outlives its turn.
  const waiting = without(group.waiting, request.incidentKey);
  const taken = { ...group, waiting, slots: { ...slots, [request.instanceId]: mine } };
  if (held !== undefined && held.incidentKey !== request.incidentKey) {
    const why = `${request.instanceId} is already being replaced for another incident`;
    return { answer: full(why), group: null, account: null };
  }
  if (successor !== undefined && isPaired(group, request.instanceId, successor)) {
    return { answer: full(`${successor} is the successor of another`), group: null, account: null };
  }
  // What is out is out, whatever the budget says: who comes after it must see it.
  if (held !== undefined || request.underWay === true) {
    return { answer: TAKEN, group: taken, account: unclaimed(account, request.incidentKey) };
  }
  if (Object.keys(slots).length >= MOST_SLOTS) return { answer: full(NO_ROOM), group: null, account: null };
  if (isFoughtOver(group.past, request)) return { answer: FOUGHT_OVER, group: null, account: null };
  if (!hasRoom(group.past, request.now)) return { answer: full(NO_PAST), group: null, account: null };
  const tooMany = overHour(account, request);
  if (tooMany !== null) return { ...tooMany, group: null };
  const refused = overGroup(group, request);
  // It waits for its group: what is left of the hour is for others.
  if (refused !== null) return { ...refused, account: unclaimed(account, request.incidentKey) };
  const begunNow = { at: request.now, group: request.group };
  return {
    answer: TAKEN,
    group: { ...taken, past: begun(group.past, request) },
    account: {
      ...(unclaimed(account, request.incidentKey) ?? account),
      begun: [...ofLastHour(account.begun, request.now), begunNow],
    },
  };
}

function isPaired({ paired, slots }: GroupSlots, instanceId: string, successor: string): boolean {
  const others = Object.entries(slots).filter(([id]) => id !== instanceId);
  return paired.includes(successor) || others.some(([, held]) => held.successor === successor);
}

/** The account's record without the claim of an incident; null when it has none there. */
function unclaimed(account: Begun, incidentKey: string): Begun | null {
  const waiting = without(account.waiting, incidentKey);
  return waiting === account.waiting ? null : { ...account, waiting };
}

/**
 * Decisions are made on what was read before the slot. The replacement that this instance succeeded may have been recorded
 * as done since, and freed the very slot: without this look a fast enough controller would be fought without end.
 */
function isFoughtOver(past: readonly PastReplacement[], { cause, instanceId, now }: SlotRequest): boolean {
  if (cause === undefined) return false;
  const at = new Date(now);
  const rounds = roundsBefore({ ...cause, instanceId }, past, at);
  return rounds.length >= FIGHT_ROUNDS || lineBefore(instanceId, past, at).length >= FIGHT_LINE;
}

function overGroup(group: GroupSlots, request: SlotRequest): Omit<Take, 'account'> | null {
  const { now, severity, peers } = request;
  const holders = outIn(group, now).filter((id) => id !== request.instanceId);
  const out = peers === undefined ? holders.length : outOf(holders, peers);
  const perGroup = budgetOf(request.perGroup);
  const left = perGroup - out;
  const first = ahead(group.waiting, severity, now);
  if (left > 0 && (first === null || first.count < left)) return null;
  const last = left === 1 ? `the last slot of ${request.group} is` : `the last ${left} slots of ${request.group} are`;
  const why =
    left <= 0 || first === null
      ? `${out} of ${perGroup} instances of ${request.group} that may be out at once are out${warmingWords(group, request)}`
      : `${last} left to ${aheadWords(first)}`;
  const waiting = queued(group.waiting, request, CLAIM_SECONDS);
  return { answer: full(why), group: waiting === null ? null : { ...group, waiting } };
}

const NAMED = 3;

function warmingWords(group: GroupSlots, { now, instanceId }: SlotRequest): string {
  const warming = recordsOf(group, now).warming.filter((id) => id !== instanceId);
  if (warming.length === 0) return '';
  return `; replacements that do not carry load yet count: ${firstOf(warming, NAMED)}`;
}

/** What a release comes to: whether a slot became free, and what has to be written, as for a take. */
export type Released = { readonly freed: boolean; readonly group: GroupSlots | null; readonly account: Begun | null };

/**
 * Without the slot and the claims of an incident that is over, and with its successor, which keeps the slot while it warms up.
 * The slot of another incident stays.
 */
export function release(group: GroupSlots, account: Begun, over: SlotRelease, now: string): Released {
  const { instanceId, incidentKey, successor, nothingBegun = false } = over;
  const mine = group.slots[instanceId]?.incidentKey === incidentKey;
  const kept = mine ? keptFor(over, now) : null;
  const freed = mine && kept === null;
  const isNew = successor !== null && !group.paired.includes(successor);
  const waiting = without(group.waiting, incidentKey);
  const calm = freed && nothingBegun ? notBegun(group, account, over) : unclaimed(account, incidentKey);
  if (!freed && !isNew && waiting === group.waiting) return { freed, group: null, account: calm };
  const others = Object.entries(group.slots).filter(([id, { successor: its }]) => {
    // Replaced, it keeps no slot of what it replaced itself.
    const goneWithIt = freed && !nothingBegun && its === instanceId;
    return id !== instanceId && !goneWithIt;
  });
  const slots = mine ? { ...Object.fromEntries(others), ...(kept !== null && { [instanceId]: kept }) } : group.slots;
  const paired = isNew ? [...group.paired, successor].slice(-PAIRED_KEPT) : group.paired;
  const past = freed || isNew ? ended(group.past, instanceId, successor, now) : group.past;
  return { freed, group: { ...group, slots, paired, waiting, past }, account: calm };
}

function keptFor({ incidentKey, successor, warmsUntil }: SlotRelease, now: string): Held | null {
  if (successor === null || warmsUntil === undefined || Date.parse(warmsUntil) <= Date.parse(now)) return null;
  return { incidentKey, until: warmsUntil, successor };
}

/** Whoever takes a slot has no claim any more; what was refused was no replacement of this hour. */
function notBegun({ past }: GroupSlots, account: Begun, { instanceId, group }: SlotRelease): Begun | null {
  const open = past.find((it) => it.instanceId === instanceId && it.doneAt === null);
  const isIt = (it: Begun['begun'][number]) => it.at === open?.begunAt && (it.group === group || it.group === '');
  const index = account.begun.findIndex(isIt);
  return index < 0 ? null : { ...account, begun: account.begun.toSpliced(index, 1) };
}

const TAKEN: Slot = { kind: 'taken' };

/** The next look, with what is known now, holds it as a remediation loop, and reports it. */
const FOUGHT_OVER: Full = {
  ...full('it has come back, as was recorded in the meantime: it is decided anew'),
  retryAfter: 60,
};
