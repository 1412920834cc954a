/** What the flow needs of the world. One adapter and one fake per role; both pass the suite in `test/contract/`. */
import type { Peers } from './domain/budget.ts';
import type { ResourceRef, TagFilter } from './domain/change.ts';
import type { ReplacementOrder, Severity } from './domain/decision.ts';
import type {
  AutoScalingGroup,
  Drift,
  GroupMember,
  GroupWithRules,
  Instance,
  InstanceEstate,
  InterfaceEstate,
  LaunchCheck,
  Machine,
  MissingEstate,
  NetworkInterface,
  PrefixList,
  PrefixListEstate,
  SecurityGroupEstate,
  TargetHealth,
  TrafficSource,
} from './domain/estate.ts';
import type { GroupRecords, SlotCause } from './domain/fight.ts';
import type { BegunReplacement } from './domain/hour.ts';
import type { ImageFacts } from './domain/image.ts';
import type { Incident, Inverse, NoticeKind, Unit } from './domain/incident.ts';
import type { MailKind } from './domain/mail-hour.ts';
import type { Ties } from './domain/obstacle.ts';
import type { Pause, PauseFlag, PauseReading, PauseValue } from './domain/pause.ts';
import type { LaunchedFrom } from './domain/ran.ts';
import type { Reading } from './domain/reading.ts';
import type { RegionLook } from './domain/region-look.ts';
import type { FoundSession, Session } from './domain/taint.ts';
import type { EmailFacts } from './notice/email-facts.ts';
import type { Notice } from './notice/notice.ts';

/** A call that AWS refused for now: throttled, busy, time-out. The message goes back to its queue. */
export class Retryable extends Error {
  override readonly name = 'Retryable';
  /** Its answer got lost, or says that something is under way: it may have had its effect all the same. */
  readonly maybeDone: boolean;
  constructor(message: string, maybeDone = false) {
    super(message);
    this.maybeDone = maybeDone;
  }
}

/** A call that AWS refused for good: asking again changes nothing until somebody changes something. */
export class Refused extends Error {}

/** The ledger can be reached, and cannot store this record: it is too large, or of a form that is not taken. */
export class Unstorable extends Refused {
  override readonly name = 'Unstorable';
}

/** The ledger moved on: another writer has stored a newer revision of the incident. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

/** What a call that changed something answered; `requestId` is null when there was nothing left to change. */
export type Sent = { readonly requestId: string | null };

/** Network interfaces, as both units that judge what they let in need them. */
type InterfaceReads = {
  /** Ids of the interfaces of an instance; none when EC2 does not know it. */
  interfacesOf(instanceId: string): Promise<readonly string[]>;
  /** The interface with its groups, their rules, the prefix lists that they name, and who shares the groups. */
  readInterface(interfaceId: string): Promise<InterfaceEstate | MissingEstate>;
  /** The interfaces that have one of these groups. */
  usersOf(groupIds: readonly string[]): Promise<readonly NetworkInterface[]>;
};

export type SecurityGroups = InterfaceReads & {
  /**
   * The group with all its ingress and egress rules, its tags, and the entries of the prefix lists that they name.
   * Its surroundings are not read.
   */
  read(groupId: string): Promise<SecurityGroupEstate | MissingEstate>;
  /** The same estate with its surroundings, and with the prefix lists of the neighbours. */
  lookAround(estate: SecurityGroupEstate): Promise<SecurityGroupEstate>;
  /**
   * Several groups, as `read` shows each of them, with the interfaces that have them, or why these could not be read. Groups that
   * are gone are absent.
   */
  readMany(groupIds: readonly string[]): Promise<readonly SecurityGroupEstate[]>;
  /** Ids of the groups with rules that name this prefix list for inbound traffic and, with `egress`, for outbound traffic. */
  namingList(prefixListId: string, egress: boolean): Promise<readonly string[]>;
  /** Revokes rules of one direction by id. Rules that are already gone are left out, the rest is revoked. */
  revoke(groupId: string, ruleIds: readonly string[], egress: boolean): Promise<Sent>;
};

