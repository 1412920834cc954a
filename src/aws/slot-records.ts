/** The slots of one Auto Scaling group as they are stored, and which of its instances count as out. Pure. */
import type { GroupRecords, PastReplacement } from '../domain/fight.ts';
import type { Waiting } from './slot-waiting.ts';

export type Held = {
  readonly incidentKey: string;
  readonly until: string;
  /** Who was seen in service in its place, and keeps the slot until it carries load. */
  readonly successor?: string;
};
/** The slots of one Auto Scaling group by instance, the successors that were paired (oldest first), and what was replaced. */
export type GroupSlots = {
  readonly slots: Readonly<Record<string, Held>>;
  readonly paired: readonly string[];
  /** Newest first. */
  readonly past: readonly PastReplacement[];
  readonly waiting: Waiting;
};

export const NO_SLOTS: GroupSlots = { slots: {}, paired: [], past: [], waiting: {} };

/** Without slots that have ended: a slot is free once `until` has come. */
export function living(slots: GroupSlots['slots'], now: string): GroupSlots['slots'] {
  const at = Date.parse(now);
  return Object.fromEntries(Object.entries(slots).filter(([, { until }]) => Date.parse(until) > at));
}

/**
 * Each instance that is out, once: a replacement that is itself being replaced has a slot of its own, and counts by that. The
 * slot that it keeps counts again where nothing came of it.
 */
function counted(slots: GroupSlots['slots'], now: string): readonly (readonly [string, Held])[] {
  const alive = living(slots, now);
  return Object.entries(alive).filter(
    ([, { successor }]) => successor === undefined || !Object.hasOwn(alive, successor),
  );
}

export function recordsOf({ slots, past }: GroupSlots, now: string): GroupRecords {
  const held = counted(slots, now);
  return {
    holders: held.filter(([, { successor }]) => successor === undefined).map(([id]) => id),
    warming: held.flatMap(([, { successor }]) => successor ?? []),
    past,
  };
}

/** Who takes of the budget: what is being replaced, or else the replacement that does not carry load yet. */
export function outIn({ slots }: GroupSlots, now: string): readonly string[] {
  return counted(slots, now).map(([id, { successor }]) => successor ?? id);
}
