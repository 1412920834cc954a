import type { Allowance, Peers } from '../domain/budget.ts';
import type { GuardName, Remediation, ReplaceInstance } from '../domain/decision.ts';
import type { AutoScalingGroup, Drift, GroupMember, Instance, LaunchCheck } from '../domain/estate.ts';
import type { PastReplacement } from '../domain/fight.ts';
import type { Ties } from '../domain/obstacle.ts';
import type { PauseFlag } from '../domain/pause.ts';
import type { Entry } from '../domain/taint.ts';
import type { InstanceRuleId, Mode, Policy } from '../policy/policy.ts';
import type { Despite } from '../policy/replace-despite.ts';

/** What every guard may look at. Guards are pure: they say why not now, and when to ask again. */
export type Circumstances = {
  readonly account: string;
  readonly policy: Policy;
  readonly mode: { readonly mode: Mode; readonly because: string };
  readonly pause: PauseFlag;
  readonly now: Date;
};

/** An act on a security group, a network interface or a prefix list. */
export type NetworkCase = Circumstances & {
  readonly kind: 'network';
  readonly remediation: Remediation;
  /** What the act would change. */
  readonly owned: Owned;
  /** Others that use it and would lose by the act, as people know them. */
  readonly sharedBy: readonly string[];
};

/** `managedBy`: the AWS service that looks after it, or null. */
export type Owned = { readonly id: string; readonly ownerId: string | null; readonly managedBy: string | null };

/** A replacement that could be made: the instance has a group, and is a member of it. */
export type InstanceCase = Circumstances & {
  readonly kind: 'instance';
  readonly remediation: ReplaceInstance;
  /** Which rule is broken. */
  readonly rule: InstanceRuleId;
  readonly instance: Instance;
  readonly group: AutoScalingGroup;
  readonly member: GroupMember;
  /** null where it was not compared with its template. */
  readonly drift: Drift | null;
  /** null while it is not read: it is asked last, when nothing else objects. */
  readonly launch: LaunchCheck | null;
  /** null while it is not read, as `launch`. */
  readonly ties: Ties | null;
  /** What the policy lets it be replaced despite of. */
  readonly despite: Despite;
  /** Open findings on what its successor would be launched from, in words. */
  readonly baselineChanges: readonly string[];
  readonly allowance: Allowance;
  readonly peers: Peers;
  /** Other instances of the group that hold a slot of its budget. */
  readonly holders: readonly string[];
  /** Rounds that this drift has had already, newest first. */
  readonly rounds: readonly PastReplacement[];
  /** The replacements that led to this instance, newest first, whatever each was for. */
  readonly line: readonly PastReplacement[];
  /** Why a successor would show the same finding again; left out where nothing says that it would. */
  readonly sameAgain?: string;
  /** How it was entered, or altered under a rule with a grace; null where nothing says that it is left alone. */
  readonly entered: Entry | null;
  /** Minutes that it is left alone after that. */
  readonly graceMinutes: number;
  readonly optInTag: { readonly key: string; readonly value: string };
};

/** Why not now, and after how many seconds the incident is looked at again. */
export type Objection = { readonly reason: string; readonly retryAfter: number };

export type Guard<Case> = { readonly name: GuardName; check(subject: Case): Objection | null };

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;
