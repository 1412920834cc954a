import type { GuardName, Remediation, ReplaceInstance } from '../domain/decision.ts';
import type { AutoScalingGroup, GroupMember, Instance } from '../domain/estate.ts';
import type { Mode, Policy } from '../policy/policy.ts';

/** A pause in force, as a guard needs it. */
export type PauseFacts = { readonly until: string; readonly reason: string; readonly by: string };

/** What every guard may look at. Guards are pure: they say why not now, and when to ask again. */
export type Circumstances = {
  readonly account: string;
  readonly policy: Policy;
  readonly mode: { readonly mode: Mode; readonly because: string };
  readonly pause: PauseFacts | null;
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
  readonly instance: Instance;
  readonly group: AutoScalingGroup;
  readonly member: GroupMember;
  readonly optInTag: { readonly key: string; readonly value: string };
};

/** Why not now, and after how many seconds the incident is looked at again. */
export type Objection = { readonly reason: string; readonly retryAfter: number };

export type Guard<Case> = { readonly name: GuardName; check(subject: Case): Objection | null };

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;
