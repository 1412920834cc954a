import type { BaselineChange, ResourceRef } from './change.ts';
import type { DriftPath, Trait } from './drift-path.ts';
import type { GroupRecords } from './fight.ts';
import type { ImageFacts } from './image.ts';
import type { Ties } from './obstacle.ts';
import type { Sessions, Taint } from './taint.ts';

export type Tags = Readonly<Record<string, string>>;

export type RuleSource =
  | { readonly kind: 'ipv4'; readonly cidr: string }
  | { readonly kind: 'ipv6'; readonly cidr: string }
  | { readonly kind: 'prefix-list'; readonly id: string }
  | ReferencedGroup;

/** A group as the source or target of a rule, with what EC2 says of it; what it does not say is left out. */
export type ReferencedGroup = {
  readonly kind: 'security-group';
  readonly id: string;
  /** The account that owns it, where that is another one than owns the rule's group. */
  readonly ownerId?: string;
  /** Its VPC, and the peering connection through which it is referenced, with the status of that. */
  readonly vpcId?: string;
  readonly peeringId?: string;
  readonly peeringStatus?: string;
};

/** One security-group rule: one source, one port range, one id. */
export type SecurityGroupRule = {
  readonly id: string;
  readonly groupId: string;
  readonly egress: boolean;
  /** As EC2 gives it: `tcp`, `udp`, `icmp`, `icmpv6`, `-1` or a number. */
  readonly protocol: string;
  /** -1 when the protocol is `-1`; ICMP type and code for ICMP. */
  readonly fromPort: number;
  readonly toPort: number;
  readonly source: RuleSource;
  readonly description: string | null;
  /** Tags of the rule itself; left out where it has none, or where they are not known. */
  readonly tags?: Tags;
  /** It has tags that a record has no room for. */
  readonly tagsLeftOut?: true;
};

/** A rule by its values: what it is called, and of which group it is, stands elsewhere. */
export type RuleValue = Omit<SecurityGroupRule, 'id' | 'groupId' | 'egress'>;

export type PrefixList = {
  readonly id: string;
  readonly name: string | null;
  readonly ownerId: string | null;
  /** Of the newest version, which is the one that rules use. */
  readonly cidrs: readonly string[];
  readonly version: number | null;
  /** By CIDR, where an entry has one. */
  readonly descriptions?: Readonly<Record<string, string>>;
};

export type SecurityGroup = {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly vpcId: string | null;
  readonly tags: Tags;
};

export type GroupWithRules = { readonly group: SecurityGroup; readonly rules: readonly SecurityGroupRule[] };

export type NetworkInterface = {
  readonly id: string;
  readonly vpcId: string | null;
  readonly ownerId: string;
  readonly groupIds: readonly string[];
  /** The instance that it is attached to, or null. */
  readonly instanceId: string | null;
  /** Made by an AWS service (a load balancer, a database, a function): its groups are that service's to set. */
  readonly requesterManaged: boolean;
  /** Of a load balancer, as the service that made it says; nobody else can. */
  readonly loadBalancer: boolean;
  /** As EC2 gives it: `interface`, `efa`, `nat_gateway`, `quicksight`, …; empty where it is not given. */
  readonly interfaceType: string;
  /** Who asked EC2 for it: an account, a service, or a role with the name of its session. null where that is not given. */
  readonly requesterId: string | null;
  /** Its public IPv4 addresses, and its IPv6 addresses and prefixes that are not private. */
  readonly publicAddresses: readonly string[];
  readonly description: string;
  readonly tags: Tags;
};

/** Where a group is in use. Read only where the group lets in anybody who could matter, and after that was acted upon. */
export type Surroundings = {
  /** The interfaces that have the group, and those that share one of its neighbours. */
  readonly interfaces: readonly NetworkInterface[];
  /** The other groups on the interfaces that have this one. */
  readonly neighbours: readonly GroupWithRules[];
  /** Ids of the groups with ingress rules whose source is this group; absent when not read. */
  readonly referencedBy?: readonly string[];
};

/**
 * The live state of a security group. A prefix list that could not be read is absent from `prefixLists`, which has those
 * of the neighbours, too.
 */
export type SecurityGroupEstate = GroupWithRules & {
  readonly kind: 'security-group';
  readonly prefixLists: readonly PrefixList[];
  /** The interfaces that have the group, where they were read without the rest of its surroundings. */
  readonly users?: readonly NetworkInterface[];
  /** Why these could not be read: then nobody is known to keep the group. */
  readonly usersUnread?: string;
  /** null when not read. */
  readonly surroundings: Surroundings | null;
};

/** A network interface with every group on it. */
export type InterfaceEstate = {
  readonly kind: 'network-interface';
  readonly networkInterface: NetworkInterface;
  readonly groups: readonly GroupWithRules[];
  readonly prefixLists: readonly PrefixList[];
  /** Every interface that has one of these groups, this one included. */
  readonly interfaces: readonly NetworkInterface[];
};

