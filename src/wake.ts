/**
 * The scheduler: copies the pause flag for the workers, wakes what is due, then notifies. It looks at the Region for calls that named
 * nothing, and touches no resource. Each step is by itself: what fails is reported at the end, and keeps no other step from its work.
 */
import { type Announcing, announce } from './announce.ts';
import { isLookedFor } from './decide/unnamed.ts';
import { chunksOf } from './domain/chunks.ts';
import { type Incident, UNITS, type Unit } from './domain/incident.ts';
import type { PauseFlag } from './domain/pause.ts';
import { plus, secondsBetween } from './domain/time.ts';
import { setDue } from './due.ts';
import type { Trigger } from './inbound/trigger.ts';
import { sendDue } from './outbox.ts';
import { copyPause } from './pause.ts';
import { type LookDeps, lookAtRegion } from './region-look.ts';
import type { DuePlace, Ledger, Outbox, PauseCopy, PauseParameter } from './roles.ts';
import { type Steps, stepByStep } from './steps.ts';
import { nextInLines } from './wake-lines.ts';

export type WakeDeps = Announcing &
  LookDeps & {
    readonly ledger: Ledger;
    readonly outbox: Outbox;
    /** From 0 up to 1: spreads what is tried again. */
    readonly random: () => number;
    readonly parameter: PauseParameter;
    readonly copy: PauseCopy;
    /** Milliseconds until the function is stopped. */
    remaining(): number;
    wake(unit: Unit, keys: readonly string[]): Promise<void>;
  };

const PAGE = 200;
const PUT_AT_ONCE = 20;
/** A woken incident is due again after this, should its message get lost. */
const AGAIN_SECONDS = 120;
/** What rests while paused is due within this: as far ahead as is looked. */
const AHEAD_SECONDS = 300;
/** Milliseconds that must be left for one more page, and for ten more notices: pages leave time for notices. */
const KEPT = { pages: 25_000, notices: 15_000 };

export async function wakeDue(trigger: Trigger, deps: WakeDeps): Promise<void> {
  const steps = stepByStep(deps.log);
  if (trigger.kind === 'scaling' && trigger.unread > 0)
    deps.log.warn('events of Auto Scaling without a group name; the next minute looks at what is due', {
      unread: trigger.unread,
    });
  const flag = trigger.kind === 'scaling' ? null : await steps.run('copy the pause flag', () => copyPause(deps, steps));
  if (trigger.kind === 'scaling')
    await steps.run('wake what waits for Auto Scaling', () => hurry(trigger.groups, deps, steps));
  const waiting = await steps.run('list what is due', () => wakePages(trigger, flag, deps, steps));
  if (trigger.kind === 'clock') await steps.run('wake who waits for a slot', () => wakeLines(flag, deps, steps));
  if (trigger.kind !== 'scaling') await steps.run('look at the Region', () => lookAtRegion(waiting ?? [], deps));
  if (trigger.kind !== 'scaling') await announce(flag, deps, steps);
  if (trigger.kind === 'clock') await sendDue(deps, deps.random, () => deps.remaining() > KEPT.notices);
  steps.end();
}

/** What waits for Auto Scaling in these groups, before it is due. It is marked, so that the list of what is due lacks it. */
async function hurry(groups: ReadonlySet<string>, deps: WakeDeps, steps: Steps): Promise<void> {
  const underWay = await Promise.all([...groups].map((group) => deps.ledger.underWay(group)));
  await wakeSome(underWay.flat(), deps, steps);
}

/** While undrift is paused nobody has a turn. */
async function wakeLines(flag: PauseFlag | null, deps: WakeDeps, steps: Steps): Promise<void> {
  if (flag?.kind === 'paused' || flag?.kind === 'stopped') return;
  const hasTime = () => deps.remaining() > KEPT.pages;
  const next = await nextInLines(deps.policy.budget.perHour, deps.clock.now(), { ledger: deps.ledger, hasTime });
  if (next.length > 0) deps.log.info('woken for a slot', { incidents: next.length });
  await wakeSome(next, deps, steps);
}

/**
 * Page by page, until there is none or the time is up: the next minute carries on with those that are due longest. Returns those
 * that wait for a look at the Region, and wakes them not: what is found there is put to a worker.
 */
async function wakePages(
  trigger: Trigger,
  flag: PauseFlag | null,
  deps: WakeDeps,
  steps: Steps,
): Promise<readonly Incident[]> {
  const now = deps.clock.now();
  const ahead = flag?.kind === 'running' ? AHEAD_SECONDS : 0;
  const wanted = (it: Incident) => isDue(it, now) || isFreed(it, trigger, flag, now);
  const woken = new Set<string>();
  const waiting = new Map<string, Incident>();
  let from: DuePlace | null = null;
  do {
    const { incidents, next } = await deps.ledger.due(plus(now, ahead), PAGE, from);
    const ready = incidents.filter((it) => wanted(it) && !woken.has(it.key));
    for (const it of ready.filter(isAwaitingLook)) waiting.set(it.key, it);
    const some = ready.filter((it) => !isAwaitingLook(it));
    await wakeSome(some, deps, steps);
    for (const { key } of some) woken.add(key);
    from = next;
  } while (from !== null && deps.remaining() > KEPT.pages);
  if (woken.size > 0) deps.log.info('woken', { incidents: woken.size, trigger: trigger.kind });
  return [...waiting.values()];
}

/** The incident of the call itself; what was found because of it has incidents of its own. */
const isAwaitingLook = ({ change, resource }: Incident) => resource.type === 'region' && isLookedFor(change);

/** Marked before the messages are sent: a write while the worker decides would supersede the worker's own. */
async function wakeSome(some: readonly Incident[], deps: WakeDeps, steps: Steps): Promise<void> {
  await steps.run('mark what is woken', () => markAll(some, deps));
  for (const unit of UNITS) {
    const keys = some.flatMap((it) => (it.unit === unit ? it.key : []));
    if (keys.length > 0) await steps.run(`wake ${unit}`, () => deps.wake(unit, keys));
  }
}

/** What cannot be marked is woken all the same. */
async function markAll(incidents: readonly Incident[], deps: WakeDeps): Promise<void> {
  const again = plus(deps.clock.now(), AGAIN_SECONDS);
  const failures: unknown[] = [];
  for (const some of chunksOf(incidents, PUT_AT_ONCE)) {
    const marked = await Promise.allSettled(some.map((it) => setDue(it, again, deps)));
    for (const result of marked) if (result.status === 'rejected') failures.push(result.reason);
  }
  if (failures.length > 0) throw failures[0];
}

function isDue({ dueAt }: Incident, now: Date): boolean {
  return dueAt !== null && Date.parse(dueAt) <= now.getTime();
}

/**
 * While undrift is not paused, nothing stays on hold as paused, whatever ended the pause. What the minute before has woken is
 * due again soon by itself.
 */
function isFreed({ guard, dueAt }: Incident, trigger: Trigger, flag: PauseFlag | null, now: Date): boolean {
  if (flag?.kind !== 'running' || guard !== 'paused' || dueAt === null) return false;
  return trigger.kind === 'pause-changed' || secondsBetween(now.toISOString(), new Date(dueAt)) > AGAIN_SECONDS;
}
