/**
 * How an incident begins: claimed for an act, or held. Pure; the ledger only stores what these return. How it goes on and
 * ends is in `settling.ts`.
 */
import { keptAttempts } from './attempts.ts';
import { dueAfterUnread } from './back-off.ts';
import { blankIncident } from './blank.ts';
import { type Change, withoutValues } from './change.ts';
import { type Decision, decisionRecord, type Finding, type Hold, type Remediate } from './decision.ts';
import { isExposure } from './exposure.ts';
import { earlierWith, firstFound } from './history.ts';
import type { About, Incident, Inverse, Replacement, Unit } from './incident.ts';
import { lineOf, WAITING_SECONDS, waitingFor } from './line.ts';
import { occurrenceOf } from './occurrence.ts';
import type { Ran } from './ran.ts';
import { isProlongedSince, type Taint } from './taint.ts';
import { leaseLeft, plus, secondsBetween } from './time.ts';
import { openSince } from './urgency.ts';

/** What is stamped into every incident: which engine and which policy decided. */
export type Stamp = { readonly policyDigest: string; readonly commit: string; readonly version: string };

export type Opening = {
  readonly unit: Unit;
  readonly change: Change;
  readonly about: About;
  /** null where nothing is known that was not known before. */
  readonly ran?: Ran | null;
  readonly stamp: Stamp;
  readonly now: Date;
  /** What was known of the resource having been entered when this was decided. */
  readonly taints?: readonly Taint[];
};

/** What an act would undo and how its successor is told from its peers: recorded before the act. */
export type Plan = { readonly inverse: Inverse; readonly replacement: Replacement | null };

export type Claim =
  | { readonly kind: 'claimed'; readonly incident: Incident }
  /** Another worker holds the lease; `prolonged`: nobody does, but a person wrote since it was decided. */
  | { readonly kind: 'busy'; readonly secondsLeft: number; readonly prolonged?: true }
  /** This occurrence was dealt with, or is being dealt with: nothing is to be done. */
  | { readonly kind: 'repeat'; readonly incident: Incident };

const ROUNDS_KEPT = 200;
/** A rule that is seen again so soon after it was seen gone is a stale read, not a new occurrence. */
const STALE_READ_SECONDS = 60;
const READ_ANEW_SECONDS = 5;

/** Takes the lease of an incident for an act, opening it or counting a further round where this is one. */
export function claim(
  previous: Incident | null,
  decision: Remediate,
  plan: Plan,
  leaseSeconds: number,
  opening: Opening,
): Claim {
  const { now } = opening;
  const busy = leaseLeft(previous?.leaseUntil ?? null, now);
  if (busy > 0) return { kind: 'busy', secondsLeft: busy };
  if (previous?.status === 'waiting') return { kind: 'repeat', incident: previous };
  if (previous !== null && opening.taints !== undefined && isProlongedSince(opening.taints, previous)) {
    return { kind: 'busy', secondsLeft: READ_ANEW_SECONDS, prolonged: true };
  }
  if (previous !== null && isDealtWith(previous, decision.finding, now)) return { kind: 'repeat', incident: previous };
  const incident = withPlan(nextRound(previous, decision, opening), plan);
  const attempt = { at: now.toISOString(), round: decision.finding.round, requestId: null, error: null };
  return {
    kind: 'claimed',
    incident: {
      ...incident,
      status: 'acting',
      guard: null,
      leaseUntil: plus(now, leaseSeconds),
      dueAt: plus(now, leaseSeconds + 5),
      attempts: keptAttempts([...incident.attempts, attempt]),
    },
  };
}

/**
 * What was there before an attempt that may have begun stays on record, as a later worker sees less. A plan that takes nothing
 * away leaves nothing to restore.
 */
function withPlan(incident: Incident, { inverse, replacement }: Plan): Incident {
  const { preImage, ...rest } = incident;
  if (isBegun(incident) && preImage !== undefined) return { ...incident, inverse: null, replacement };
  return { ...rest, ...(inverse !== null && preImage !== undefined && { preImage }), inverse, replacement };
}

/** An act was sent for this occurrence, and not refused. */
function isBegun({ attempts, round: current }: Incident): boolean {
  return attempts.some(({ round, error }) => round === current && error === null);
}

/** An occurrence that is over, or acted upon a moment ago: nothing is to be done about it. */
export function isDealtWith(previous: Incident, finding: Finding, now: Date): boolean {
  return isSettled(previous, now) && isRepeat(previous, finding, now);
}

/**
 * Whether another change was made after the exposure was acted upon. A reading that shows the same occurrence is then from
 * before that change, which may have opened it again. CloudTrail's instants are whole seconds.
 */
export function isChangedSince(previous: Incident, { eventId, at }: Change): boolean {
  const last = previous.attempts.at(-1)?.at;
  if (!isExposure(previous) || last === undefined || eventId === previous.change.eventId) return false;
  return Date.parse(at) >= Math.floor(Date.parse(last) / 1000) * 1000;
}

export type Held = { readonly kind: 'held'; readonly incident: Incident; readonly news: boolean };

