/**
 * The one flow: read the live estate, decide, claim, act, look again, record, tell. The only writer.
 *
 * Every step may be the last one of this process. What makes that safe is recorded before it is needed: the plan before
 * the act, the notice that is owed together with what it reports, and when the recheck has to look again. Notices are sent when
 * all acts are done (`outbox.ts`).
 */
import { decideOwnCall } from './decide/own-call.ts';
import { isStanding } from './decide/stakes.ts';
import { decidePause, type History } from './decide.ts';
import { type Cause, ComeBack, type Deps, isYoung, LEASE_SECONDS } from './deps.ts';
import { actorName } from './domain/actor.ts';
import type { Change, Irrelevant, ResourceRef } from './domain/change.ts';
import { comesBack, isCarried } from './domain/coming-back.ts';
import { type Decision, type GuardName, type Hold, type Ignore, ignore, type Remediate } from './domain/decision.ts';
import type { Estate } from './domain/estate.ts';
import { isExposure } from './domain/exposure.ts';
import { type Incident, type NoticeKind, warmingIn } from './domain/incident.ts';
import { claim, holdIncident, isDealtWith, type Opening } from './domain/lifecycle.ts';
import { isBlind, lacksAct } from './domain/minimal.ts';
import { occurrenceOf } from './domain/occurrence.ts';
import { changeOfPart, wholeOf } from './domain/part.ts';
import { fail, REFUSALS_TO_ESCALATE, withAttempt } from './domain/settling.ts';
import { isAboutEntering, isProlongedSince } from './domain/taint.ts';
import { leaseLeft } from './domain/time.ts';
import { underLock } from './lock.ts';
import { type Asked, cannotWait, DOUBT_SECONDS, judged, type Look, readAndDecide } from './look.ts';
import { recogniseOwnCall } from './own-call.ts';
import { afterClosing, goneBy, isAttempted, proofOf, type Report, recordProof, settleGone } from './proof.ts';
import { Refused, Retryable } from './roles.ts';
import { eachOf, hasTime, narrowed, type Run, raise, tryEach } from './run.ts';
import { store, writeClaim } from './store.ts';
import { record } from './telling.ts';
import { lookAtReplacement } from './warming.ts';

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
  const left = await notYetJudged(narrowed(targets, run), change, run, deps);
  const { done, failures } = await tryEach<Report>([
    async () => (await eachOf(left, run, (target) => remediateTarget(target, change, run, pause, deps))).flat(),
    () => lookAgainAfter(change, run, deps),
    async () => (ownCall === 'unknown' ? reportMisuse(change, run.cause, deps) : []),
  ]);
  raise(failures);
  return done.flat();
}

/** So many are judged within one turn, whatever comes. */
const ONE_TURN = 50;

/** A call may name more than there is time for: who is on record for it is not judged again, so that the next have their turn. */
async function notYetJudged(targets: readonly ResourceRef[], { eventId }: Change, run: Run, { ledger }: Deps) {
  if (run.again !== true || targets.length <= ONE_TURN) return targets;
  const occurrence = occurrenceOf(eventId);
  const left: ResourceRef[] = [];
  for (let next = 0; next < targets.length; next += ONE_TURN) {
    const some = targets.slice(next, next + ONE_TURN);
    const known = await Promise.all(some.map(({ id }) => ledger.of(id)));
    left.push(
      ...some.filter((_target, at) => !known[at]?.some((it) => it.seenRounds.includes(occurrence) && !comesBack(it))),
    );
  }
  return left;
}

/** For most changes there is none: they are judged for themselves. */
async function lookAgainAfter(change: Change, run: Run, deps: Deps): Promise<Report> {
  for (const key of (await deps.work.newsFor?.(change)) ?? []) {
    if (!hasTime(run)) {
      deps.log.info('the others are looked at when they are due', { because: change.name });
      break;
    }
    deps.log.info('looked at again before it is due', { key, because: change.name });
    await recheck(key, deps, run.remaining);
  }
  return [];
}

/** What stands for many is judged as a whole, and then some of its parts by themselves. */
async function remediateTarget(target: ResourceRef, change: Change, run: Run, pause: History['pause'], deps: Deps) {
  const { look, report, failures } = await remediateOne(target, change, run, pause, deps);
  const own = changeOfPart(change, target);
  const one = async (part: ResourceRef) => concluded(await remediateOne(part, own, run, pause, deps));
  const parts = await tryEach([async () => eachOf(await partsOf(look, change, deps), run, one)]);
  raise([...failures, ...parts.failures]);
  return [...report, ...parts.done.flat(2)];
}

function concluded({ report, failures }: Settled): Report {
  raise(failures);
  return report;
}

