/**
 * One decision, carried out: held; or claimed, acted upon, verified and recorded. A worker may die after any step. So the next
 * one finds what it needs on record: the plan before the act, and when the scheduler has to look again.
 */
import { decidePause } from './decide.ts';
import { type Cause, ComeBack, type Deps, isYoung, LEASE_SECONDS } from './deps.ts';
import { actorName } from './domain/actor.ts';
import type { Change } from './domain/change.ts';
import type { Decision, Hold, Remediate } from './domain/decision.ts';
import type { Estate } from './domain/estate.ts';
import { isExposure } from './domain/exposure.ts';
import type { Incident, NoticeKind } from './domain/incident.ts';
import { instead } from './domain/instead.ts';
import { claim, holdIncident, isChangedSince, isDealtWith, type Opening } from './domain/lifecycle.ts';
import { waitsForSlot } from './domain/line.ts';
import { wholeOf } from './domain/part.ts';
import { fail, NOTHING_LEFT, REFUSALS_TO_ESCALATE, withAttempt } from './domain/settling.ts';
import { isAboutEntering, isProlongedSince } from './domain/taint.ts';
import { noteOpening } from './loops.ts';
import { isReminded } from './notice/dedupe.ts';
import { proofOf, recordProof } from './proof.ts';
import { Refused, Retryable } from './roles.ts';
import { store, writeClaim } from './store.ts';
import { record } from './telling.ts';
import { extendedOf } from './works/extended.ts';

/** Carries out one decision. Returns its incident; null where nothing is recorded. @throws ComeBack while another is at it */
export async function carryOut(decision: Decision, change: Change, cause: Cause, estate: Estate, deps: Deps) {
  const { log, meter, work, clock, stamp } = deps;
  log.info('decided', { kind: decision.kind, rule: decision.rule, guard: decision.guard, reason: decision.reason });
  if (decision.kind === 'ignore') return null;
  meter.count('Findings', { rule: decision.rule, cause });
  const taints = estate.kind === 'instance' ? estate.taints : undefined;
  const opening: Opening = {
    unit: work.unit,
    change,
    about: work.about(estate),
    stamp,
    now: clock.now(),
    ...(taints !== undefined && { taints }),
  };
  return decision.kind === 'hold' ? held(decision, opening, estate, deps) : act(decision, opening, cause, estate, deps);
}

/** @param kind of the notification, if this is news */
export async function held(
  decision: Hold,
  opening: Opening,
  estate: Estate,
  deps: Deps,
  kind: NoticeKind = decision.guard === 'fight' ? 'escalated' : 'held',
): Promise<Incident | null> {
  const previous = await deps.ledger.get(decision.finding.key);
  const next = holdIncident(previous, decision, { ...opening, ran: await ranOn(estate, previous, deps) });
  if (next.kind === 'busy') throw new ComeBack(Math.min(10, next.secondsLeft), 'another worker is at this incident');
  if (next.kind !== 'held') return next.incident;
  if (next.news) deps.meter.count('Holds', { rule: decision.rule, guard: decision.guard });
  const recorded = await record(next.incident, next.news || isReminded(next.incident) ? kind : null, deps);
  // It waits for no slot any more, and must keep none from those that do.
  if (previous !== null && waitsForSlot(previous) && !waitsForSlot(recorded))
    await deps.work.release(previous, null, true);
  return recorded;
}

async function act(decision: Remediate, opening: Opening, cause: Cause, estate: Estate, deps: Deps) {
  const { work, clock, log } = deps;
  if (await saidMeanwhile(decision, opening, deps))
    throw new ComeBack(5, 'an operator changed the batch that it is part of, or another entry on it');
  const before = await deps.ledger.get(decision.finding.key);
  // A repeat begins nothing: a slot for it would use up the budget of the hour.
  if (before !== null && isDealtWith(before, decision.finding, clock.now())) {
    if (isChangedSince(before, opening.change) && isYoung(opening.change, clock))
      throw new ComeBack(5, 'EC2 shows what was dealt with before the change: its answer may be older');
    return repeated(before, deps);
  }
  // A pause may have begun since the flag was read for the decision.
  const now = clock.now();
  const still = decidePause(decision, await deps.pause.read(now.toISOString()), now);
  if (still.kind === 'hold') return held(still, opening, estate, deps);
  const slot = await work.reserve(decision, estate, opening.change, clock.now());
  if (slot.kind === 'full') {
    return held(instead(decision, slot), opening, estate, deps);
  }
  const claimed = await claimIt(decision, opening, estate, deps);
  if ('ended' in claimed) return claimed.ended;
  const { incident } = claimed;
  const { remediation } = decision;
  log.info('acting', { incidentId: incident.id, remediation, actor: actorName(opening.change.actor) });
  let requestId: string | null;
  try {
    ({ requestId } = await work.act(decision));
  } catch (error) {
    return refused(incident, error, cause, deps);
  }
  return acted(incident, requestId, deps);
}

