/** One resource: read, decided, and each decision carried out; where something is done, under a lock. */
import { carryOut } from './act.ts';
import { closedInPlace, noteClosing } from './closings.ts';
import type { History } from './decide.ts';
import { ComeBack, type Deps } from './deps.ts';
import type { Change, ResourceRef } from './domain/change.ts';
import type { Decision } from './domain/decision.ts';
import type { Estate } from './domain/estate.ts';
import { isExposure } from './domain/exposure.ts';
import { underLock } from './lock.ts';
import { type Asked, cannotWait, DOUBT_SECONDS, judged, type Look, readAndDecide } from './look.ts';
import { reportPassed } from './passed.ts';
import type { Report } from './proof.ts';
import { hasTime, leftOver, type Run, takingTurns, tryEach } from './run.ts';

/** What is the same for every resource of a change. */
export type Task = { readonly change: Change; readonly run: Run; readonly pause: History['pause'] };

/** `failures`: what kept some of it from being carried out. */
export type Settled = { readonly look: Look; readonly report: Report; readonly failures: readonly unknown[] };

/**
 * What the resource shows is dealt with first, and then what is over. Both may throw: what is left comes back.
 * @param known the resource as it was read a moment ago, with others; null where it was not. An act reads it again.
 */
export async function reconcile(
  target: ResourceRef,
  { change, run, pause }: Task,
  deps: Deps,
  known: Estate | null = null,
): Promise<Settled> {
  const asked: Asked = { change, cause: run.cause, history: { pause, ...(await deps.work.known(target, change)) } };
  const settled = await settleShown(target, asked, run, deps, known);
  const { look, report, failures } = settled;
  if (failures.length > 0) return settled;
  const over = await tryEach([() => afterwards(look, report, asked, deps)]);
  return { look, report: [...report, ...over.done.flat()], failures: over.failures };
}

/** What was closed without us: by this change, or after it. */
async function afterwards(look: Look, report: Report, asked: Asked, deps: Deps): Promise<Report> {
  const { change, cause } = asked;
  // A further look leaves out what was carried out before it.
  const all = [...report.map(({ decision }) => decision), ...look.decisions];
  if (cause !== 'recheck') await noteClosing(change, closedInPlace(change, all), false, deps);
  return reportPassed(look, asked, deps);
}

/** What a resource shows by itself comes first: it is acted upon before anything is read that takes longer. */
async function settleShown(
  target: ResourceRef,
  asked: Asked,
  run: Run,
  deps: Deps,
  known: Estate | null,
): Promise<Settled> {
  const { work } = deps;
  const { change } = asked;
  const estate = known ?? (await work.read(target, change));
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
  return together([...(first === null ? [] : [first]), ...rest.done], rest.failures);
}

/** The last look is the one that saw most. */
function together(all: readonly Settled[], failures: readonly unknown[]): Settled {
  const every = [...all.flatMap((settled) => settled.failures), ...failures];
  const look = all.at(-1)?.look;
  if (look === undefined) throw every[0];
  return { look, report: all.flatMap((settled) => settled.report), failures: every };
}

/** What was read is not read again for the first look at it. */
function beginningWith(estate: Estate, read: () => Promise<Estate>): () => Promise<Estate> {
  let unused: Estate | null = estate;
  return async () => {
    const first = unused ?? (await read());
    unused = null;
    return first;
  };
}

/** `settled`: what was carried out before this look, and is left out of it. `more`: another look follows, and concludes. */
type Turn = { readonly read: () => Promise<Estate>; readonly settled: readonly Decision[]; readonly more?: true };

async function settleLook(turn: Turn, asked: Asked, run: Run, deps: Deps): Promise<Settled> {
  const look = async () => inOneTurn(await readAndDecide(turn.read, turn.settled, asked, deps), run);
  const settle = async (it: Look) => ({ look: it, ...(await settleAll(it, turn, asked, run, deps)) });
  const first = await look();
  const acts = first.decisions.some((decision) => decision.kind === 'remediate');
  const exclusive = acts ? deps.work.exclusive(first.estate, first.decisions) : [];
  if (exclusive.length === 0) return settle(first);
  // The holder of the lock before may have changed what is there: decided again.
  return underLock(exclusive, deps, async () => settle(await look()));
}

/** More acts than these are left for another look: the first often close what the others would, and each locks resources. */
const MOST_ACTS = 20;

function inOneTurn(look: Look, run: Run): Look {
  const acts = look.decisions.filter((decision) => decision.kind === 'remediate');
  if (acts.length <= MOST_ACTS) return look;
  const decisions = takingTurns(acts, run).slice(0, MOST_ACTS);
  return { ...look, decisions, left: look.decisions.length - MOST_ACTS };
}

/** Each decision is carried out by itself: what keeps one from it keeps no other. */
async function settleAll(look: Look, turn: Turn, asked: Asked, run: Run, deps: Deps) {
  const { estate, decisions, left = 0 } = look;
  const news = (await notYetHeld(decisions, run, deps)).toSorted((a, b) => rank(a) - rank(b));
  const steps = news.map((decision, at) => async () => {
    if (at > 0 && !hasTime(run)) throw unsettled(news.length - at + left);
    return { decision, incident: await carryOut(decision, asked.change, asked.cause, estate, deps) };
  });
  const { done: report, failures } = await tryEach(steps);
  if (failures.length > 0) return { report, failures };
  return { report, failures: (await tryEach([() => conclude(look, turn, asked, deps)])).failures };
}

/** Everything was carried out. @throws ComeBack when there is more to see, or the reading may be older than the change */
async function conclude({ estate, decisions, doubt, sure, left = 0 }: Look, turn: Turn, asked: Asked, deps: Deps) {
  const { change, history } = asked;
  if (left > 0) throw unsettled(left);
  if (turn.more) return;
  const seen = { before: history.lastReading, now: deps.clock.now() };
  await deps.work.noteReading(change, estate, [...turn.settled, ...decisions], seen);
  if (doubt !== null && !sure) throw new ComeBack(DOUBT_SECONDS, doubt);
}

/** Of very many, what is on record as it is now is not recorded again, so that the next have their turn. */
async function notYetHeld(decisions: readonly Decision[], { only }: Run, { ledger }: Deps) {
  return leftOver(decisions, async (decision) => {
    if (decision.kind !== 'hold' || decision.finding.resource.id === only?.id) return false;
    const incident = await ledger.get(decision.finding.key);
    const known = incident?.seenRounds.includes(decision.finding.round) ?? false;
    return known && incident?.status === 'held' && incident.guard === decision.guard;
  });
}

/** What closes an exposure comes first, then other acts, then what is only recorded. */
function rank(decision: Decision): number {
  if (decision.kind !== 'remediate') return 2;
  return isExposure(decision.finding) ? 0 : 1;
}

const unsettled = (count: number) => new ComeBack(1, `${count} findings are still to be settled`);