/** Records that a guard holds the incident. `news` when this occurrence, or this guard, was not recorded before. */
export function holdIncident(previous: Incident | null, decision: Hold, opening: Opening): Held | Claim {
  const { now } = opening;
  const busy = leaseLeft(previous?.leaseUntil ?? null, now);
  if (busy > 0) return { kind: 'busy', secondsLeft: busy };
  if (previous?.status === 'waiting') return { kind: 'repeat', incident: previous };
  const repeat = previous !== null && isRepeat(previous, decision.finding, now);
  if (!repeat && previous !== null && isWeaker(previous, decision)) return { kind: 'repeat', incident: previous };
  // Cleared by a person: the same occurrence taints no more.
  if (repeat && previous.closedBy === 'operator') return { kind: 'repeat', incident: previous };
  const news = !repeat || previous.guard !== decision.guard || previous.status !== 'held';
  const incident = nextRound(previous, decision, opening);
  return {
    kind: 'held',
    news,
    incident: {
      ...incident,
      status: 'held',
      guard: decision.guard,
      outcome: decision.guard === 'observe' ? { kind: 'observed' } : null,
      // What undoes an act that may have begun stays on record.
      inverse: (isBegun(incident) ? null : decision.finding.putBack) ?? incident.inverse,
      leaseUntil: null,
      dueAt: plus(now, heldFor(decision, { ...incident, status: 'held', guard: decision.guard }, now)),
    },
  };
}

/** Seconds until the scheduler looks again. An exposure that has been unreadable for long is asked for less often. */
function heldFor({ guard, retryAfter }: Hold, incident: Incident, now: Date): number {
  if (lineOf(incident) !== null && retryAfter === WAITING_SECONDS) return waitingFor(incident);
  if (guard !== 'unreadable' || !isExposure(incident)) return retryAfter;
  return Math.max(retryAfter, dueAfterUnread(secondsBetween(openSince(incident), now)));
}

/** Nothing would be done about this occurrence by itself. */
const TOLD_ONLY: ReadonlySet<string> = new Set(['observe', 'exempted']);

/**
 * What somebody else did to the machine meanwhile, which alone would only be told, must not take the place of what it is to be
 * replaced for.
 */
function isWeaker({ resource, status, guard }: Incident, decision: Hold): boolean {
  const ofMachine = resource.type === 'instance';
  return ofMachine && status !== 'closed' && !TOLD_ONLY.has(guard ?? '') && TOLD_ONLY.has(decision.guard);
}

/** An occurrence that the incident already knows: the event came again, or another feed tells the same. */
function isRepeat(incident: Incident, finding: Finding, now: Date): boolean {
  // What a person cleared is opened again by a further change, and not by looking at the same once more.
  if (finding.round.startsWith('verdict:')) return incident.status !== 'closed' || incident.closedBy === 'operator';
  if (!incident.seenRounds.includes(finding.round)) return false;
  // The rules of an exposure may be seen again when it was over. An event is never a new one.
  return !isExposure(finding) || incident.status !== 'closed' || isStaleRead(incident, now);
}

/**
 * A rule that undrift revoked does not come back under its id, so a read that shows it is an old one. One that somebody
 * else made harmless in place does come back: then it is a new occurrence.
 */
function isStaleRead({ closedBy, closedAt }: Incident, now: Date): boolean {
  return closedBy === 'undrift' && closedAt !== null && secondsBetween(closedAt, now) < STALE_READ_SECONDS;
}

/** Closed, or acted upon a moment ago: the recheck looks for the proof, and a read that says otherwise is stale. */
function isSettled({ status, dueAt }: Incident, now: Date): boolean {
  return status === 'closed' || (status === 'unverified' && dueAt !== null && Date.parse(dueAt) > now.getTime());
}

/** The incident with this decision in it: opened, or one round further where the occurrence is a new one. */
function nextRound(
  previous: Incident | null,
  decision: Exclude<Decision, { kind: 'ignore' }>,
  opening: Opening,
): Incident {
  const { finding, latest } = decision;
  const at = opening.now.toISOString();
  const repeat = previous !== null && isRepeat(previous, finding, opening.now);
  const known =
    previous === null || !repeat
      ? newOccurrence(previous, finding, opening)
      : { ...previous, ...firstFound(previous, finding) };
  const { latest: _before, closedWith: _with, members: _members, closing: _closing, ...base } = known;
  return {
    ...base,
    finding,
    decision: decisionRecord(decision),
    decidedAt: at,
    about: opening.about,
    ...(latest !== undefined && { latest }),
    ...(opening.ran ? { ran: opening.ran } : {}),
    updatedAt: at,
    closedAt: null,
    closedBy: null,
    triedFor: occurrenceOf(opening.change.eventId),
    ...opening.stamp,
  };
}

function newOccurrence(
  previous: Incident | null,
  finding: Finding,
  { unit, change, about, stamp, now }: Opening,
): Incident {
  const blank = blankIncident({ unit, finding, about, change, at: now.toISOString(), stamp });
  // What was there before an earlier occurrence says nothing of this one.
  const { unrecorded, found: _found, preImage: _before, ...known } = previous ?? blank;
  const goesOn = previous !== null && previous.status !== 'closed';
  return {
    ...known,
    // What was unknown of an open incident stays unknown: a replacement is held for it.
    ...(goesOn && unrecorded !== undefined && { unrecorded }),
    since: goesOn ? (previous.since ?? previous.change.at) : change.at,
    ...earlierWith(previous),
    foundAt: now.toISOString(),
    change: withoutValues(change),
    round: finding.round,
    rounds: known.rounds + 1,
    seenRounds: [...known.seenRounds.filter((round) => round !== finding.round), finding.round].slice(-ROUNDS_KEPT),
    outcome: null,
    inverse: null,
    // An exposure that is changed further while AWS refuses to close it is still refused in a row.
    failures: goesOn && isExposure(known) ? known.failures : 0,
  };
}