/** `ended`: nothing is to be done, or it is held instead. */
type ClaimedOrNot = { readonly incident: Incident } | { readonly ended: Incident | null };

/** Takes the incident for the act, with what would undo it. @throws ComeBack while another worker, or a person, is at it */
async function claimIt(decision: Remediate, opening: Opening, estate: Estate, deps: Deps): Promise<ClaimedOrNot> {
  const { work, clock, ledger } = deps;
  const previous = await ledger.get(decision.finding.key);
  const known = { ...opening, ran: await ranOn(estate, previous, deps) };
  const claimed = claim(previous, decision, work.plan(decision, estate, clock.now()), LEASE_SECONDS, known);
  if (claimed.kind === 'busy') {
    // No worker acts now: the slot is not needed.
    if (claimed.prolonged && previous !== null) await work.release(previous, null, true);
    throw new ComeBack(Math.min(10, claimed.secondsLeft), 'another worker, or a person, is at this incident');
  }
  if (claimed.kind === 'repeat') return { ended: await repeated(claimed.incident, deps) };
  const written = await writeClaim(claimed.incident, previous, deps);
  if (!('why' in written)) return { incident: written };
  await work.release(claimed.incident, null, true);
  const unrecorded = instead(decision, { guard: 'unreadable', ...written, retryAfter: 3600 });
  return { ended: await held(unrecorded, opening, estate, deps) };
}

/**
 * Recorded before the verification, so that our own call is known when its event arrives. A ledger that fails here is no
 * refusal of the act: the next worker finds an attempt without an answer.
 */
async function acted(incident: Incident, requestId: string | null, deps: Deps): Promise<Incident> {
  const answer = requestId === null ? { error: NOTHING_LEFT } : { requestId };
  const answered = { ...withAttempt(incident, answer), updatedAt: deps.clock.now().toISOString() };
  const recorded = await store(answered, deps, { requestId });
  const proven = await recordProof(recorded, await proofOf(recorded, deps), deps);
  return noteOpening(proven, deps);
}

/**
 * Whether an operator extended or cleared the batch, or extended another entry on the instance, after this was decided: then it
 * is decided again.
 */
async function saidMeanwhile({ finding }: Remediate, { change, taints = [] }: Opening, { ledger }: Deps) {
  const key = wholeOf({ resource: finding.resource, change });
  const whole = key === null ? null : await ledger.get(key);
  if (whole !== null && (whole.closedBy === 'operator' || isProlongedSince(taints, whole))) return true;
  if (!isAboutEntering(finding.rule)) return false;
  const others = await extendedOf(finding.resource.id, ledger);
  return others.some((other) => isAboutEntering(other.finding.rule) && isProlongedSince(taints, other));
}

async function ranOn(estate: Estate, previous: Incident | null, { work }: Deps) {
  return work.ran === undefined ? null : work.ran(estate, previous);
}

/** The same occurrence again: no second act and no second notice. */
async function repeated(incident: Incident, deps: Deps): Promise<Incident> {
  deps.log.info('this occurrence is dealt with already', { incidentId: incident.id, status: incident.status });
  if (incident.status === 'closed') await deps.work.release(incident, null);
  return incident;
}

async function refused(incident: Incident, error: unknown, cause: Cause, deps: Deps): Promise<Incident> {
  if (!(error instanceof Retryable || error instanceof Refused)) throw error;
  const retryable = error instanceof Retryable;
  const { rule } = incident.finding;
  deps.log.error('the act was refused', { incidentId: incident.id, why: error.message, retryable });
  deps.meter.count('Failures', { rule, cause });
  // The alarm on it returns to OK while this finding fails on, so that the next one rings.
  if (incident.failures === 0) deps.meter.count('NewFailures', { rule, cause });
  // What is tried again soon keeps its slot: giving it back and taking it again would use up the budget of the hour.
  if (!retryable) await deps.work.release(incident, null, true);
  const maybeDone = error instanceof Retryable && error.maybeDone;
  const failed = fail(incident, error.message, retryable, deps.clock.now(), maybeDone);
  return record(failed, refusalNotice(failed, retryable), deps);
}

/**
 * A refusal that will not pass is reported at once for a replacement. An exposure is tried again within seconds, so its second
 * refusal is reported.
 */
function refusalNotice(failed: Incident, retryable: boolean): NoticeKind | null {
  if (isExposure(failed)) return failed.failures < REFUSALS_TO_ESCALATE ? null : 'escalated';
  return retryable && failed.failures < 3 ? null : 'failed';
}