/** A prefix list with the groups whose rules name it. */
export type PrefixListEstate = {
  readonly kind: 'prefix-list';
  readonly list: PrefixList;
  readonly groups: readonly GroupWithRules[];
  /** All the lists that these groups name, this one included. */
  readonly prefixLists: readonly PrefixList[];
  /** The interfaces that have one of these groups; left out where they were not read. */
  readonly interfaces?: readonly NetworkInterface[];
};

export type Volume = {
  readonly id: string;
  readonly device: string;
  readonly deleteOnTermination: boolean;
  /** Read only where the template says what they should be. `size` in GiB. */
  readonly size?: number;
  readonly type?: string;
  readonly encrypted?: boolean;
};
export type Interface = { readonly id: string; readonly deviceIndex: number; readonly elasticIp: boolean };

/** Values fit to be compared and shown, each with one spelling; one that is absent is not known. */
export type Traits = Readonly<Partial<Record<Trait, string>>>;

export type Instance = {
  readonly id: string;
  /** pending, running, shutting-down, terminated, stopping, stopped */
  readonly state: string;
  readonly vpcId: string | null;
  readonly imageId: string | null;
  readonly launchedAt: string | null;
  readonly securityGroupIds: readonly string[];
  /** ARN of the instance profile, or null when it has none. */
  readonly profileArn: string | null;
  readonly rootDevice: string | null;
  /** Its root device is no volume, but instance store. */
  readonly rootInStore?: true;
  readonly volumes: readonly Volume[];
  readonly interfaces: readonly Interface[];
  readonly tags: Tags;
  readonly traits?: Traits & { readonly type?: string };
};

export type GroupMember = {
  readonly id: string;
  /** Pending, Pending:Wait, InService, Standby, Terminating, Terminating:Wait, Terminating:Retained, … */
  readonly lifecycleState: string;
  readonly healthy: boolean;
  readonly protectedFromScaleIn: boolean;
  readonly launchTemplate: { readonly id: string; readonly version: string } | null;
  readonly launchConfigurationName: string | null;
  /** How much of the desired capacity it makes up: 1, or more in a group with weights. */
  readonly weight: number;
};

/** How much of its capacity a group keeps healthy while Auto Scaling replaces instances, in per cent of the desired. */
export type MaintenancePolicy = { readonly minHealthy: number; readonly maxHealthy: number };

/** What successors are launched from; `version` may be `$Latest` or `$Default`. */
export type LaunchSource =
  | { readonly kind: 'template'; readonly id: string; readonly version: string }
  | { readonly kind: 'configuration'; readonly name: string };

/** Whether a successor could be launched: nothing speaks against it, something does, or it could not be read. */
export type LaunchCheck =
  /**
   * `images` as the templates name them: `ami-…`, or `resolve:ssm:…`; left out where they name none. `turnover`: what the
   * group's activities say of the last hours.
   */
  | { readonly kind: 'ready'; readonly images?: readonly string[]; readonly turnover?: Turnover }
  | { readonly kind: 'broken'; readonly why: string }
  | { readonly kind: 'unread'; readonly why: string };

/** Where the instances of a group get their traffic from. */
export type TrafficSource =
  | { readonly kind: 'target-group'; readonly arn: string }
  /** Its health is not read: a Classic Load Balancer, a VPC Lattice target group, or a kind that AWS has added. */
  | { readonly kind: 'other'; readonly name: string };

/** What all the sources of traffic of a group say about one of its instances. */
export type TargetHealth =
  | { readonly kind: 'healthy' }
  /** Not in one of them at least, or they cannot answer now. */
  | { readonly kind: 'not-healthy'; readonly why: string }
  /** Healthy in those that could be read; of another it cannot be known. */
  | { readonly kind: 'unread'; readonly why: string };

/** How long a new instance of the group takes until it carries load, and the setting that says so. */
export type WarmUp = { readonly seconds: number; readonly setting: 'DefaultInstanceWarmup' | 'HealthCheckGracePeriod' };

/** Who came to a group lately, and who went without making it smaller. Instants are ISO 8601, UTC. */
export type Turnover = { readonly came: readonly Moved[]; readonly went: readonly Moved[] };
type Moved = { readonly id: string; readonly at: string };

export type AutoScalingGroup = {
  readonly name: string;
  readonly arn: string;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly suspendedProcesses: readonly string[];
  readonly trafficSources: readonly TrafficSource[];
  readonly warmUp: WarmUp;
  readonly refreshRunning: boolean;
  /** null where the group has none; then Auto Scaling terminates first. */
  readonly maintenance: MaintenancePolicy | null;
  /** Every template of a mixed-instances policy, else the one of the group. */
  readonly launchesFrom: readonly LaunchSource[];
  readonly subnetIds: readonly string[];
  readonly members: readonly GroupMember[];
  readonly tags: Tags;
  readonly overrides?: LaunchOverrides;
};

