import type { Actor } from './actor.ts';
import type { RuleValue, SecurityGroupRule } from './estate.ts';
import type { HubSeverity } from './hub-severity.ts';
import type { SignalId } from './signal.ts';

export type ResourceType =
  | 'security-group'
  | 'instance'
  | 'network-interface'
  | 'prefix-list'
  | 'targets'
  | 'region'
  | BaselineType;
/** What instances are launched from: a launch template by its id, an Auto Scaling group by its name. */
type BaselineType = 'launch-template' | 'auto-scaling-group';
/**
 * `targets` are machines that a call names otherwise than by their ids; the id is how: `tag:Env=prod`, `*`, `address=10.0.1.1`,
 * `volume=vol-…`, `attachment=eni-attach-…`, `session=…`, `association=…`, `instance-id=…` for an id that is none. What the fleet can look up becomes instances; what
 * carries a `lookUp` may stand for many, and stays one.
 *
 * A `region` stands for whatever in it a call changed that named nothing (the fact `unnamed`); its id is the Region.
 *
 * A security group has the id `name=<group name>` where the event gives only its name (in a default VPC a call may address
 * it so, and old responses name no id). Who reads the live state resolves it; what was read has the real id.
 */
export type ResourceRef = { readonly type: ResourceType; readonly id: string; readonly lookUp?: LookUp };

/** How the machines behind an expression can be asked for: whom a command reached, or who carries these tags. */
export type LookUp =
  | { readonly by: 'command'; readonly commandId: string }
  /** `managed`: only machines that Systems Manager looks after; no filter means all. */
  | { readonly by: 'tags'; readonly managed: boolean; readonly filters: readonly TagFilter[] };

/** `key` is `tag:<key>` or `tag-key`; one of the values must fit, and of several filters all. */
export type TagFilter = { readonly key: string; readonly values: readonly string[] };

/** How `targets` name a session; its id follows. */
export const SESSION = 'session=';

const NAMED = 'name=';

/** The `id` of a group of which only the name is known. */
export function groupNamed(name: string): string {
  return `${NAMED}${name}`;
}

/** The group name that an `id` stands for; null when it is an id. */
export function nameOfGroup(id: string): string | null {
  return id.startsWith(NAMED) ? id.slice(NAMED.length) : null;
}

/**
 * Each kind is taken back, or accepted, by a change of the same kind only; but that a version was deleted by a further version,
 * as a pipeline may delete old ones all day.
 */
export type BaselineChange = 'version' | 'version-deleted' | 'default-version' | 'group';

/**
 * What a change says happened. A `*-changed`, `*-attached`, `*-started` or `*-pushed` fact is what the channel
 * vouches for; `verdict` is somebody else's opinion, which only names a resource.
 */