/** A page of the groups of the Region with all their rules, and the prefix lists that they name. */
export type LookPage = {
  readonly groups: readonly GroupWithRules[];
  readonly prefixLists: readonly PrefixList[];
  /** Null after the last. */
  readonly next: string | null;
};
export type Region = {
  /** @param from the `next` of the page before. @throws Retryable, Refused where EC2 does not go on from there */
  page(from: string | null): Promise<LookPage>;
};

/** The look at the Region that is under way, if one is, and until when a run of the scheduler is at it (ISO 8601). */
export type StoredLook = { readonly look: RegionLook | null; readonly until: string | null };
export type LookState = {
  read(): Promise<StoredLook & { readonly version: number }>;
  /** False when what is stored has another version than this: somebody else wrote. A write raises it by one. */
  write(next: StoredLook, version: number): Promise<boolean>;
};

export type Networks = InterfaceReads & {
  /** The list, with the groups that name it for inbound traffic. */
  readPrefixList(prefixListId: string): Promise<PrefixListEstate | MissingEstate>;
  /**
   * Takes groups off an interface: sets those that it has now without these. Groups that are already off are left out.
   * @throws Refused when none would be left
   */
  detach(interfaceId: string, groupIds: readonly string[]): Promise<Sent>;
  /** Takes entries out of the newest version of a list, a hundred at most. Entries that are already gone are left out. */
  removeEntries(prefixListId: string, cidrs: readonly string[]): Promise<Sent>;
};

export type MachineQuery = { readonly ids: readonly string[] } | { readonly filters: readonly TagFilter[] };

export type Fleet = {
  /** An instance, by its id or by one of its interfaces, with its Auto Scaling group. */
  read(resource: ResourceRef): Promise<InstanceEstate | MissingEstate>;
  /**
   * Ids of the instances that have this: `address=10.0.1.1`, `volume=vol-…`, `attachment=eni-attach-…`. None for any other
   * expression, and none to which it was attached after `at` (ISO 8601): it has only inherited it.
   */
  find(expression: string, at: string): Promise<readonly string[]>;
  /**
   * Instances that have not ended, in the order of their ids: those with one of these ids, or those that carry these tags.
   * @param before leaves out what was launched after it (ISO 8601); null where the ids are known to have been there
   */
  machines(by: MachineQuery, before: string | null): Promise<readonly Machine[]>;
  /** How the instance differs from the template that it was launched from. */
  drift(estate: InstanceEstate): Promise<Drift>;
  /** The group alone; null when it is gone. */
  group(name: string): Promise<AutoScalingGroup | null>;
  /** EC2's word on the instance: `terminated` also when EC2 no longer knows it. */
  state(instanceId: string): Promise<string>;
  /** Whether the group could launch a successor now. Throws only what may pass; what it cannot read it says. */
  launchCheck(group: AutoScalingGroup, now: Date): Promise<LaunchCheck>;
  /** What ties the instance to its place. Throws only what may pass; what it cannot read it says. */
  ties(instance: Instance): Promise<Ties>;
  /** What is known of the image and the template version that an instance was made from. What cannot be read it says. */
  launchedFrom(imageId: string | null, template: GroupMember['launchTemplate']): Promise<LaunchedFrom>;
  /** What the sources of traffic of a group say about each of these. Throws nothing: what cannot be read it says. */
  targetHealth(sources: readonly TrafficSource[], instanceIds: readonly string[]): Promise<readonly TargetHealth[]>;
  /** Has Auto Scaling replace the instance, in this order; the desired capacity stays. */
  replace(instanceId: string, how: ReplacementOrder): Promise<Sent>;
};

/** Systems Manager's word on the EC2 instances that it looks after. Machines elsewhere are left out. */
export type ManagedNodes = {
  /** Ids of those that a command reached; `complete` when no further ones will come. @throws Retryable, Refused */
  reachedBy(commandId: string): Promise<{ readonly ids: readonly string[]; readonly complete: boolean }>;
  /** Ids of those that fit every filter; all of them where there is none. @throws Retryable, Refused */
  carrying(filters: readonly TagFilter[]): Promise<readonly string[]>;
};