async function partsOf({ estate, decisions }: Look, change: Change, { work, account, optInTag, clock }: Deps) {
  if (work.parts === undefined) return [];
  return work.parts(estate, decisions, change, { account, optInTag, now: clock.now() });
}

/** What a resource shows by itself comes first: it is acted upon before anything is read that takes longer. */
async function remediateOne(
  target: ResourceRef,
  change: Change,
  run: Run,
  pause: History['pause'],
  deps: Deps,
): Promise<Settled> {
  const { work } = deps;
  const asked: Asked = { change, cause: run.cause, history: { pause, ...(await work.known(target, change)) } };
  const estate = await work.read(target, change);
  const seen = judged(estate, asked, deps);
  const read = beginningWith(estate, () => work.read(target, change));
  const { further } = work;
  if (!further?.concerns(estate, seen, change)) return settleLook({ read, settled: [] }, asked, run, deps);
  const first = seen.some(cannotWait) ? await settleLook({ read, settled: [], more: true }, asked, run, deps) : null;
  const whole = async () => further.read(await read());
  const rest = await tryEach([
    async () => {
      if (!hasTime(run)) throw new ComeBack(1, `what takes longer to judge about ${target.id} waits for another turn`);
      return settleLook({ read: whole, settled: first?.look.decisions ?? [] }, asked, run, deps);
    },
  ]);
  const all = [...(first === null ? [] : [first]), ...rest.done];
  const look = all.at(-1)?.look;
  const failures = [...all.flatMap((settled) => settled.failures), ...rest.failures];
  if (look === undefined) throw failures[0];
  return { look, report: all.flatMap((settled) => settled.report), failures };
}

/** What was read is not read again for the first look at it. */
function beginningWith(estate: Estate, read: () => Promise<Estate>): () => Promise<Estate> {
  let known: Estate | null = estate;
  return async () => {
    const first = known ?? (await read());
    known = null;
    return first;
  };
}

/** `settled`: what was carried out before this look, and is left out of it. `more`: another look follows, and concludes. */
type Turn = { readonly read: () => Promise<Estate>; readonly settled: readonly Decision[]; readonly more?: true };
/** `failures`: what kept some of it from being carried out. */
type Settled = { readonly look: Look; readonly report: Report; readonly failures: readonly unknown[] };

async function settleLook(turn: Turn, asked: Asked, run: Run, deps: Deps): Promise<Settled> {
  const look = async () => inOneTurn(await readAndDecide(turn.read, turn.settled, asked, deps));
  const settle = async (it: Look) => ({ look: it, ...(await settleAll(it, turn, asked, run, deps)) });
  const first = await look();
  const acts = first.decisions.some((decision) => decision.kind === 'remediate');
  const exclusive = acts ? deps.work.exclusive(first.estate, first.decisions) : [];
  if (exclusive.length === 0) return settle(first);
  // Whoever had the lock before may have changed what is there: decided anew.
  return underLock(exclusive, deps, async () => settle(await look()));
}

/** More acts than these are left for another look: the first often close what the others would, and each locks resources. */
const MOST_ACTS = 20;

function inOneTurn(look: Look): Look {
  const acts = look.decisions.filter((decision) => decision.kind === 'remediate');
  if (acts.length <= MOST_ACTS) return look;
  return { ...look, decisions: acts.slice(0, MOST_ACTS), left: look.decisions.length - MOST_ACTS };
}

/** Our role, and not our call: people must know, whatever the live state is. */
async function reportMisuse(change: Change, cause: Cause, deps: Deps): Promise<Report> {
  const [resource] = change.resources;
  if (resource === undefined) return [];
  const decision = decideOwnCall(change, resource);
  return [{ decision, incident: await settle(decision, change, cause, { kind: 'missing', resource }, deps) }];
}

/** Each decision is carried out by itself: what keeps one from it keeps no other. */
async function settleAll(look: Look, turn: Turn, asked: Asked, run: Run, deps: Deps) {
  const { estate, decisions, doubt, left = 0 } = look;
  const { change, cause, history } = asked;
  const news = (await notYetHeld(decisions, run, deps)).toSorted((a, b) => rank(a) - rank(b));
  const steps = news.map((decision, at) => async () => {
    if (at > 0 && !hasTime(run)) throw unsettled(news.length - at + left);
    return { decision, incident: await settle(decision, change, cause, estate, deps) };
  });
  const { done: report, failures } = await tryEach(steps);
  if (failures.length > 0) return { report, failures };
  const conclude = async () => {
    if (left > 0) throw unsettled(left);
    if (turn.more) return;
    await deps.work.noteReading(estate, [...turn.settled, ...decisions], history.lastReading, deps.clock.now());
    if (doubt !== null && isYoung(change, deps.clock)) throw new ComeBack(DOUBT_SECONDS, doubt);
  };
  return { report, failures: (await tryEach([conclude])).failures };
}

