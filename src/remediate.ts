/**
 * The one flow: read the live estate, decide, claim, act, look again, record, tell. The only writer.
 *
 * Every step may be the last one of this process. What makes that safe is recorded before it is needed: the plan before
 * the act, the notice that is owed together with what it tells, and when the recheck has to look again.
 */
import { decideOwnCall } from './decide/own-call.ts';
import { decide, type History } from './decide.ts';
import { type Cause, ComeBack, type Deps, isYoung, LEASE_SECONDS } from './deps.ts';
import { actorName } from './domain/actor.ts';
import type { Change, Irrelevant, ResourceRef } from './domain/change.ts';
import { type Decision, type Hold, ignore, type Remediate } from './domain/decision.ts';
import type { Estate } from './domain/estate.ts';
import type { ClosedBy, Incident, NoticeKind } from './domain/incident.ts';
import { claim, holdIncident, type Opening } from './domain/lifecycle.ts';
import { isWhole } from './domain/part.ts';
import { awaitProof, close, fail, withAttempt } from './domain/settling.ts';
import { secondsBetween } from './domain/time.ts';
import { underLock } from './lock.ts';
import { recogniseOwnCall } from './own-call.ts';
import { Refused, Retryable, type Slot } from './roles.ts';
import { eachOf, narrowed, type Run } from './run.ts';
import { record, tellForAnother } from './telling.ts';
import type { Proof, Work } from './work.ts';

const READ_AGAIN_AFTER = [1000, 2000, 4000];
const DOUBT_SECONDS = 15;

/** What came of a change, for the log and for tests. */
export type Report = readonly { readonly decision: Decision; readonly incident: Incident | null }[];

/** Deals with one change. @throws ComeBack when it is too early to tell, or somebody else is at it. */
export async function remediate(change: Change, run: Run, deps: Deps): Promise<Report | Irrelevant> {
  const { work } = deps;
  const ownCall = await recogniseOwnCall(change, deps);
  if (ownCall === 'ours') return { irrelevant: 'our own call' };
  const irrelevant = work.irrelevant(change);
  if (ownCall === 'none' && irrelevant !== null) return { irrelevant };
  const [pause, targets] = await Promise.all([
    deps.pause.read(deps.clock.now().toISOString()),
    irrelevant === null ? work.targets(change) : [],
  ]);
  const misuse = ownCall === 'unknown' ? await tellMisuse(change, run.cause, deps) : [];
  const perTarget = await eachOf(narrowed(targets, run), run, (target) =>
    remediateTarget(target, change, run, pause, deps),
  );
  await lookAgainAfter(change, deps);
  return [...misuse, ...perTarget.flat()];
}

/** For most changes there is none: they are judged for themselves. */
async function lookAgainAfter(change: Change, deps: Deps): Promise<void> {
  for (const key of (await deps.work.newsFor?.(change)) ?? []) {
    deps.log.info('looked at again before it is due', { key, because: change.name });
    await recheck(key, deps);
  }
}

/** What stands for many is judged as a whole, and then some of its parts by themselves. */
async function remediateTarget(target: ResourceRef, change: Change, run: Run, pause: History['pause'], deps: Deps) {
  const { report, look } = await remediateOne(target, change, run.cause, pause, deps);
  const parts = await partsOf(look, change, deps);
  const ofParts = await eachOf(parts, run, (part) => remediateOne(part, change, run.cause, pause, deps));
  return [...report, ...ofParts.flatMap((part) => part.report)];
}

async function partsOf({ estate, decisions }: Look, change: Change, { work, account, optInTag, clock }: Deps) {
  if (work.parts === undefined) return [];
  return work.parts(estate, decisions, change, { account, optInTag, now: clock.now() });
}

async function remediateOne(target: ResourceRef, change: Change, cause: Cause, pause: History['pause'], deps: Deps) {
  const history: History = { pause, ...(await deps.work.known(target, change)) };
  const look = () => readAndDecide(target, change, cause, history, deps);
  const first = await look();
  const acts = first.decisions.some((decision) => decision.kind === 'remediate');
  const exclusive = acts ? deps.work.exclusive(first.estate, first.decisions) : [];
  if (exclusive.length === 0) return { look: first, report: await settleAll(first, change, cause, history, deps) };
  // Whoever had the lock before may have changed what is there: decided anew.
  const report = await underLock(exclusive, deps, async () => settleAll(await look(), change, cause, history, deps));
  return { look: first, report };
}

