/** What the flow needs of the world. One adapter and one fake per role; both pass the suite in `test/contract/`. */
import type { ResourceRef } from './domain/change.ts';
import type { AutoScalingGroup, Drift, InstanceEstate, MissingEstate, SecurityGroupEstate } from './domain/estate.ts';
import type { Incident } from './domain/incident.ts';
import type { Notice } from './notice/notice.ts';

/** A call that AWS refused for now: throttled, busy, time-out. The message goes back to its queue. */
export class Retryable extends Error {
  override readonly name = 'Retryable';
}

/** A call that AWS refused for good: asking again changes nothing until somebody changes something. */
export class Refused extends Error {}

/** The ledger moved on: somebody with a newer fencing number owns the incident. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

export type SecurityGroups = {
  /** The group with all its ingress and egress rules, its tags, and the entries of the prefix lists that they name. */
  read(groupId: string): Promise<SecurityGroupEstate | MissingEstate>;
  /** Revokes ingress rules by id. Rules that are already gone are left out, the rest is revoked. */
  revoke(groupId: string, ruleIds: readonly string[]): Promise<{ readonly requestId: string | null }>;
};

export type Fleet = {
  /** An instance, by its id or by one of its interfaces, with its Auto Scaling group. */
  read(resource: ResourceRef): Promise<InstanceEstate | MissingEstate>;
  /** How the instance differs from the template that it was launched from. */
  drift(estate: InstanceEstate): Promise<Drift>;
  /** The group alone; null when it is gone. */
  group(name: string): Promise<AutoScalingGroup | null>;
  /** EC2's word on the instance: `terminated` also when EC2 no longer knows it. */
  state(instanceId: string): Promise<string>;
  /** Terminates without lowering the desired capacity, so that Auto Scaling launches a successor. */
  replace(instanceId: string): Promise<{ readonly requestId: string | null }>;
};

/** A slot of the disruption budgets, one per instance: a lease that ends with the incident or by itself. */
export type SlotRequest = {
  readonly group: string;
  readonly instanceId: string;
  readonly incidentKey: string;
  readonly perGroup: number;
  readonly perHour: number;
  readonly now: string;
  readonly until: string;
};
export type Slot = { readonly kind: 'taken' } | { readonly kind: 'full'; readonly why: string };

export type Ledger = {
  get(key: string): Promise<Incident | null>;
  /**
   * Writes the whole incident if its stored fencing number still is `expectedFence` (null: there is none yet).
   * Request ids are remembered in the same transaction.
   * @throws Superseded
   */
  put(incident: Incident, expectedFence: number | null, requestId?: string | null): Promise<void>;
  /** Incidents whose `dueAt` is not after `now`, the longest due first. */
  due(now: string, limit: number): Promise<readonly Incident[]>;
  /** Incidents of one resource, newest first. */
  of(resourceId: string): Promise<readonly Incident[]>;
  /** Newest first. */
  recent(limit: number): Promise<readonly Incident[]>;
  knowsRequest(requestId: string): Promise<boolean>;
  /** Rule ids at the last clean reading of a group; null when there was none. */
  lastCleanReading(groupId: string): Promise<readonly string[] | null>;
  recordCleanReading(groupId: string, ruleIds: readonly string[], at: string): Promise<void>;
  /** All budgets of one act in one transaction. Taking the slot that the same incident already holds renews it. */
  takeSlot(request: SlotRequest): Promise<Slot>;
  /** Frees the slot and remembers the successor, so that no other incident pairs with it. */
  releaseSlot(group: string, instanceId: string, successor: string | null): Promise<void>;
  /**
   * Keeps others from acting on a resource until it is unlocked or the time is over: who decides on what is there must
   * not act on what another is about to change. Returns the key to unlock it with, or null while another has it.
   */
  lock(resourceId: string, now: string, until: string): Promise<string | null>;
  unlock(resourceId: string, key: string): Promise<void>;
  /** Instances already paired as successors in this group. */
  pairedSuccessors(group: string): Promise<readonly string[]>;
};

/** What a mail may do now, and what waits for the digest. */
export type MailBudget = {
  /** True when this notice may also go out as a mail; otherwise its subject waits for the digest. */
  admit(subject: string, now: string, perHour: number): Promise<boolean>;
  /** Subjects that waited for an hour, to be sent as one digest; empty when none is due. Taking them forgets them. */
  takeDigest(now: string): Promise<{ readonly subjects: readonly string[]; readonly count: number }>;
};

export type Notifier = {
  /** Publishes to machines always, and as a mail when `mail` is true. Returns the message id. */
  publish(notice: Notice, mail: boolean): Promise<string>;
  /** How many subscriptions of the topic are confirmed. */
  confirmedSubscriptions(): Promise<number>;
};

/** The pause switch. */
export type Pause = { readonly until: string; readonly reason: string; readonly by: string; readonly at: string };
export type Switch = {
  /** The pause in force at `now`, or null. @throws Retryable when the switch cannot be read or is malformed. */
  read(now: string): Promise<Pause | null>;
};

/** What people were last told of the switch, so that each change is told once. */
export type SwitchWatch = {
  last(): Promise<Pause | null>;
  /** False when somebody else was faster: then they tell. */
  remember(pause: Pause | null, before: Pause | null): Promise<boolean>;
};

export type Clock = { now(): Date; sleep(milliseconds: number): Promise<void> };

/** Counters with closed sets of dimensions: rule, mode, cause, outcome. */
export type Meter = {
  count(name: MetricName, dimensions: Readonly<Record<string, string>>, value?: number): void;
};
export type MetricName =
  | 'Findings'
  | 'Remediations'
  | 'Holds'
  | 'Failures'
  | 'SecondsToFix'
  | 'Irrelevant'
  | 'SwitchUnreadable'
  | 'ConfirmedSubscriptions'
  | 'Parked';

export type Log = {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
};
