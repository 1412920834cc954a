import type { Fact } from '../domain/change.ts';
import type { Severity } from '../domain/decision.ts';
import type { Difference } from '../domain/estate.ts';
import type { InstanceRuleId } from '../policy/policy.ts';
import { instanceAttributeChanged } from './instance-attribute-changed.ts';
import { instanceProfileChanged } from './instance-profile-changed.ts';
import { metadataOptionsChanged } from './metadata-options-changed.ts';
import { securityGroupsChanged } from './security-groups-changed.ts';
import { sessionStarted } from './session-started.ts';
import { sshKeyPushed } from './ssh-key-pushed.ts';
import { userDataChanged } from './user-data-changed.ts';
import { volumeAttached } from './volume-attached.ts';

/** What a rule saw: a sentence for people, and what tells this drift from another of its kind. */
export type Sighting = { readonly summary: string; readonly drift: string };

/** "An instance is never changed in place." One rule a file; its name is its id. */
export type InstanceRule = {
  readonly id: InstanceRuleId;
  readonly severity: Severity;
  /** Broken by what the channel vouches for? */
  byFact(fact: Fact): Sighting | null;
  /** Broken by how the instance differs from its template? Rules about what leaves no live trace never are. */
  byDifference?(difference: Difference): Sighting | null;
};

export const INSTANCE_RULES: readonly InstanceRule[] = [
  userDataChanged,
  securityGroupsChanged,
  instanceProfileChanged,
  metadataOptionsChanged,
  instanceAttributeChanged,
  volumeAttached,
  sessionStarted,
  sshKeyPushed,
];