/** Our role, and not our call: people must know, whatever the live state is. */
async function tellMisuse(change: Change, cause: Cause, deps: Deps): Promise<Report> {
  const [resource] = change.resources;
  if (resource === undefined) return [];
  const decision = decideOwnCall(change, resource);
  return [{ decision, incident: await settle(decision, change, cause, { kind: 'missing', resource }, deps) }];
}

/** `doubt`: why the reading may be older than the change, where something had to be done all the same. */
type Look = { readonly estate: Estate; readonly decisions: readonly Decision[]; readonly doubt: string | null };

async function settleAll(
  { estate, decisions, doubt }: Look,
  change: Change,
  cause: Cause,
  history: History,
  deps: Deps,
) {
  const report: { decision: Decision; incident: Incident | null }[] = [];
  for (const decision of decisions) {
    report.push({ decision, incident: await settle(decision, change, cause, estate, deps) });
  }
  await deps.work.noteReading(estate, decisions, history.lastReading, deps.clock.now());
  if (doubt !== null && isYoung(change, deps.clock)) throw new ComeBack(DOUBT_SECONDS, doubt);
  return report;
}

/** Looks at a due incident again. Returns what was decided anew; nothing where only a proof or a notice was due. */
export async function recheck(key: string, deps: Deps): Promise<Report> {
  const incident = await deps.ledger.get(key);
  if (incident === null) {
    deps.log.warn('the incident is gone', { key });
    return [];
  }
  if (incident.noticeDue !== null) await tellForAnother(incident, deps);
  // Whoever closed it may have died before it gave the slot back.
  if (incident.status === 'closed') await deps.work.release(incident, null);
  if (incident.noticeDue !== null || incident.status === 'closed') return [];
  if (incident.status === 'waiting' || incident.status === 'unverified') {
    const proof = await deps.work.prove(incident, deps.clock.now());
    if (proof.kind !== 'undone') {
      await recordProof(incident, proof, deps);
      return [];
    }
    deps.log.warn('the act had no effect; acting again', { incidentId: incident.id, why: proof.why });
    const again: Incident = { ...incident, status: 'held', fence: incident.fence + 1 };
    await record(again, incident.fence, 'escalated', deps);
  }
  return decideAgain(incident, deps);
}

async function decideAgain(incident: Incident, deps: Deps): Promise<Report> {
  const report = await remediate(incident.change, { cause: 'recheck', only: incident.resource }, deps);
  if ('irrelevant' in report) {
    await settleGone(incident, 'vanished', deps);
    return [];
  }
  if (!report.some(({ decision }) => decision.kind !== 'ignore' && decision.finding.key === incident.key)) {
    await settleGone(incident, goneBy(report), deps);
  }
  return report;
}

/** Reads until the reading can be trusted to be younger than the change: at once, after 1, 2 and 4 s, or another time. */
async function readAndDecide(
  target: ResourceRef,
  change: Change,
  cause: Cause,
  history: History,
  deps: Deps,
): Promise<Look> {
  const { work, policy, account, optInTag, clock } = deps;
  for (const wait of [...READ_AGAIN_AFTER, null]) {
    const judge = (estate: Estate) =>
      decide(change, estate, policy, history, { account, optInTag, now: clock.now() }).map((decision) =>
        ofThisUnit(decision, work),
      );
    const { estate, decisions } = await closerBeforeActs(await work.read(target, change), change, judge, work);
    const doubt = cause === 'recheck' ? null : await work.doubt(change, estate, decisions, clock.now());
    // What stands open is closed at once, whatever else the change may have done; the rest is looked at afterwards.
    if (doubt === null || decisions.some(cannotWait)) return { estate, decisions, doubt };
    if (wait === null && !isYoung(change, deps.clock)) return { estate, decisions, doubt: null };
    if (wait === null) throw new ComeBack(DOUBT_SECONDS, doubt);
    await clock.sleep(wait);
  }
  throw new Error('unreachable');
}

/** What only an act needs to know is read only before one, and decided upon again. */
async function closerBeforeActs(
  first: Estate,
  change: Change,
  judge: (estate: Estate) => readonly Decision[],
  work: Work,
) {
  const decisions = judge(first);
  const acts = decisions.some(({ kind }) => kind === 'remediate');
  if (!acts || work.beforeAct === undefined) return { estate: first, decisions };
  const estate = await work.beforeAct(first, change);
  return { estate, decisions: judge(estate) };
}

