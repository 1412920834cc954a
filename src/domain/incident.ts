import type { Change, ResourceRef } from './change.ts';
import type { Closing } from './closing.ts';
import type { DecisionRecord, Finding, GuardName, PutBack } from './decision.ts';
import type { EarlierOccurrence, FirstFound } from './history.ts';
import type { Loop } from './loop.ts';
import type { Members } from './part.ts';
import type { Ran } from './ran.ts';
import type { TaintEntry } from './taint.ts';
import type { WarmingUp } from './warm-up.ts';

export const UNITS = ['security-groups', 'instances', 'networks'] as const;
export type Unit = (typeof UNITS)[number];

/**
 * What came of an act. Done means seen done; what was sent and could not be seen is Unverified, and due again.
 */
export type Outcome =
  | { readonly kind: 'done'; readonly seen: string; readonly secondsToFix: number }
  | { readonly kind: 'already-done'; readonly seen: string }
  | { readonly kind: 'observed' }
  | { readonly kind: 'unverified'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string; readonly retryable: boolean };

/**
 * What would undo the act, or put back what undrift only tells about: as it was. A replaced instance has no inverse. `former`:
 * what was there before the change that the act answers, where that is known; records of earlier versions never say.
 */
export type Inverse = (Step & { readonly former?: PutBack }) | null;
/** One kind of call. */
export type Step =
  | PutBack
  | { readonly action: 'add-entries'; readonly prefixListId: string; readonly entries: readonly Entry[] };
type Entry = { readonly cidr: string; readonly description: string | null };

/** Where the ledger keeps an inverse, apart from its incident: items named by the digest of what they hold. */
export type PreImage = { readonly digest: string; readonly parts: number; readonly at: string };

/**
 * What the record of an incident lacks, in words, and why. When it is decided again on such a record, only its own resource is
 * looked at. `blind`: what it was judged by is not known, so a replacement is held until its incident ends.
 */
type Unrecorded = { readonly what: readonly string[]; readonly why: string; readonly blind?: true };

export type Attempt = {
  readonly at: string;
  readonly round: string;
  /** Request id of the call; null until the call has answered (a crash in between leaves it null). */
  readonly requestId: string | null;
  readonly error: string | null;
};

export type IncidentStatus = 'held' | 'acting' | 'waiting' | 'unverified' | 'closed';
/** `policy`: the policy that is deployed now no longer counts it. */
export type ClosedBy = 'undrift' | 'actor' | 'another' | 'vanished' | 'operator' | 'expired' | 'policy';

/** What people are told next about an incident; the word is the dedupe key within a round. */
export type NoticeKind = 'held' | 'fixed' | 'escalated' | 'failed';

export type InService = { readonly id: string; readonly since: string };

/** A replacement under way: who was there before, so that the successor can be told from its peers. */
export type Replacement = {
  readonly group: string;
  readonly membersBefore: readonly string[];
  readonly startedAt: string;
  readonly successor: string | null;
  /** Which version the successor runs; set when it is seen in service. */
  readonly successorRan?: Ran;
  /** Who is in service in its place, since when it was first seen so (ISO 8601, UTC), while the modified instance is not gone. */
  readonly inService?: InService;
  /** From when it is seen in service: its slot is kept until it is of use. Left out where it is at once. */
  readonly warmUp?: WarmingUp;
  /** Full days for which the altered instance has been kept alive, where it is: people are told each day. */
  readonly keptDays?: number;
};

/** One finding with its whole life. Times are ISO 8601, UTC. */
export type Incident = {
  readonly key: string;
  /** Short, stable, for people: `undrift incidents show <id>`. */
  readonly id: string;
  readonly unit: Unit;
  /** As the last decision saw it. */
  readonly finding: Finding;
  /** When the present occurrence was recorded first; left out by versions before, where `openedAt` says so for the first. */
  readonly foundAt?: string;
  /** What was found then, where a later look found something else. */
  readonly found?: FirstFound;
  readonly resource: ResourceRef;
  /** The resource as people know it: name, owner by tag, and the stack or template that made it. */
  readonly about: About;
  /** Which version ran on the altered instance; left out where it is about no instance. */
  readonly ran?: Ran;
  readonly change: Change;
  readonly decision: DecisionRecord;
  /** When that was decided; left out by versions before. */
  readonly decidedAt?: string;
  readonly outcome: Outcome | null;
  /** Null also where the ledger has one that was not read with the incident: see `preImage`. */
  readonly inverse: Inverse;
  readonly preImage?: PreImage;
  readonly unrecorded?: Unrecorded;
  readonly status: IncidentStatus;
  readonly guard: GuardName | null;
  readonly round: string;
  readonly rounds: number;
  /** Rounds already seen, newest last, so that a repeated event is known as such. */
  readonly seenRounds: readonly string[];
  /** Occurrences before the present one, oldest first. */
  readonly earlier?: readonly EarlierOccurrence[];
  readonly attempts: readonly Attempt[];
  readonly replacement: Replacement | null;
  readonly openedAt: string;
  /** When the change was made that opened it, or opened it again after it was closed. */
  readonly since?: string;
  /** What people on call did about an instance that was entered, newest last. */
  readonly taint?: readonly TaintEntry[];
  /** Until when it is left alone at the latest, as the deployed policy says; left out where no grace holds it. */
  readonly latest?: string;
  readonly updatedAt: string;
  readonly closedAt: string | null;
  readonly closedBy: ClosedBy | null;
  /** The incident under which it was cleared or closed, by its id, where that is another one. */
  readonly closedWith?: string;
  /** Of a batch incident that is over: what became of the instances that the call named. */
  readonly members?: Members;
  /** The call that closed it, where somebody else than undrift did and an event says so. */
  readonly closing?: Closing;
  /** When the recheck looks again; null when there is nothing left to look at. */
  readonly dueAt: string | null;
  /** Consecutive failures since the last proof or new change: the exponent of the back-off. */
  readonly failures: number;
  /** How often the ledger has stored it; 0 before the first write. A write from an older revision is refused. */
  readonly revision: number;
  readonly leaseUntil: string | null;
  /** The change for which it was last looked at, as a digest of its event: a message for another change may have been at it. */
  readonly triedFor?: string;
  /** The notices that were recorded, each in the write of what it reports; the outbox sends them. */
  readonly noticesSent: readonly string[];
  /** The last loop that was reported of whoever opened it. */
  readonly loop?: Loop;
  readonly policyDigest: string;
  readonly commit: string;
  readonly version: string;
};

export type About = {
  readonly name: string | null;
  readonly owner: string | null;
  /** `CloudFormation stack web-prod`, `launch template lt-… version 4`, or null. */
  readonly madeBy: string | null;
};

/** The warm-up of the replacement of a closed incident, while that keeps the slot; null when it is over. */
export function warmingIn({ status, replacement }: Incident): WarmingUp | null {
  const warmUp = replacement?.warmUp;
  return status !== 'closed' || warmUp === undefined || warmUp.over === true ? null : warmUp;
}

/** The Auto Scaling group in which its instance is replaced, or would be; null where nothing is replaced. */
export function replacedIn({ replacement, decision }: Incident): string | null {
  const act = decision.remediation;
  return replacement?.group ?? (act?.action === 'replace-instance' ? act.autoScalingGroupName : null);
}
