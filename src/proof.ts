/** How an act is verified, and how an incident comes to its end. */
import { type Deps, LEASE_SECONDS } from './deps.ts';
import type { Decision } from './domain/decision.ts';
import { isExposure } from './domain/exposure.ts';
import { type ClosedBy, type Incident, type NoticeKind, type Outcome, warmingIn } from './domain/incident.ts';
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
  const { seen, successor, successorRan, later } = proof;
  const found = { successor, ...(successorRan && { successorRan }), ...(later && { warmUp: later.warmUp }) };
  const replacement = incident.replacement === null ? null : { ...incident.replacement, ...found };
  // Only what an act of ours brought about is done, and took so long.
  const closedBy = broughtAbout(incident, proof.closedBy);
  const ours = closedBy === 'undrift';
  const outcome: Outcome = ours ? { kind: 'done', seen, secondsToFix } : { kind: 'already-done', seen };
  const closed = close({ ...incident, replacement }, outcome, closedBy, now);
  const recorded = await finish(
    closed,
    ours || isExposure(closed) ? 'fixed' : null,
    successor,
    deps,
    later?.retryAfter,
  );
  if (!ours) {
    log.info('over without undrift', { incidentId: incident.id, seen });
    return recorded;
  }
  const { rule } = incident.finding;
  meter.count('Remediations', { rule, outcome: 'done' });
  meter.count('SecondsToFix', { rule }, secondsToFix);
  log.info('seen put right', { incidentId: incident.id, seen, secondsToFix });
  return recorded;
}

/** What is gone although no call of ours changed anything was somebody else's doing. A batch has no calls of its own. */
function broughtAbout(incident: Incident, seen: ClosedBy): ClosedBy {
  if (seen !== 'undrift' || isWhole(incident) || isAttempted(incident)) return seen;
  return isExposure(incident) ? 'another' : 'vanished';
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

/** Records the end, and gives back the slot. Where there may be one, the incident stays due until that is done. */
export async function finish(
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