/** Of very many, what is on record as it is now is not recorded again, so that the next have their turn. */
async function notYetHeld(decisions: readonly Decision[], { only }: Run, { ledger }: Deps) {
  if (decisions.length <= ONE_TURN) return decisions;
  const isHeld = async (decision: Decision) => {
    if (decision.kind !== 'hold' || decision.finding.resource.id === only?.id) return false;
    const incident = await ledger.get(decision.finding.key);
    const known = incident?.seenRounds.includes(decision.finding.round) ?? false;
    return known && incident?.status === 'held' && incident.guard === decision.guard;
  };
  const left: Decision[] = [];
  for (let next = 0; next < decisions.length; next += ONE_TURN) {
    const some = decisions.slice(next, next + ONE_TURN);
    const held = await Promise.all(some.map(isHeld));
    left.push(...some.filter((_decision, at) => !held[at]));
  }
  return left;
}

/** What closes an exposure comes first, then other acts, then what is only recorded. */
function rank(decision: Decision): number {
  if (decision.kind !== 'remediate') return 2;
  return isExposure(decision.finding) ? 0 : 1;
}

const unsettled = (count: number) => new ComeBack(1, `${count} findings are still to be settled`);

/**
 * Looks at a due incident again. Returns what was decided anew; nothing where only a proof was due.
 * @param wokenAt when the scheduler asked for it, if this is the first look because of that
 */
export async function recheck(
  key: string,
  deps: Deps,
  remaining?: Run['remaining'],
  wokenAt: Date | null = null,
): Promise<Report> {
  const incident = await deps.ledger.get(key);
  if (incident === null) {
    deps.log.warn('the incident is gone', { key });
    return [];
  }
  if (isCarried(incident, wokenAt)) {
    deps.log.info('another message carries on with this incident', { incidentId: incident.id });
    return [];
  }
  if (incident.status === 'closed') {
    await recheckClosed(incident, deps);
    return [];
  }
  if (isBlind(incident)) return [await keep(incident, { ...ignore(UNKNOWN_BEFORE), unread: true }, deps)];
  if ((incident.status === 'waiting' || incident.status === 'unverified') && !lacksAct(incident)) {
    const proof = await deps.work.prove(incident, deps.clock.now());
    if (proof.kind !== 'undone') {
      await recordProof(incident, proof, deps);
      return [];
    }
    deps.log.warn('the act had no effect; acting again', { incidentId: incident.id, why: proof.why });
    await record({ ...incident, status: 'held' }, 'escalated', deps);
  }
  return decideAgain(incident, { cause: 'recheck', only: incident.resource, ...(remaining && { remaining }) }, deps);
}

const UNKNOWN_BEFORE = 'what it was judged by is not on record: it is judged again at a further event';
/** Whoever closed it may have died before it gave the slot back; or the replacement does not carry load yet. */
async function recheckClosed(incident: Incident, deps: Deps): Promise<void> {
  if (warmingIn(incident) === null) return void (await afterClosing(incident, null, deps));
  await deps.work.release(incident, null);
  await lookAtReplacement(incident, deps);
}

async function decideAgain(incident: Incident, run: Run, deps: Deps): Promise<Report> {
  const own: Run = incident.unrecorded === undefined ? run : { ...run, alone: true };
  const report = await remediate(incident.change, own, deps);
  if ('irrelevant' in report) {
    await settleGone(incident, 'vanished', deps);
    return [];
  }
  if (!report.some(({ decision }) => decision.kind !== 'ignore' && decision.finding.key === incident.key)) {
    const doubt = report.map(({ decision }) => decision).find((decision) => isNotOver(decision, incident));
    if (doubt !== undefined) return [...report, await keep(incident, doubt, deps)];
    await settleGone(incident, goneBy(report), deps);
  }
  return report;
}

/** What could not be compared may differ as before; what somebody keeps running is altered as before, unless we have it replaced. */
function isNotOver(decision: Decision, incident: Incident): decision is Ignore {
  if (decision.kind !== 'ignore') return false;
  // How an instance stands is judged without its template.
  if (decision.unread) return !isStanding(incident.finding.rule);
  return decision.keptAlive === true && !isAttempted(incident);
}

/** Whether the finding is over could not be told, or it is not yet: it is held for that, told, and looked at again. */
async function keep({ finding, change, about, decision }: Incident, { reason, unread }: Ignore, deps: Deps) {
  const { work, stamp, clock } = deps;
  const { rule, resource } = finding;
  const { remediation } = decision;
  const [guard, retryAfter] = unread ? (['unreadable', 3600] as const) : (['protected', 300] as const);
  const kept: Hold = { kind: 'hold', rule, guard, reason, remediation, finding, retryAfter };
  const opening: Opening = { unit: work.unit, change, about, stamp, now: clock.now() };
  return { decision: kept, incident: await held(kept, opening, { kind: 'missing', resource }, deps) };
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
  return record(next.incident, next.news ? kind : null, deps);
}