/** What the template that the instance was launched from says. `undefined`: the template does not say. */
export type Baseline = {
  /** For people: `lt-0123 version 4`. */
  readonly name: string;
  readonly userData: string | null;
  readonly securityGroupIds: readonly string[] | undefined;
  /** Name or ARN of the instance profile, null for none. */
  readonly profile: string | null;
  readonly image?: string;
  /** Each of them is right: the template's own and, in a mixed-instances group, those of its overrides. */
  readonly types?: readonly string[];
  readonly traits?: Traits;
  readonly devices?: readonly DeviceSays[];
  /** The devices that the image brings by itself; absent when they are not known. */
  readonly imageDevices?: readonly string[];
  /** Without AWS's own, and those that the group gives its instances whatever the template says. */
  readonly tags?: Tags;
  /** What the template says in a way that cannot be compared. */
  readonly untold?: readonly Untold[];
};

/** A block device as a template declares it. `size` in GiB. */
export type DeviceSays = {
  readonly device: string;
  readonly size?: number;
  readonly type?: string;
  readonly encrypted?: boolean;
  readonly deleteOnTermination?: boolean;
};

/** What a group says over its template. */
export type LaunchOverrides = {
  readonly types: readonly string[];
  /** Types are chosen by what they must have: any may be right. */
  readonly byRequirements: boolean;
  /** Keys of the tags that the group gives its instances. */
  readonly tagKeys: readonly string[];
};

/** What could not be compared, and why. It is never reported as a difference. */
export type Untold = { readonly path: DriftPath; readonly why: string };

/** The live state of an instance, its group, and how it differs from its template. */
export type InstanceEstate = {
  readonly kind: 'instance';
  readonly instance: Instance;
  readonly group: AutoScalingGroup | null;
  /** null when not read: only a verdict is judged by it, and only a finding has it for evidence. */
  readonly drift: Drift | null;
  /** Read only when a replacement is about to be made. */
  readonly launch?: LaunchCheck;
  /** Open findings on what the group launches from, in words; read only when a replacement is about to be made. */
  readonly baselineChanges?: readonly string[];
  /** Read only where the policy asks for images: the instance's own and, before an act, those of its successor. */
  readonly imageFacts?: ImageFacts;
  /** Earlier replacements that a target group does not find healthy; read only when a replacement is about to be made. */
  readonly ailing?: readonly string[];
  /** What the ledger knows of the group; left out where it was not asked. */
  readonly records?: GroupRecords;
  /** Open incidents about this instance having been entered; read only where the change is another such entry. */
  readonly taints?: readonly Taint[];
  /** Read only when a replacement is about to be made. */
  readonly ties?: Ties;
  /** Read only when a replacement for having been entered is about to be made. */
  readonly sessions?: Sessions;
  /** The incident of the expression that named it among others, where a person cleared that. */
  readonly clearedWith?: string;
};

export type Difference = {
  readonly path: DriftPath;
  /** Digests for user data, ids and plain values for the rest: fit to be shown and stored. */
  readonly expected: string;
  readonly found: string;
};

export type Comparison = { readonly differences: readonly Difference[]; readonly untold: readonly Untold[] };

/** Compared with its template: what differs, or why it could not be compared. */
export type Drift =
  | {
      readonly kind: 'compared';
      readonly baseline: string;
      readonly differences: readonly Difference[];
      readonly untold?: readonly Untold[];
    }
  | { readonly kind: 'unknown'; readonly why: string };

/** The instance as its Auto Scaling group lists it. */
export function memberOf({ instance, group }: InstanceEstate): GroupMember | undefined {
  return group?.members.find(({ id }) => id === instance.id);
}

/** Terminated, or on its way there: EC2 does not bring it back. */
export function isEnding({ state }: Instance): boolean {
  return state === 'shutting-down' || state === 'terminated';
}

/** The resource that a change names does not exist (any more). */
export type MissingEstate = { readonly kind: 'missing'; readonly resource: ResourceRef };

/** Machines that a change names by an expression. */
export type TargetsEstate = {
  readonly kind: 'targets';
  readonly resource: ResourceRef;
  /** Left out where nobody can look them up. */
  readonly meant?: Meant;
};

/** The machines of an expression that were there at the time of the change, and still are. */
export type Meant =
  /**
   * Without those that a person cleared. `complete` is false while further ones may come: a command reaches its machines one
   * after the other.
   */
  | { readonly kind: 'found'; readonly machines: readonly Machine[]; readonly complete: boolean }
  | { readonly kind: 'unread'; readonly why: string };

/** One of many machines: no more than who it belongs to. */
export type Machine = {
  readonly id: string;
  readonly vpcId: string | null;
  readonly launchedAt: string | null;
  readonly group: MachineGroup | null;
  /** On its way out of its group already, by us or by others. */
  readonly ending: boolean;
};
/** `desired` in units of the group's capacity. */
export type MachineGroup = { readonly name: string; readonly desired: number; readonly tags: Tags };

/** A launch template, or a group's choice of one. `accepted`: the change was made by a trusted actor. */
export type BaselineEstate = {
  readonly kind: 'baseline';
  readonly resource: ResourceRef;
  readonly accepted?: { readonly what: BaselineChange; readonly at: string };
};

export type Estate =
  | SecurityGroupEstate
  | InterfaceEstate
  | PrefixListEstate
  | InstanceEstate
  | TargetsEstate
  | BaselineEstate
  | MissingEstate;
