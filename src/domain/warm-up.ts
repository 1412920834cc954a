/** How long a replacement that is in service is not yet of use, and keeps the slot of what it replaced. Pure. */
import type { AutoScalingGroup, TargetHealth, Turnover, WarmUp } from './estate.ts';
import { carriesLoad } from './member-state.ts';
import { plus } from './time.ts';

/** No warm-up counts for longer, and no slot is kept for longer once the replacement was seen in service. */
const LONGEST_WARM_UP_SECONDS = 3600;
/** People are notified so long before the slot of a replacement that is not healthy ends with its lease. */
const NOTIFIED_BEFORE_SECONDS = 300;
const LOOK_AGAIN_SECONDS = 60;

/** Instants are ISO 8601, UTC. */
export type WarmingUp = {
  /** When it was first seen in service. */
  readonly since: string;
  /** When it has warmed up. */
  readonly until: string;
  /** When its slot ends, whatever its target groups say. */
  readonly lease: string;
  readonly setting: WarmUp['setting'];
  /** What its target groups said at the last look; null where they have nothing against it. */
  readonly waitsFor: string | null;
  /** It carries load, is gone, or its lease has ended: its slot is free. */
  readonly over?: true;
};

/** @param since when the replacement was first seen in service */
export function warmingFrom(
  { warmUp, trafficSources }: AutoScalingGroup,
  { since }: { readonly since: string },
): WarmingUp {
  const seconds = Math.min(warmUp.seconds, LONGEST_WARM_UP_SECONDS);
  const from = new Date(since);
  return {
    since,
    until: plus(from, seconds),
    lease: plus(from, trafficSources.length === 0 ? seconds : LONGEST_WARM_UP_SECONDS),
    setting: warmUp.setting,
    waitsFor: null,
  };
}

/** Something that went may take so long to be followed: draining, a lifecycle hook, a launch. */
const FOLLOWED_WITHIN_SECONDS = 3600;

/**
 * Peers that took the place of others without undrift, and that warm up: ids, the newest first. A peer that a scale-out added
 * does not count, as it replaces none. Auto Scaling does not report which one replaced which, so they are counted.
 * @param ours instances that undrift replaced, and their replacements
 */
export function warmingPeers(
  { warmUp, members }: AutoScalingGroup,
  { came, went }: Turnover,
  ours: ReadonlySet<string>,
  now: Date,
): readonly string[] {
  const seconds = Math.min(warmUp.seconds, LONGEST_WARM_UP_SECONDS);
  const within = (at: string, span: number) => now.getTime() - Date.parse(at) < span * 1000;
  const serving = new Set(members.filter(carriesLoad).map(({ id }) => id));
  const young = came.filter(({ id, at }) => serving.has(id) && !ours.has(id) && within(at, seconds));
  const followed = went.filter(({ id, at }) => !ours.has(id) && within(at, seconds + FOLLOWED_WITHIN_SECONDS));
  const newest = young.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)).map(({ id }) => id);
  return [...new Set(newest)].slice(0, followed.length);
}

/** `retryAfter`: seconds until it is looked at again; `overdue`: people should know. */
export type NotServing = { readonly warmUp: WarmingUp; readonly retryAfter: number; readonly overdue: boolean };

/**
 * Why the replacement does not count as serving yet, or null. What cannot be read counts as not healthy until the warm-up ends.
 * What is not healthy waits until the lease ends, and people are notified before that.
 */
export function notServing(warmUp: WarmingUp, health: TargetHealth, patience: number, now: Date): NotServing | null {
  const left = (instant: string) => Math.ceil((Date.parse(instant) - now.getTime()) / 1000);
  if (left(warmUp.lease) <= 0) return null;
  const warm = left(warmUp.until) <= 0;
  if (warm && health.kind !== 'not-healthy') return null;
  const unread = health.kind === 'unread' ? '; it counts as not healthy until the warm-up ends' : '';
  const waitsFor = health.kind === 'healthy' ? null : `${health.why}${unread}`;
  const late = left(overdueAt(warmUp, patience));
  const next = [
    left(warmUp.lease),
    ...(warm ? [LOOK_AGAIN_SECONDS] : [left(warmUp.until)]),
    ...(late > 0 ? [late] : []),
  ];
  return {
    warmUp: { ...warmUp, waitsFor },
    retryAfter: Math.max(1, Math.min(...next)),
    overdue: health.kind === 'not-healthy' && late <= 0,
  };
}

/** @param patience seconds that a replacement may take, as the policy says */
function overdueAt({ since, until, lease }: WarmingUp, patience: number): string {
  const late = Math.max(Date.parse(until), Date.parse(since) + patience * 1000);
  return new Date(Math.min(late, Date.parse(lease) - NOTIFIED_BEFORE_SECONDS * 1000)).toISOString();
}