async function act(decision: Remediate, opening: Opening, cause: Cause, estate: Estate, deps: Deps) {
  const { ledger, work, clock, log } = deps;
  if (await saidMeanwhile(decision, opening, deps))
    throw new ComeBack(5, 'a person spoke of the whole that it is part of, or of another entry on it');
  const before = await ledger.get(decision.finding.key);
  // A repeat begins nothing: a slot for it would use up the budget of the hour.
  if (before !== null && isDealtWith(before, decision.finding, clock.now())) {
    const busy = leaseLeft(before.leaseUntil, clock.now());
    if (busy > 0) throw new ComeBack(Math.min(10, busy), 'another worker is at this incident');
    return repeated(before, deps);
  }
  // A pause may have begun since the flag was read for the decision.
  const now = clock.now();
  const still = decidePause(decision, await deps.pause.read(now.toISOString()), now);
  if (still.kind === 'hold') return held(still, opening, estate, deps);
  const slot = await work.reserve(decision, estate, opening.change, clock.now());
  if (slot.kind === 'full') {
    return held(withoutSlot(decision, slot), opening, estate, deps, slot.tells ? 'held' : null);
  }

  const previous = await ledger.get(decision.finding.key);
  const known = { ...opening, ran: await ranOn(estate, previous, deps) };
  const claimed = claim(previous, decision, work.plan(decision, estate, clock.now()), LEASE_SECONDS, known);
  if (claimed.kind === 'busy') {
    // Nothing is done for now, and nobody else does it: the slot is not needed.
    if (claimed.prolonged && previous !== null) await work.release(previous, null);
    throw new ComeBack(Math.min(10, claimed.secondsLeft), 'another worker, or a person, is at this incident');
  }
  if (claimed.kind === 'repeat') return repeated(claimed.incident, deps);
  const incident = await writeClaim(claimed.incident, previous, deps);
  if ('why' in incident) {
    await work.release(claimed.incident, null, true);
    return held(withoutSlot(decision, { guard: 'unreadable', ...incident, retryAfter: 3600 }), opening, estate, deps);
  }

  log.info('acting', {
    incidentId: incident.id,
    remediation: decision.remediation,
    actor: actorName(opening.change.actor),
  });
  let requestId: string | null;
  try {
    ({ requestId } = await work.act(decision));
  } catch (error) {
    return refused(incident, error, cause, deps);
  }
  // Recorded before the proof is looked for, so that our own call is known when its event comes back. A ledger that is busy
  // now is no refusal: what was done is done, and whoever carries on finds an attempt without an answer.
  const answered = { ...withAttempt(incident, { requestId }), updatedAt: clock.now().toISOString() };
  const recorded = await store(answered, deps, { requestId });
  return recordProof(recorded, await proofOf(recorded, deps), deps);
}

/**
 * Whether a person prolonged or cleared the whole, or prolonged another entry on the machine, after this was decided: then it
 * is decided anew.
 */
async function saidMeanwhile({ finding }: Remediate, { change, taints = [] }: Opening, { ledger }: Deps) {
  const key = wholeOf({ resource: finding.resource, change });
  const whole = key === null ? null : await ledger.get(key);
  if (whole !== null && (whole.closedBy === 'operator' || isProlongedSince(taints, whole))) return true;
  if (!isAboutEntering(finding.rule)) return false;
  const others = await ledger.of(finding.resource.id);
  return others.some((other) => isAboutEntering(other.finding.rule) && isProlongedSince(taints, other));
}

async function ranOn(estate: Estate, previous: Incident | null, { work }: Deps) {
  return work.ran === undefined ? null : work.ran(estate, previous);
}

type Instead = { readonly guard: GuardName; readonly why: string; readonly retryAfter: number };

function withoutSlot(decision: Remediate, { guard, why, retryAfter }: Instead): Hold {
  return { ...decision, kind: 'hold', guard, reason: why, retryAfter };
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
  // What is tried again soon keeps its slot: giving it back and taking it anew would use up the budget of the hour.
  if (!retryable) await deps.work.release(incident, null, true);
  const maybeDone = error instanceof Retryable && error.maybeDone;
  const failed = fail(incident, error.message, retryable, deps.clock.now(), maybeDone);
  return record(failed, refusalNotice(failed, retryable), deps);
}

/** What is refused for good is reported at once for a replacement; of an exposure, a second try tells more within seconds. */
function refusalNotice(failed: Incident, retryable: boolean): NoticeKind | null {
  if (isExposure(failed)) return failed.failures < REFUSALS_TO_ESCALATE ? null : 'escalated';
  return retryable && failed.failures < 3 ? null : 'failed';
}
