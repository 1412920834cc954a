import type { ResourceRef } from './change.ts';
import type { SecurityGroupRule } from './estate.ts';

/** The closed vocabulary of reasons for not acting now. An operator can search for each in `docs/runbook.md`. */
export const GUARDS = [
  'observe',
  'exempted',
  'paused',
  'not-opted-in',
  'not-ours',
  'budget',
  'blast-radius',
  'state-at-risk',
  'baseline-changed',
  'refresh-running',
  'launch-suspended',
  'unhealthy-peers',
  'single-instance',
  'protected',
  'fight',
  'tainted',
  'pre-existing',
  'unreadable',
  'shared',
] as const;
export type GuardName = (typeof GUARDS)[number];

export type RevokeRules = {
  readonly action: 'revoke-rules';
  readonly groupId: string;
  /** Rules of one direction: EC2 has a call for each. */
  readonly egress: boolean;
  readonly ruleIds: readonly string[];
};
export type ReplaceInstance = {
  readonly action: 'replace-instance';
  readonly instanceId: string;
  readonly autoScalingGroupName: string;
  readonly how: ReplacementOrder;
};
/**
 * `launch-first`: marked unhealthy, so that Auto Scaling ends it once its successor is in service; `terminate-first`:
 * terminated at once, and the successor comes after.
 */
export type ReplacementOrder = 'launch-first' | 'terminate-first';
/** Takes groups off a network interface; `remaining` are those that stay, at least one. */
export type DetachGroups = {
  readonly action: 'detach-groups';
  readonly interfaceId: string;
  readonly groupIds: readonly string[];
  readonly remaining: readonly string[];
};
/** Takes entries out of a prefix list of ours. */
export type RemoveEntries = {
  readonly action: 'remove-entries';
  readonly prefixListId: string;
  readonly cidrs: readonly string[];
};
/** The act as a value: nothing has happened yet. */
export type Remediation = RevokeRules | ReplaceInstance | DetachGroups | RemoveEntries;

/** The rules that an act takes away; none where it is another act, or none. */
export function revokedIds(act: Remediation | null): readonly string[] {
  return act?.action === 'revoke-rules' ? act.ruleIds : [];
}

export type Severity = 'critical' | 'high' | 'medium' | 'low';

/** A rule of the policy broken by a resource, with its evidence. */
export type Finding = {
  /** The resource and what is wrong with it: the identity of the incident. */
  readonly key: string;
  /** One occurrence of it: the rule ids, or the event id. */
  readonly round: string;
  readonly resource: ResourceRef;
  readonly rule: string;
  readonly severity: Severity;
  /** One sentence for people: what is wrong. */
  readonly summary: string;
  /** Further lines for people: which rule lets whom reach what. */
  readonly evidence: readonly string[];
  /** What was there before the change, while what it made is still there; left out where that is not known. */
  readonly putBack?: PutBack;
  /**
   * Where `putBack` has its values from, where undrift had not read all of them itself: the answer that the record of the call has,
   * or only its request, which the caller wrote.
   */
  readonly from?: 'answer' | 'request';
  /** A rule that it is about was changed in place, and no earlier value of it is on record. */
  readonly unknownBefore?: true;
};

/** What puts something back as it was. People run it: no role of undrift may. */
export type PutBack =
  /** To be added again, or changed back in place. */
  | { readonly action: 'authorize-rules' | 'modify-rules'; readonly rules: readonly SecurityGroupRule[] }
  /** All groups of the interface. */
  | { readonly action: 'attach-groups'; readonly interfaceId: string; readonly groupIds: readonly string[] }
  | { readonly action: 'restore-version'; readonly prefixListId: string; readonly version: number };

/**
 * The one schema of a decision: what `explain --json` prints, what a policy test expects and what the ledger stores.
 * A hold carries the remediation that it holds, or null where none is possible.
 */
export type DecisionRecord = {
  readonly kind: 'remediate' | 'hold' | 'ignore';
  readonly rule: string | null;
  readonly guard: GuardName | null;
  readonly reason: string;
  readonly remediation: Remediation | null;
  /** Which place decided on the mode, and who else loses by the act; left out where every place has the same mode. */
  readonly places?: readonly string[];
};

/** What a decision is about. */
type About = {
  readonly rule: string;
  readonly finding: Finding;
  /** Until when the instance is left alone at the latest (ISO 8601, UTC); left out where no grace can hold it. */
  readonly latest?: string;
};
export type Remediate = DecisionRecord &
  About & { readonly kind: 'remediate'; readonly guard: null; readonly remediation: Remediation };
export type Hold = DecisionRecord &
  About & {
    readonly kind: 'hold';
    readonly guard: GuardName;
    /** Seconds until the incident is looked at again. */
    readonly retryAfter: number;
    /** Ids of the rules that a service made which keeps the group: they are left to it. */
    readonly ofService?: readonly string[];
  };
export type Ignore = DecisionRecord & {
  readonly kind: 'ignore';
  readonly guard: null;
  readonly remediation: null;
  /** True when the live state was judged and found within the policy: a clean reading. */
  readonly clean: boolean;
  /** Ids of rules that are no exposure only because of who uses the group now. */
  readonly spared?: readonly string[];
  /** The id of the incident with which a person said that it is to be left alone. */
  readonly clearedWith?: string;
  /** What it would be judged by could not be read: what was found before is not over for that. */
  readonly unread?: true;
  /** It is on its way out, and somebody keeps it running there. */
  readonly keptAlive?: true;
  /**
   * Why there is nothing to do, where that is not how the resource is: it is gone, or the policy does not count what was done.
   * A finding that was recorded before ends as this says.
   */
  readonly because?: 'gone' | 'policy';
};
export type Decision = Remediate | Hold | Ignore;

export function decisionRecord(decision: Decision): DecisionRecord {
  const { kind, rule, guard, reason, remediation, places } = decision;
  return { kind, rule, guard, reason, remediation, ...(places !== undefined && { places }) };
}

/** @param places none where every place has the same mode */
export function decidedAt<D extends Decision>(decision: D, places: readonly string[]): D {
  return places.length === 0 ? decision : { ...decision, places };
}

export function ignore(reason: string, rule: string | null = null): Ignore {
  return { kind: 'ignore', rule, guard: null, reason, remediation: null, clean: false };
}

/** The resource is gone, or on its way out. */
export function gone(reason: string): Ignore {
  return { ...ignore(reason), because: 'gone' };
}

/** The policy does not count what was done: by whom, or by which rule. */
export function uncounted(reason: string, rule: string | null = null): Ignore {
  return { ...ignore(reason, rule), because: 'policy' };
}

export function cleanReading(reason: string, rule: string): Ignore {
  return { ...ignore(reason, rule), clean: true };
}