export type Images = {
  /** These images, and those that these SSM parameters name. What AWS will not tell is `unread`. @throws Retryable */
  read(ids: readonly string[], parameters: readonly string[]): Promise<ImageFacts>;
};

/** CloudTrail's own word on what happened: the management events of the last 90 days, some minutes after they happened. */
export type EventHistory = {
  /** The record of this event as CloudTrail wrote it (JSON); null when it shows none. @throws Retryable, Refused */
  recordOf(eventId: string): Promise<string | null>;
};

/** Session Manager's word on who is, and was, on an instance. */
export type SessionLog = {
  /** Sessions on the instance that were begun after `since` (ISO 8601): open ones and ended ones. */
  sessionsOn(instanceId: string, since: string): Promise<readonly Session[]>;
  /** The session of this id, and what it is on: `i-…`, or `mi-…` or `ecs:…`, which is no instance. Null when it is not shown. */
  find(sessionId: string): Promise<FoundSession | null>;
};

/** A slot of the disruption budgets, one per instance: a lease that ends with the incident or by itself. */
export type SlotRequest = {
  readonly group: string;
  readonly instanceId: string;
  readonly incidentKey: string;
  /** Instances of the group that may be out at once: the most restrictive of all budgets that apply. */
  readonly perGroup: number;
  readonly perHour: number;
  readonly severity: Severity;
  readonly now: string;
  readonly until: string;
  /** What the live group shows: who is out by itself takes of the budget as well. */
  readonly peers?: Peers;
  /** What the slot is for, to be remembered with the group. */
  readonly cause?: SlotCause;
  /** The act was made already: its slot is renewed, or taken anew if it has ended, and is never refused for a budget. */
  readonly underWay?: true;
  /** Who was seen in its place. Refused where that is the successor of another: two looks at once may see the same one. */
  readonly successor?: string;
};
export type Slot = { readonly kind: 'taken' } | Full;
export type Full = {
  readonly kind: 'full';
  readonly guard: 'budget' | 'blast-radius';
  readonly why: string;
  /** Seconds until it is looked at again in any case. */
  readonly retryAfter: number;
};
/** What the account's budget of the hour depends on. */
export type HourRequest = Pick<SlotRequest, 'group' | 'incidentKey' | 'perHour' | 'severity' | 'now'>;

/** An incident is over, or gives up its slot. `successor`: who took the place of its instance, if anybody did. */
export type SlotRelease = {
  readonly group: string;
  readonly instanceId: string;
  readonly incidentKey: string;
  readonly successor: string | null;
  /** The successor does not carry load yet: the slot is kept until then, for the successor. */
  readonly warmsUntil?: string;
  /** AWS refused the act for good: its place of the hour is given back, too. */
  readonly nothingBegun?: boolean;
};

/** Where a page of due incidents ended. */
export type DuePlace = { readonly key: string; readonly dueAt: string };
export type DuePage = { readonly incidents: readonly Incident[]; readonly next: DuePlace | null };