/** What is open by itself. What groups open together may yet be undone by whoever sees which one was attached. */
function cannotWait(decision: Decision): boolean {
  return decision.kind === 'remediate' && decision.finding.resource.type === 'security-group';
}

/** What another unit does is that unit's to do, to hold and to tell: it is woken by the same event. */
function ofThisUnit(decision: Decision, work: Work): Decision {
  const act = decision.remediation?.action;
  return act === undefined || work.acts.includes(act) ? decision : ignore(`${act} is another unit's`, decision.rule);
}

async function settle(decision: Decision, change: Change, cause: Cause, estate: Estate, deps: Deps) {
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

/** @param kind what people are told of it, if it is news; null when another incident has told the same already */
async function held(
  decision: Hold,
  opening: Opening,
  estate: Estate,
  deps: Deps,
  kind: NoticeKind | null = decision.guard === 'fight' ? 'escalated' : 'held',
): Promise<Incident | null> {
  const previous = await deps.ledger.get(decision.finding.key);
  const next = holdIncident(previous, decision, { ...opening, ran: await ranOn(estate, previous, deps) });
  if (next.kind === 'busy') throw new ComeBack(Math.min(10, next.secondsLeft), 'another worker is at this incident');
  if (next.kind !== 'held') return next.incident;
  if (next.news) deps.meter.count('Holds', { rule: decision.rule, guard: decision.guard });
  return record(next.incident, previous?.fence ?? null, next.news ? kind : null, deps);
}

async function act(decision: Remediate, opening: Opening, cause: Cause, estate: Estate, deps: Deps) {
  const { ledger, work, clock, log } = deps;
  const slot = await work.reserve(decision, estate, opening.change, clock.now());
  if (slot.kind === 'full') {
    return held(withoutSlot(decision, slot), opening, estate, deps, slot.tells ? 'held' : null);
  }

  const previous = await ledger.get(decision.finding.key);
  const known = { ...opening, ran: await ranOn(estate, previous, deps) };
  const claimed = claim(previous, decision, work.plan(decision, estate, clock.now()), LEASE_SECONDS, known);
  if (claimed.kind === 'busy')
    throw new ComeBack(Math.min(10, claimed.secondsLeft), 'another worker is at this incident');
  if (claimed.kind === 'repeat') return repeated(claimed.incident, deps);
  let { incident } = claimed;
  await ledger.put(incident, previous?.fence ?? null);

  log.info('acting', {
    incidentId: incident.id,
    remediation: decision.remediation,
    actor: actorName(opening.change.actor),
  });
  try {
    const { requestId } = await work.act(decision);
    incident = withAttempt(incident, { requestId });
    // Recorded before the proof is looked for, so that our own call is known when its event comes back.
    await ledger.put({ ...incident, updatedAt: clock.now().toISOString() }, incident.fence, requestId);
  } catch (error) {
    return refused(incident, error, cause, deps);
  }
  return recordProof(incident, await proofOf(incident, deps), deps);
}

async function ranOn(estate: Estate, previous: Incident | null, { work }: Deps) {
  return work.ran === undefined ? null : work.ran(estate, previous);
}

function withoutSlot(decision: Remediate, { guard, why, retryAfter }: Extract<Slot, { kind: 'full' }>): Hold {
  return { ...decision, kind: 'hold', guard, reason: why, retryAfter };
}

/** The same occurrence again: no second act and no second notice, unless the first worker died before it told. */
async function repeated(incident: Incident, deps: Deps): Promise<Incident> {
  deps.log.info('this occurrence is dealt with already', { incidentId: incident.id, status: incident.status });
  if (incident.status === 'closed') await deps.work.release(incident, null);
  if (incident.noticeDue !== null) await tellForAnother(incident, deps);
  return incident;
}

async function refused(incident: Incident, error: unknown, cause: Cause, deps: Deps): Promise<Incident> {
  if (!(error instanceof Retryable || error instanceof Refused)) throw error;
  const retryable = error instanceof Retryable;
  const { rule } = incident.finding;
  deps.log.error('the act was refused', { incidentId: incident.id, why: error.message, retryable });
  deps.meter.count('Failures', { rule, cause });
  // What is tried again soon keeps its slot: giving it back and taking it anew would use up the budget of the hour.
  if (!retryable) await deps.work.release(incident, null);
  const failed = fail(incident, error.message, retryable, deps.clock.now());
  return record(failed, incident.fence, retryable && failed.failures < 3 ? null : 'failed', deps);
}

/** A look that fails is no proof either way: the recheck looks again. */
async function proofOf(incident: Incident, deps: Deps): Promise<Proof> {
  try {
    return await deps.work.prove(incident, deps.clock.now());
  } catch (error) {
    if (!(error instanceof Retryable)) throw error;
    return { kind: 'pending', why: error.message, retryAfter: 30, overdue: false };
  }
}

async function recordProof(incident: Incident, proof: Proof, deps: Deps): Promise<Incident> {
  const { clock, meter, log } = deps;
  const now = clock.now();
  const mine = { ...incident, fence: incident.fence + 1 };
  if (proof.kind !== 'proven') {
    const [why, wait] = proof.kind === 'pending' ? [proof.why, proof.retryAfter] : [proof.why, 30];
    log.info('not proven yet', { incidentId: incident.id, why });
    const overdue = proof.kind === 'pending' && proof.overdue;
    const waiting = awaitProof(withKeptDays(mine, proof), why, wait, now);
    return record(waiting, incident.fence, overdue ? 'escalated' : null, deps);
  }
  const secondsToFix = Math.max(0, Math.round(secondsBetween(incident.change.at, now) * 10) / 10);
  const { seen, closedBy, successor, successorRan } = proof;
  const found = { successor, ...(successorRan && { successorRan }) };
  const replacement = incident.replacement === null ? null : { ...incident.replacement, ...found };
  const closed = close({ ...mine, replacement }, { kind: 'done', seen, secondsToFix }, closedBy, now);
  const recorded = await record(closed, incident.fence, closedBy === 'undrift' ? 'fixed' : null, deps);
  await deps.work.release(incident, successor);
  const { rule } = incident.finding;
  meter.count('Remediations', { rule, outcome: 'done' });
  meter.count('SecondsToFix', { rule }, secondsToFix);
  log.info('seen put right', { incidentId: incident.id, seen, secondsToFix });
  return recorded;
}

function withKeptDays(incident: Incident, proof: Proof): Incident {
  if (incident.replacement === null || proof.kind !== 'pending' || proof.keptDays === undefined) return incident;
  return { ...incident, replacement: { ...incident.replacement, keptDays: proof.keptDays } };
}

/** The finding no longer holds: by an act of ours that died before its record, or without us. */
async function settleGone(before: Incident, closedBy: ClosedBy, deps: Deps): Promise<void> {
  const incident = await deps.ledger.get(before.key);
  if (incident === null || incident.status === 'closed') return;
  const attempted = incident.attempts.some(({ round, error }) => round === incident.round && error === null);
  if (attempted) return void (await recordProof(incident, await proofOf(incident, deps), deps));
  // By nobody else than those who took them away one by one: a rule that is off by now, say, replaced nobody.
  const done = isWhole(incident) && incident.guard === 'tainted' && closedBy === 'another';
  if (done) return void (await recordProof(incident, ALL_GONE, deps));
  deps.log.info('the finding no longer holds', { incidentId: incident.id, closedBy });
  const closed = close({ ...incident, fence: incident.fence + 1 }, null, closedBy, deps.clock.now());
  await deps.ledger.put(closed, incident.fence);
  await deps.work.release(incident, null);
}

/** Its parts were replaced, each by an incident of its own, or have ended otherwise. */
const ALL_GONE: Proof = {
  kind: 'proven',
  seen: 'no machine that it meant is left: each was replaced, or has ended otherwise',
  closedBy: 'undrift',
  successor: null,
};

/** Cleared with the whole that it is part of, put right with a larger finding, gone with its resource, or by somebody else. */
function goneBy(seen: Report): ClosedBy {
  if (seen.some(({ decision }) => decision.kind === 'ignore' && decision.cleared)) return 'operator';
  if (seen.some(({ incident }) => incident?.outcome?.kind === 'done')) return 'undrift';
  return seen.some(({ decision }) => decision.kind === 'ignore' && !decision.clean) ? 'vanished' : 'another';
}
