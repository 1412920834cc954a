import type { Fact } from '../domain/change.ts';
import type { Severity } from '../domain/decision.ts';
import type { Difference, Instance } from '../domain/estate.ts';
import type { ImageFacts } from '../domain/image.ts';
import type { InstanceRuleId, Policy } from '../policy/policy.ts';
import { changedSignals } from './changed-signals.ts';
import { differsFromTemplate } from './differs-from-template.ts';
import { enteredSignals } from './entered-signals.ts';
import { guarddutyFinding } from './guardduty-finding.ts';
import { imageNotApproved } from './image-not-approved.ts';
import { instanceAttributeChanged } from './instance-attribute-changed.ts';
import { instanceProfileChanged } from './instance-profile-changed.ts';
import { metadataOptionsChanged } from './metadata-options-changed.ts';
import { securityGroupsChanged } from './security-groups-changed.ts';
import { securityHubFinding } from './security-hub-finding.ts';
import { sessionStarted } from './session-started.ts';
import { sshKeyPushed } from './ssh-key-pushed.ts';
import { tooOld } from './too-old.ts';
import { userDataChanged } from './user-data-changed.ts';
import { volumeAttached } from './volume-attached.ts';
import { watchedTagChanged } from './watched-tag-changed.ts';

/** What a rule saw: a sentence for people, and what tells this drift from another of its kind. */
export type Sighting = {
  readonly summary: string;
  readonly drift: string;
  /** Why it is not known whether the rule is broken; then it is held. */
  readonly unreadable?: string;
};

/** An instance as it stands, with what the policy asks of any. */
type Standing = {
  readonly instance: Instance;
  /** undefined where it was not read. */
  readonly imageFacts: ImageFacts | undefined;
  readonly policy: Policy;
  /** The one that the instance runs in. */
  readonly account: string;
  readonly now: Date;
};

/** How sure it is that the machine differs from its template, or was entered, because of what was seen. */
type Confidence = 'high' | 'medium' | 'low';

/** "An instance is never changed in place." A file has one rule and its name, or a table of rows that only differ in words. */
export type InstanceRule = {
  readonly id: InstanceRuleId;
  /** What kind of thing it sees: done to the machine, inside it, or found by comparing. */
  readonly group: 'changed' | 'entered' | 'differs' | 'not-allowed';
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** What the shipped `policy.yml` makes of it where undrift may act: replace (`{}`), or only tell (`mode: observe`). */
  readonly ships: 'replace' | 'notify';
  /** Broken by what the channel vouches for? */
  byFact(fact: Fact, policy: Policy): Sighting | null;
  /** Broken by how the instance differs from its template? Rules about what leaves no live trace never are. */
  byDifference?(difference: Difference): Sighting | null;
  /** The same for a rule that takes all of them for one finding. */
  byDifferences?(differences: readonly Difference[]): Sighting | null;
  /** Broken by how the instance stands, whatever brought us to look at it? */
  byStanding?(standing: Standing): Sighting | null;
};

export const INSTANCE_RULES: readonly InstanceRule[] = [
  userDataChanged,
  securityGroupsChanged,
  instanceProfileChanged,
  metadataOptionsChanged,
  instanceAttributeChanged,
  volumeAttached,
  watchedTagChanged,
  ...changedSignals,
  differsFromTemplate,
  sessionStarted,
  sshKeyPushed,
  ...enteredSignals,
  tooOld,
  imageNotApproved,
  guarddutyFinding,
  securityHubFinding,
];

export type Sighted = { readonly rule: InstanceRule; readonly sighting: Sighting };

/** The rules that are broken by what the channel vouches for. */
export function seenIn(fact: Fact, policy: Policy): readonly Sighted[] {
  return INSTANCE_RULES.flatMap((rule) => {
    const sighting = rule.byFact(fact, policy);
    return sighting === null ? [] : [{ rule, sighting }];
  });
}