export type Ledger = {
  get(key: string): Promise<Incident | null>;
  /**
   * Writes the whole incident if the stored revision is its own (0: nothing is stored yet). Returns it as it is stored: with
   * the raised revision, and with what only explains bounded. Each further write starts from what the last one returned.
   * A request id, and a notice that is owed from then on, are stored in the same transaction. What undo needs (`inverse`) is
   * written before, into items of its own.
   * @throws Superseded, Unstorable when the record could not be stored however often it were tried
   */
  put(incident: Incident, requestId?: string | null, owed?: OwedNotice | null): Promise<Incident>;
  /** What undo needs, where the incident came without it. Null when there is nothing, or it cannot be read. */
  inverseOf(incident: Incident): Promise<Inverse>;
  /**
   * A page of at most `limit` incidents whose `dueAt` is not after `now`, the longest due first; `from` is the `next` of the
   * page before. A page may hold fewer, or none, although another follows. A listing may lack the latest writes; each incident
   * in it is as it is stored now. So with the other two.
   */
  due(now: string, limit: number, from?: DuePlace | null): Promise<DuePage>;
  /**
   * Incidents of one resource, newest first: a hundred at most, and as late as an index. Anyone who can open incidents on the
   * resource fills it, so no decision to act may need one of them.
   */
  of(resourceId: string): Promise<readonly Incident[]>;
  /** Newest first. */
  recent(limit: number): Promise<readonly Incident[]>;
  knowsRequest(requestId: string): Promise<boolean>;
  /** What was last seen of a resource; null when nothing is known. */
  lastReading(resourceId: string): Promise<Reading | null>;
  /** An older reading that arrives late changes nothing. */
  recordReading(resourceId: string, reading: Reading, at: string): Promise<void>;
  /** All budgets of one act in one transaction. Taking the slot that the same incident already holds renews it. */
  takeSlot(request: SlotRequest): Promise<Slot>;
  /** Why no replacement may begin in this group within this hour; null where one may. It counts as waiting if it is refused. */
  askHour(request: HourRequest): Promise<Full | null>;
  /** What began in the account and Region within the last hour. */
  begunLately(): Promise<readonly BegunReplacement[]>;
  /** At most `limit` that wait for a slot in this group: the most severe first, then those open longest. As late as an index. */
  line(group: string, limit: number): Promise<readonly Incident[]>;
  /** The next group, by name, in which an incident waits for a slot; null after the last. As late as an index. */
  nextLine(after: string): Promise<string | null>;
  /** Those with a replacement under way in this group. As late as an index. */
  underWay(group: string): Promise<readonly Incident[]>;
  /**
   * Frees the slot that the incident holds, ends its claims on one, and remembers the successor, so that no other incident
   * pairs with it. Returns whether a slot became free.
   */
  releaseSlot(release: SlotRelease): Promise<boolean>;
  /**
   * Keeps others from acting on a resource until it is unlocked or the time is over: who decides on what is there must
   * not act on what another is about to change. Returns the key to unlock it with, or null while another has it.
   */
  lock(resourceId: string, now: string, until: string): Promise<string | null>;
  unlock(resourceId: string, key: string): Promise<void>;
  /** Who holds a slot in this group, and what was replaced there lately. */
  groupRecords(group: string): Promise<GroupRecords>;
  /** Instances already paired as successors in this group. */
  pairedSuccessors(group: string): Promise<readonly string[]>;
};

/** A notice as it was when it was recorded, until it is published. */
export type OwedNotice = {
  /** The incident and the topic: a newer notice of the same topic takes the place of one that is not published yet. */
  readonly id: string;
  readonly incidentKey: string;
  /** Of the incident, when the notice was recorded. */
  readonly revision: number;
  readonly kind: NoticeKind;
  readonly notice: Notice;
  /** Whether it may be an email, if the budget admits it. */
  readonly mail: boolean;
  /** When the scheduler may send it: the worker that recorded it goes first. */
  readonly tryAt: string;
};

/** The notices that are owed. They are added by `Ledger.put`. */
export type Outbox = {
  /** Ids of notices whose `tryAt` is not after `now`, the longest due first. May lack the latest writes. */
  due(now: string, limit: number): Promise<readonly string[]>;
  /** Takes one that is due, for others to try again only at `until`; null when it was sent, or another takes it. */
  take(id: string, now: string, until: string): Promise<OwedNotice | null>;
  /** Whether it is owed still: it was not sent, and no newer one has taken its place. */
  isOwed(owed: OwedNotice): Promise<boolean>;
  /** It was published: it is owed no more, unless a newer one has taken its place. */
  sent(owed: OwedNotice): Promise<void>;
};

/** An email that may be sent by itself or as a line of a list. */
export type Email = EmailFacts & {
  /** Of the incident, or of the message or the event that it is about: what comes later takes the place of what waits. */
  readonly id: string;
  /** Of the incident; 0 for what is said once. */
  readonly revision: number;
  readonly severity: Severity;
  readonly rule: string;
  readonly subject: string;
  /** Null about undrift itself. */
  readonly incidentKey: string | null;
};

/** An email that waits for its list. `version`: of what is stored, so that only what was sent is removed. */
export type WaitingEmail = Email & { readonly since: string; readonly version: number };