export type Fact =
  /** Rules were added to a group; `ruleIds` are the ones that the event names (old records name none). */
  | {
      readonly kind: 'rules-added';
      readonly egress: boolean;
      readonly ruleIds: readonly string[];
      /** The record does not list what was added: what was not there before counts. */
      readonly unlisted?: true;
      /** The group was made: before, it let nothing in. */
      readonly created?: true;
    }
  /** Rules were changed in place. The call tells neither their direction nor what they were. */
  | { readonly kind: 'rules-modified'; readonly ruleIds: readonly string[] }
  /** Only the words of rules were changed; `ruleIds` may be empty, as the call may name rules by their values. */
  | { readonly kind: 'rules-described'; readonly egress: boolean; readonly ruleIds: readonly string[] }
  /** Rules were revoked; `ruleIds` as the event gives them. Our own role's calls are among these. */
  | {
      readonly kind: 'rules-removed';
      readonly egress: boolean;
      readonly ruleIds: readonly string[];
      /** By id, as the answer lists them. */
      readonly removed?: Readonly<Record<string, RuleValue>>;
      /** Where there is no answer that lists them: what the request names by its values, which the caller chose. */
      readonly asked?: readonly RuleValue[];
    }
  /** A group serves a further VPC. */
  | { readonly kind: 'group-associated'; readonly vpcId: string | null }
  /**
   * A prefix list has a new version; `added` as the event gives them, null when it does not (an old version restored). `before`:
   * the version that it had.
   */
  | { readonly kind: 'prefix-list-changed'; readonly added: readonly string[] | null; readonly before?: number }
  /** Interfaces were made with these groups, by themselves or with an instance. */
  | { readonly kind: 'interfaces-created'; readonly groupIds: readonly string[] }
  | { readonly kind: 'user-data-changed' }
  /** Security groups of an instance or of one of its interfaces were set; `groupIds` as the event gives them. */
  | { readonly kind: 'security-groups-changed'; readonly groupIds: readonly string[] }
  | { readonly kind: 'instance-profile-changed'; readonly profile: string | null }
  | { readonly kind: 'metadata-options-changed' }
  /** Any other attribute of ModifyInstanceAttribute. */
  | { readonly kind: 'instance-attribute-changed'; readonly attribute: string }
  | { readonly kind: 'volume-attached'; readonly volumeId: string | null; readonly device: string | null }
  | { readonly kind: 'session-started'; readonly sessionId: string | null }
  /** Somebody's session is over: no finding, but news for the incidents of the instance that it was on. */
  | { readonly kind: 'session-ended'; readonly sessionId: string }
  | { readonly kind: 'ssh-key-pushed'; readonly osUser: string | null }
  /** Tags of instances were set or taken away, by their keys: the policy says which are watched. */
  | { readonly kind: 'tags-changed'; readonly keys: readonly string[]; readonly removed: boolean }
  /** Anything else that was done to an instance: `detail` for people, `drift` tells it from another of its kind. */
  | { readonly kind: 'signal'; readonly signal: SignalId; readonly detail: string | null; readonly drift: string }
  /** What future instances are launched from was changed: a version, which version is the default, or a group's choice. */
  | { readonly kind: 'baseline-changed'; readonly what: BaselineChange; readonly detail: string | null }
  /**
   * CloudTrail left out what a successful call named, as it was too large. `unit` reports it. `about`: what the call would say
   * about a resource, as far as its name tells; null where it tells nothing. `answered`: an id in what is left, for people.
   */
  | {
      readonly kind: 'unnamed';
      readonly unit: 'security-groups' | 'instances';
      readonly about: Fact | null;
      readonly answered: string | null;
    }
  /** A call that only ends something (terminate): of interest only when our own role made it. */
  | { readonly kind: 'closing-call' }
  | Alert
  /** A Config rule's NON_COMPLIANT; `transition` when it says that the resource was compliant before. */
  | { readonly kind: 'verdict'; readonly by: string; readonly transition: boolean };

/** A finding of another service of AWS, which leaves nothing to look at again. */
export type Alert =
  /** `severity` from 0 to 10. */
  | { readonly kind: 'alert'; readonly by: 'guardduty'; readonly what: string; readonly severity: number }
  /** `product`: the ARN of who told Security Hub. Which of them count is the policy's to say. */
  | {
      readonly kind: 'alert';
      readonly by: 'security-hub';
      readonly product: string;
      readonly what: string;
      readonly severity: HubSeverity;
    };

/**
 * What a call runs, as its record has it. Null where the record does not say, or where CloudTrail omitted or masked it:
 * then no condition on it is met.
 */
export type CallContent = {
  /** The Systems Manager document that is run: its name, or its ARN, as the request has it. */
  readonly document?: string | null;
};

/** `egress` is null where the call does not say: ModifySecurityGroupRules. */
export type RecordedRule = Omit<SecurityGroupRule, 'egress'> & { readonly egress: boolean | null };

/** The fact taken from an event: what, by whom, when. The event only names; the decision is made on live state. */
export type Change = {
  readonly source: 'cloudtrail' | 'config' | 'guardduty' | 'security-hub';
  /** CloudTrail's event name, the Config rule's name, or the type or title of a finding. */
  readonly name: string;
  readonly fact: Fact;
  readonly resources: readonly ResourceRef[];
  /** Places of the event that name something and cannot be read. The rest of it is dealt with, and these are reported. */
  readonly unread?: readonly string[];
  readonly actor: Actor;
  /** What the call runs; left out where a call of this kind runs nothing. */
  readonly content?: CallContent;
  /**
   * The rules that `fact` names, as far as the record has their values: as they were added, changed to, or revoked. Nothing is
   * closed for them, and no incident keeps them.
   */
  readonly recorded?: readonly RecordedRule[];
  /** ISO 8601, UTC: when the change was made (CloudTrail `eventTime`, Config `resultRecordedTime`), or when Security Hub sent it. */
  readonly at: string;
  /** Identity for de-duplication: CloudTrail `eventID`; for Config the envelope's id. */
  readonly eventId: string;
  /** CloudTrail `requestID`: how our own calls are recognised. */
  readonly requestId: string | null;
  readonly account: string;
  readonly region: string;
};

/** As an incident keeps it: a call may list a thousand rules. */
export function withoutValues({ recorded: _values, ...change }: Change): Change {
  return change;
}

/** An event that asks nothing of us, and why. */
export type Irrelevant = { readonly irrelevant: string };
