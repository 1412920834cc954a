import type { AutoScalingGroup, GroupMember } from './estate.ts';

/** What a lifecycle state means for an altered member. */
export type StateMeaning =
  /** In service: it may be replaced. */
  | { readonly act: 'replace' }
  /** On its way out, within 48 hours at most: what was altered goes away without us. */
  | { readonly act: 'ignore' }
  /** Not in service, and not ending either. `passing` states are over by themselves within minutes or hours. */
  | { readonly act: 'hold'; readonly guard: 'protected' | 'refresh-running'; readonly passing: boolean };

const REPLACE = { act: 'replace' } as const;
const ENDS = { act: 'ignore' } as const;
/** Somebody took it out of service, or keeps it. */
const KEPT = { act: 'hold', guard: 'protected', passing: false } as const;
/** On its way into or out of service: looked at again when it is there. */
const MOVES = { act: 'hold', guard: 'protected', passing: true } as const;
/** An instance refresh gives it a new root volume. */
const REFRESHED = { act: 'hold', guard: 'refresh-running', passing: true } as const;

/**
 * Every value of LifecycleState (Auto Scaling API Reference, Instance). TerminateInstanceInAutoScalingGroup "cannot be
 * used to terminate instances in a warm pool". A retained instance runs on, and "don't count toward desired capacity"
 * (RetentionTriggers): nobody is served by it, somebody wants to look into it, and ending it is theirs to decide.
 */
export const MEMBER_STATES: Readonly<Record<string, StateMeaning>> = {
  InService: REPLACE,
  Pending: MOVES,
  'Pending:Wait': MOVES,
  'Pending:Proceed': MOVES,
  EnteringStandby: KEPT,
  Standby: KEPT,
  Detaching: MOVES,
  Detached: KEPT,
  Quarantined: KEPT,
  ReplacingRootVolume: REFRESHED,
  'ReplacingRootVolume:Wait': REFRESHED,
  'ReplacingRootVolume:Proceed': REFRESHED,
  RootVolumeReplaced: REFRESHED,
  Terminating: ENDS,
  'Terminating:Wait': ENDS,
  'Terminating:Proceed': ENDS,
  'Terminating:Retained': KEPT,
  Terminated: ENDS,
  'Warmed:Pending': KEPT,
  'Warmed:Pending:Wait': KEPT,
  'Warmed:Pending:Proceed': KEPT,
  'Warmed:Pending:Retained': KEPT,
  'Warmed:Running': KEPT,
  'Warmed:Stopped': KEPT,
  'Warmed:Hibernated': KEPT,
  'Warmed:Terminating': ENDS,
  'Warmed:Terminating:Wait': ENDS,
  'Warmed:Terminating:Proceed': ENDS,
  'Warmed:Terminating:Retained': KEPT,
  'Warmed:Terminated': ENDS,
};

/** null for a state that AWS has added since: nobody knows what an act would do. */
export function meaningOfState({ lifecycleState }: GroupMember): StateMeaning | null {
  return MEMBER_STATES[lifecycleState] ?? null;
}

/** Kept alive although it was to be terminated: by a lifecycle hook, or for ever by the group's lifecycle policy. */
export function isKeptAlive({ lifecycleState }: GroupMember): boolean {
  return ['Terminating:Wait', 'Terminating:Retained'].includes(lifecycleState);
}

export function carriesLoad({ lifecycleState, healthy }: GroupMember): boolean {
  return lifecycleState === 'InService' && healthy;
}

/** Capacity of these members, in the unit of the desired capacity. */
export function capacityOf(members: readonly GroupMember[]): number {
  return members.reduce((sum, { weight }) => sum + weight, 0);
}

/**
 * Launches that no unhealthy member explains, beyond the desired capacity: Auto Scaling moves the group between zones, or
 * replaces Spot instances at risk of interruption before EC2 takes them back.
 */
export function isRebalancing({ desired, members }: AutoScalingGroup): boolean {
  const starting = members.filter(({ lifecycleState }) => lifecycleState.startsWith('Pending'));
  const serving = members.filter(({ lifecycleState }) => lifecycleState === 'InService');
  const explained = capacityOf(serving.filter(({ healthy }) => !healthy));
  return starting.length > 0 && capacityOf([...starting, ...serving]) - desired > explained;
}