/** Which emails go out now, and what waits for a list. Each kind has its own part of the hour. */
export type MailBudget = {
  /** True when it may go out at once, and is counted; otherwise it waits for the next list of its kind. */
  admit(email: Email, now: string, perHour: number): Promise<boolean>;
  /** An email or a list of this kind that was counted at `at` was not published. */
  takeBack(kind: MailKind, at: string): Promise<void>;
  /** What waits, if a list of it is due, which is counted; else nothing. It waits on until `listed`. */
  takeList(kind: MailKind, now: string, perHour: number): Promise<readonly WaitingEmail[]>;
  /** These were in a list. What has changed since it was taken waits on. */
  listed(emails: readonly WaitingEmail[], now: string): Promise<void>;
};

/** Which messages of the queues people were notified of, so that each is reported once. */
export type ReportedMessages = {
  has(key: string): Promise<boolean>;
  add(key: string, now: string): Promise<void>;
};

export type Notifier = {
  /** Publishes to machines always, and as a mail when `mail` is true. Returns the message id. */
  publish(notice: Notice, mail: boolean): Promise<string>;
};

/** Confirmed subscriptions of a topic, by what they reach. */
export type Subscribers = { readonly people: number; readonly machines: number };
export type Subscriptions = {
  /** @throws Retryable, Refused when the topic does not let itself be counted */
  count(): Promise<Subscribers>;
};

/** The pause flag as a worker knows it. */
export type PauseFlagReader = {
  /** Never throws: that the flag cannot be read is an answer. */
  read(now: string): Promise<PauseFlag>;
};

/** The parameter that the pause flag is in: the source of truth. */
export type PauseParameter = {
  /** @throws Retryable, Refused when it cannot be read, or does not exist */
  read(): Promise<PauseReading>;
  /** Pauses, or with null lets undrift act again. Returns what was written. @throws Retryable, Refused */
  write(pause: Pause | null): Promise<PauseReading>;
};

/** The copy of it that workers read. */
export type PauseCopy = {
  /** Strongly consistent; null when there is none. @throws Retryable, Refused */
  read(): Promise<PauseReading | null>;
  /** A copy of a newer value stays. @throws Retryable, Refused */
  write(reading: PauseReading): Promise<void>;
};

/** What people were last notified of about the pause flag, so that they are notified of each change once. */
export type PauseTold = { readonly value: PauseValue; readonly unreadable: boolean };
export type PauseWatch = Watch<PauseTold>;

/** What one run of the scheduler leaves to the next. */
export type Watch<T> = {
  last(): Promise<T>;
  /** False when another run was faster: then that one notifies. */
  remember(told: T, before: T): Promise<boolean>;
};

/** The parameter that the scheduler writes to be seen doing it. */
export type HeartbeatParameter = {
  /** @throws Retryable, Refused */
  write(at: string): Promise<void>;
};
/** When the newest heartbeat that came back to a unit was made (ISO 8601, UTC); null where none did. */
export type HeartbeatReturns = {
  last(unit: Unit): Promise<string | null>;
  /** An older one that arrives late changes nothing. */
  record(unit: Unit, at: string): Promise<void>;
};

export type DeadLetters = {
  /** Messages that lie in the queue, about; also those that are being read. @throws Retryable, Refused */
  count(): Promise<number>;
};

export type Clock = {
  now(): Date;
  /** @throws Retryable when the invocation has too little time left for it */
  sleep(milliseconds: number): Promise<void>;
};

/** Counters with closed sets of dimensions: rule, mode, cause, outcome. */
export type Meter = {
  count(name: MetricName, dimensions: Readonly<Record<string, string>>, value?: number): void;
};
export type MetricName =
  | 'Findings'
  | 'Remediations'
  | 'Holds'
  | 'Failures'
  | 'NewFailures'
  | 'NotificationFailures'
  | 'HeartbeatMinutes'
  | 'SecondsToFix'
  | 'MessageAge'
  | 'Irrelevant'
  | 'SwitchUnreadable'
  | 'ConfirmedSubscriptions'
  | 'Parked';

export type Log = {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
};
