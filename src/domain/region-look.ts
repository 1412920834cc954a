/** A look at every group of the Region, for calls of which no record says which group they changed. Pure. */

import { secondsBetween } from './time.ts';

/** A call that waits for a look: its incident, and which occurrence of it. `since`: the earliest such call. */
export type Awaiting = {
  readonly incident: string;
  readonly round: string;
  readonly since: string;
  /** The direction of the rules that were added; null where either may have changed. */
  readonly egress: boolean | null;
};

/** Rules that stand open in a group, in one direction. */
export type OpenRules = { readonly groupId: string; readonly egress: boolean; readonly ruleIds: readonly string[] };

export type RegionLook = {
  /** Those that a look was begun for. What comes later waits for the next: this one may have passed its group already. */
  readonly awaiting: readonly Awaiting[];
  readonly startedAt: string;
  /** Where EC2 goes on; null at the beginning. */
  readonly cursor: string | null;
  /** Open groups that were not seen before the calls: some of them, and how many there are. */
  readonly unseen: readonly OpenRules[];
  readonly unseenCount: number;
};

/** One look takes up so many calls; more of them wait for the next. */
const MOST_AWAITING = 50;
/** So much is kept of them, to be closed or to be named to people. */
const MOST_UNSEEN = 20;

/** For so long EC2's answers may be older than a call. */
const SETTLES_SECONDS = 30;

/** Whether a look that begins then sees what the call did. */
export function isSettled(at: string, begins: Date): boolean {
  return secondsBetween(at, begins) >= SETTLES_SECONDS;
}

export function beginLook(awaiting: readonly Awaiting[], now: Date): RegionLook {
  const some = awaiting.slice(0, MOST_AWAITING);
  return { awaiting: some, startedAt: now.toISOString(), cursor: null, unseen: [], unseenCount: 0 };
}

export function withPage(look: RegionLook, unseen: readonly OpenRules[], cursor: string | null): RegionLook {
  return {
    ...look,
    cursor,
    unseen: [...look.unseen, ...unseen].slice(0, MOST_UNSEEN),
    unseenCount: look.unseenCount + groupsOf(unseen).length,
  };
}

/** One call changes one group, but may open both of its directions. A group is on one page. */
export const groupsOf = (open: readonly OpenRules[]) => [...new Set(open.map(({ groupId }) => groupId))];

/** EC2 does not go on from where the look stopped: all groups are looked at once more. */
export function fromTheStart(look: RegionLook): RegionLook {
  return { ...look, cursor: null, unseen: [], unseenCount: 0 };
}

/** What was seen before the earliest of the calls was there before each of them. */
export function earliestOf({ awaiting }: RegionLook): string {
  return awaiting.map(({ since }) => since).toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? '';
}

export function directionsOf({ awaiting }: RegionLook): readonly boolean[] {
  return [false, true].filter((egress) => awaiting.some((it) => it.egress === null || it.egress === egress));
}
