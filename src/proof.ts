/** How an incident comes to its end: the act was seen done, or the finding holds no longer. */
import { type Deps, LEASE_SECONDS } from './deps.ts';
import type { Decision } from './domain/decision.ts';
import { isExposure } from './domain/exposure.ts';
import { type ClosedBy, type Incident, type NoticeKind, warmingIn } from './domain/incident.ts';
import { isWhole } from './domain/part.ts';
import { awaitProof, close } from './domain/settling.ts';
import { plus, secondsBetween } from './domain/time.ts';
import { lacksAct } from './domain/unrecorded.ts';
import { setDue } from './due.ts';
import { Retryable, Superseded } from './roles.ts';
import { record } from './telling.ts';
import type { Proof } from './work.ts';

/** What came of a change, for the log and for tests. */
export type Report = readonly { readonly decision: Decision; readonly incident: Incident | null }[];

/** A look that fails is no proof either way: the recheck looks again. */
export async function proofOf(incident: Incident, deps: Deps): Promise<Proof> {
  if (lacksAct(incident)) {
    return { kind: 'pending', why: 'what was taken away is not on record', retryAfter: 15, overdue: false };
  }
  try {
    return await deps.work.prove(incident, deps.clock.now());
  } catch (error) {
    if (!(error instanceof Retryable)) throw error;
    return { kind: 'pending', why: error.message, retryAfter: 30, overdue: false };
  }
}

export async function recordProof(incident: Incident, proof: Proof, deps: Deps): Promise<Incident> {
  const { clock, meter, log } = deps;
  const now = clock.now();
  if (proof.kind !== 'proven') {
    const [why, wait] = proof.kind === 'pending' ? [proof.why, proof.retryAfter] : [proof.why, 30];
    log.info('not proven yet', { incidentId: incident.id, why });
    const overdue = proof.kind === 'pending' && proof.overdue;
    const waiting = awaitProof(withProgress(incident, proof), why, wait, now);
    return record(waiting, overdue ? 'escalated' : null, deps);
  }
  const secondsToFix = Math.max(0, Math.round(secondsBetween(incident.change.at, now) * 10) / 10);
  const { seen, closedBy, successor, successorRan, later } = proof;
  const found = { successor, ...(successorRan && { successorRan }), ...(later && { warmUp: later.warmUp }) };
  const replacement = incident.replacement === null ? null : { ...incident.replacement, ...found };
  const closed = close({ ...incident, replacement }, { kind: 'done', seen, secondsToFix }, closedBy, now);
  const recorded = await finish(closed, closedBy === 'undrift' ? 'fixed' : null, successor, deps, later?.retryAfter);
  const { rule } = incident.finding;
  meter.count('Remediations', { rule, outcome: 'done' });
  meter.count('SecondsToFix', { rule }, secondsToFix);
  log.info('seen put right', { incidentId: incident.id, seen, secondsToFix });
  return recorded;
}

/** What else is held on a machine that was replaced is over: it is looked at now, and not hours from now. */
async function othersDue({ key, resource, replacement }: Incident, deps: Deps): Promise<void> {
  if (replacement === null || resource.type !== 'instance') return;
  const dueAt = deps.clock.now().toISOString();
  const others = (await deps.ledger.of(resource.id)).filter((it) => it.key !== key && it.status === 'held');
  for (const other of others) await setDue(other, dueAt, deps);
}

/** What a look saw of a replacement that is not over. */
function withProgress(incident: Incident, proof: Proof): Incident {
  if (incident.replacement === null || proof.kind !== 'pending') return incident;
  const { keptDays, inService } = proof;
  const seen = { ...(keptDays !== undefined && { keptDays }), ...(inService !== undefined && { inService }) };
  return { ...incident, replacement: { ...incident.replacement, ...seen } };
}

/** An act was sent for this occurrence, and not refused: it may be what is seen. */
export function isAttempted({ attempts, round: current }: Incident): boolean {
  return attempts.some(({ round, error }) => round === current && error === null);
}

/** The finding no longer holds: by an act of ours that died before its record, or without us. */
export async function settleGone(before: Incident, closedBy: ClosedBy, deps: Deps): Promise<void> {
  const incident = await deps.ledger.get(before.key);
  if (incident === null || incident.status === 'closed') return;
  if (isAttempted(incident)) {
    return void (await recordProof(incident, lacksAct(incident) ? JUDGED_AGAIN : await proofOf(incident, deps), deps));
  }
  // A rule that is off by now, say, has replaced nobody.
  if (isWhole(incident) && incident.guard === 'tainted' && closedBy === 'another') return settleWhole(incident, deps);
  deps.log.info('the finding no longer holds', { incidentId: incident.id, closedBy });
  await finish(close(incident, null, closedBy, deps.clock.now()), null, null, deps);
}

/** Records the end, and gives back the slot. Where there may be one, the incident stays due until that is done. */
async function finish(
  closed: Incident,
  notice: NoticeKind | null,
  successor: string | null,
  deps: Deps,
  dueAfter = LEASE_SECONDS,
): Promise<Incident> {
  if (isExposure(closed)) return record(closed, notice, deps);
  const recorded = await record({ ...closed, dueAt: plus(deps.clock.now(), dueAfter) }, notice, deps);
  return afterClosing(recorded, successor, deps);
}

/** What follows the end. If a worker dies after it recorded the end, the scheduler has this done. */
export async function afterClosing(closed: Incident, successor: string | null, deps: Deps): Promise<Incident> {
  await deps.work.release(closed, successor);
  await othersDue(closed, deps);
  // Its slot stays taken until the replacement carries load.
  if (warmingIn(closed) !== null) return closed;
  try {
    return await deps.ledger.put({ ...closed, dueAt: null });
  } catch (error) {
    // Opened again at the same moment: by then it is due for that.
    if (!(error instanceof Superseded)) throw error;
    return closed;
  }
}

const ONCE_MORE_SECONDS = 60;

/** Nobody of it is left. An answer that lacks them all may be wrong once: a second one says so a minute later. */
async function settleWhole(incident: Incident, deps: Deps): Promise<void> {
  if (incident.outcome?.kind === 'unverified') return void (await recordProof(incident, ALL_GONE, deps));
  const why = 'no machine of it is left to replace; looked at once more';
  await record(awaitProof(incident, why, ONCE_MORE_SECONDS, deps.clock.now(), 'held'), null, deps);
}

/** Its parts were replaced, each by an incident of its own, or have ended otherwise. */
const ALL_GONE: Proof = {
  kind: 'proven',
  seen: 'no machine that it meant is left to replace: each was replaced, has ended otherwise, or was cleared',
  closedBy: 'undrift',
  successor: null,
};

/** Of a record that lacks what was taken away, the look that finds nothing left is the proof. */
const JUDGED_AGAIN: Proof = {
  kind: 'proven',
  seen: 'judged again: nothing of it is left',
  closedBy: 'undrift',
  successor: null,
};

/** Cleared with the whole that it is part of, put right with a larger finding, gone with its resource, or by somebody else. */
export function goneBy(seen: Report): ClosedBy {
  if (seen.some(({ decision }) => decision.kind === 'ignore' && decision.cleared)) return 'operator';
  if (seen.some(({ incident }) => incident?.outcome?.kind === 'done')) return 'undrift';
  return seen.some(({ decision }) => decision.kind === 'ignore' && !decision.clean) ? 'vanished' : 'another';
}
