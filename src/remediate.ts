/**
 * The one flow, for one change: observe, decide, claim, act, verify, record. `reconcile.ts` judges one resource, `act.ts`
 * carries out one decision. Notices are sent when all acts are done (`outbox.ts`).
 */
import { carryOut } from './act.ts';
import { noteClosing } from './closings.ts';
import { decideOwnCall } from './decide/own-call.ts';
import { decideUnnamed } from './decide/unnamed.ts';
import { type Cause, ComeBack, type Deps, secondsYoung } from './deps.ts';
import type { Change, Irrelevant, ResourceRef } from './domain/change.ts';
import { comesBack } from './domain/coming-back.ts';
import type { Estate } from './domain/estate.ts';
import { changeOfPart } from './domain/part.ts';
import { judgedBefore, noteJudged } from './judged.ts';
import type { Look } from './look.ts';
import { recogniseOwnCall } from './own-call.ts';
import type { Report } from './proof.ts';
import { readTogether } from './read-together.ts';
import { reconcile, type Task } from './reconcile.ts';
import { eachOf, narrowed, ONE_TURN, type Run, raise, takingTurns, tryEach } from './run.ts';

/** It is news for nothing: what it did is followed by the worker that made it. */
export const OWN_CALL: Irrelevant = { irrelevant: 'our own call' };

/** Deals with one change. @throws ComeBack when it is too early to judge, or another worker is at it */
export async function remediate(change: Change, run: Run, deps: Deps): Promise<Report | Irrelevant> {
  const { work } = deps;
  const ownCall = await recogniseOwnCall(change, deps);
  if (change.fact.kind === 'rules-removed' && run.cause !== 'recheck')
    await noteClosing(change, change.fact.ruleIds, ownCall === 'ours', deps);
  if (ownCall === 'ours') return OWN_CALL;
  const irrelevant = work.irrelevant(change);
  if (ownCall === 'none' && irrelevant !== null) return { irrelevant };
  const [pause, targets] = await Promise.all([
    deps.pause.read(deps.clock.now().toISOString()),
    irrelevant === null && change.fact.kind !== 'unnamed' ? work.targets(change) : [],
  ]);
  const { done, failures } = await tryEach<Report>([
    () =>
      change.fact.kind === 'unnamed' && irrelevant === null
        ? reportUnnamed(change, run.cause, deps)
        : judgeAll(narrowed(targets, run), { change, run, pause }, deps),
    async () => (ownCall === 'unknown' ? reportMisuse(change, run.cause, deps) : []),
  ]);
  raise(failures);
  if (irrelevant === null) lookOnceMore(change, run.cause, deps);
  return done.flat();
}

/**
 * The event names a list, and EC2 finds the groups that name it. What its answer lacks cannot be known, so it is asked once more
 * when it must have caught up. @throws ComeBack while the change is young
 */
function lookOnceMore(change: Change, cause: Cause, { clock }: Deps): void {
  if (change.fact.kind !== 'prefix-list-changed' || cause === 'recheck') return;
  const left = secondsYoung(change, clock);
  if (left > 0) throw new ComeBack(left, 'EC2 may not find every group yet that names the list');
}

/**
 * A change may concern more than there is time for: what was judged for it in earlier turns of its message is not judged again. A
 * recheck asks about one incident, and nothing tells which of the resources shows it.
 */
async function judgeAll(targets: readonly ResourceRef[], task: Task, deps: Deps): Promise<Report> {
  const { change, run } = task;
  if (targets.length <= ONE_TURN || run.cause === 'recheck') {
    const inOrder = takingTurns(targets, run);
    const read = readTogether(inOrder, deps);
    return (await eachOf(inOrder, run, async (it) => remediateTarget(it, task, deps, await read(it)))).flat();
  }
  const judged = new Set((run.turn ?? 1) > 1 ? await judgedBefore(change, deps) : []);
  const left = takingTurns(
    targets.filter(({ id }) => !judged.has(id)),
    run,
  );
  const read = readTogether(left, deps);
  const one = async (target: ResourceRef) => {
    const report = await remediateTarget(target, task, deps, await read(target));
    // What comes back is judged again.
    if (!report.some(({ incident }) => incident !== null && comesBack(incident))) judged.add(target.id);
    return report;
  };
  const { done, failures } = await tryEach([() => eachOf(left, run, one)]);
  await noteJudged(change, judged, deps);
  raise(failures);
  return done.flat(2);
}

/** What stands for many is judged as a whole, and then some of its parts by themselves. */
async function remediateTarget(
  target: ResourceRef,
  task: Task,
  deps: Deps,
  known: Estate | null = null,
): Promise<Report> {
  const { look, report, failures } = await reconcile(target, task, deps, known);
  const own: Task = { ...task, change: changeOfPart(task.change, target) };
  const parts = await tryEach([
    async () => eachOf(await partsOf(look, task.change, deps), task.run, (part) => reconcilePart(part, own, deps)),
  ]);
  raise([...failures, ...parts.failures]);
  return [...report, ...parts.done.flat(2)];
}

async function partsOf({ estate, decisions }: Look, change: Change, { work, account, optInTag, clock }: Deps) {
  if (work.parts === undefined) return [];
  return work.parts(estate, decisions, change, { account, optInTag, now: clock.now() });
}

async function reconcilePart(part: ResourceRef, task: Task, deps: Deps): Promise<Report> {
  const { report, failures } = await reconcile(part, task, deps);
  raise(failures);
  return report;
}

/** There is no state to read: the record names nothing. */
async function reportUnnamed(change: Change, cause: Cause, deps: Deps): Promise<Report> {
  const [resource] = change.resources;
  if (resource === undefined) return [];
  const decision = decideUnnamed(change, deps.policy);
  return [{ decision, incident: await carryOut(decision, change, cause, { kind: 'missing', resource }, deps) }];
}

/** A call of our role that is not ours: people must know, whatever the live state is. */
async function reportMisuse(change: Change, cause: Cause, deps: Deps): Promise<Report> {
  const [resource] = change.resources;
  if (resource === undefined) return [];
  const decision = decideOwnCall(change, resource);
  return [{ decision, incident: await carryOut(decision, change, cause, { kind: 'missing', resource }, deps) }];
}
