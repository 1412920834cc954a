import type { BaselineChange } from './change.ts';
import type { Closing } from './closing.ts';
import type { SecurityGroupRule } from './estate.ts';

/** What was last seen of a resource: what a later reading is compared with. */
export type Reading =
  | GroupReading
  | InterfaceReading
  | PrefixListReading
  | BaselineReading
  | TargetsReading
  | ExtendedReading
  | JudgedReading
  | LoopReading
  | ClosingReading;

/**
 * Of a security-group rule: the last call that revoked it, or made it harmless in place. `at`: when it was made (ISO 8601, UTC).
 * `egress` is null where the call does not say. `ours`: undrift made it.
 */
export type ClosingReading = Closing & {
  readonly kind: 'closing';
  readonly egress: boolean | null;
  readonly ours: boolean;
};

/** Of a principal: the last ports that it opened and undrift closed, oldest first, and when that was last reported as a loop. */
export type LoopReading = {
  readonly kind: 'loop';
  readonly openings: readonly Opening[];
  readonly reportedAt: string | null;
};
/** `change`: the digest of its event. `at`: when it was made (ISO 8601, UTC). */
export type Opening = { readonly at: string; readonly change: string; readonly resource: string };

/** Of one change that concerns more resources than fit into a turn: those that were judged, and are not judged again. */
type JudgedReading = { readonly kind: 'judged'; readonly ids: readonly string[] };

/** Of an expression: the machines that were found by their tags, which may be taken off, and those that a person cleared. */
export type TargetsReading = {
  readonly kind: 'targets';
  readonly ids: readonly string[];
  readonly cleared: readonly string[];
};

/** Of an instance: keys of the incidents that a person extended, oldest first. Only a person adds to it. */
type ExtendedReading = { readonly kind: 'extended'; readonly keys: readonly string[] };

/** When a trusted actor last changed what instances are launched from, by the kind of change. ISO 8601, UTC. */
type BaselineReading = {
  readonly kind: 'baseline';
  readonly accepted: Readonly<Partial<Record<BaselineChange, string>>>;
};

export type GroupReading = {
  readonly kind: 'security-group';
  /** Rule ids when the group was last found within the limits for everyone who may use it; null when it never was. */
  readonly cleanRuleIds: readonly string[] | null;
  /** What those rules let through then, by rule id, as a digest: a rule that is changed in place keeps its id. */
  readonly cleanHoles?: Readonly<Record<string, string>>;
  /** The digest of the policy that found it so. */
  readonly cleanUnder?: string;
  /** Ids of rules that were no exposure only because of who used the group when it was last seen. */
  readonly spared?: readonly string[];
  /** A rule names a list of another account, which may be widened without an event in this one. */
  readonly foreignLists?: true;
  /** It was not within the limits when it was last seen, or was only for those who had it then. */
  readonly open?: true;
  /**
   * The rules that the group had when undrift first saw it and that no change named then, each with what it let through, as a digest;
   * a group that was made under the eyes of undrift had none that lets anything in. A service that keeps the group adds to them by
   * its own calls. Left out where they are too many, or not known.
   */
  readonly first?: { readonly at: string; readonly holes: Readonly<Record<string, string>> };
  readonly rules: readonly SecurityGroupRule[];
  /** Rules as they were before they were changed, removed or revoked, newest last. */
  readonly earlier: readonly EarlierRule[];
};
/**
 * `until`: when a reading no longer showed the rule so (ISO 8601, UTC). `revoked`: undrift revoked it as it was then, which says
 * nothing of what it was before.
 */
export type EarlierRule = { readonly rule: SecurityGroupRule; readonly until: string; readonly revoked?: true };
/** Recorded when the groups of the interface were together within the limit. */
type InterfaceReading = { readonly kind: 'network-interface'; readonly groupIds: readonly string[] };
/** Recorded when every group that names the list was within the limit. */
type PrefixListReading = { readonly kind: 'prefix-list'; readonly cidrs: readonly string[] };
