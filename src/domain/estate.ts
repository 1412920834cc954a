import type { ResourceRef } from './change.ts';

export type Tags = Readonly<Record<string, string>>;

export type RuleSource =
  | { readonly kind: 'ipv4'; readonly cidr: string }
  | { readonly kind: 'ipv6'; readonly cidr: string }
  | { readonly kind: 'prefix-list'; readonly id: string }
  | { readonly kind: 'security-group'; readonly id: string };

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
};

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
  readonly description: string;
  readonly tags: Tags;
};

/** Where a group is in use. Read only where the group lets in anybody who could matter. */
export type Surroundings = {
  /** The interfaces that have the group, and those that share one of its neighbours. */
  readonly interfaces: readonly NetworkInterface[];
  /** The other groups on the interfaces that have this one. */
  readonly neighbours: readonly GroupWithRules[];
  /** Ids of the groups with ingress rules whose source is this group. */
  readonly referencedBy: readonly string[];
};

/**
 * The live state of a security group. A prefix list that could not be read is absent from `prefixLists`, which has those
 * of the neighbours, too.
 */
export type SecurityGroupEstate = GroupWithRules & {
  readonly kind: 'security-group';
  readonly prefixLists: readonly PrefixList[];
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
};

export type Volume = { readonly id: string; readonly device: string; readonly deleteOnTermination: boolean };
export type Interface = { readonly id: string; readonly deviceIndex: number; readonly elasticIp: boolean };

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
  readonly volumes: readonly Volume[];
  readonly interfaces: readonly Interface[];
  readonly tags: Tags;
};

export type GroupMember = {
  readonly id: string;
  /** Pending, Pending:Wait, InService, Standby, Terminating, Terminating:Wait, Terminating:Retained, … */
  readonly lifecycleState: string;
  readonly healthy: boolean;
  readonly protectedFromScaleIn: boolean;
  readonly launchTemplate: { readonly id: string; readonly version: string } | null;
  readonly launchConfigurationName: string | null;
};

export type AutoScalingGroup = {
  readonly name: string;
  readonly arn: string;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly suspendedProcesses: readonly string[];
  readonly refreshRunning: boolean;
  readonly members: readonly GroupMember[];
  readonly tags: Tags;
};

/** What the template that the instance was launched from says. `undefined`: the template does not say. */
export type Baseline = {
  /** For people: `lt-0123 version 4`. */
  readonly name: string;
  readonly userData: string | null;
  readonly securityGroupIds: readonly string[] | undefined;
  /** Name or ARN of the instance profile, null for none. */
  readonly profile: string | null;
};

/** The live state of an instance, its group, and (read only when a verdict asks) how it differs from its template. */
export type InstanceEstate = {
  readonly kind: 'instance';
  readonly instance: Instance;
  readonly group: AutoScalingGroup | null;
  /** null when not read: a change vouched for by CloudTrail needs no comparison. */
  readonly drift: Drift | null;
};

/** Compared with its template: what differs, or why it could not be compared. */
export type Drift =
  | { readonly kind: 'compared'; readonly baseline: string; readonly differences: readonly Difference[] }
  | { readonly kind: 'unknown'; readonly why: string };

export type Difference = {
  readonly attribute: 'user-data' | 'security-groups' | 'instance-profile';
  /** Digests for user data, ids for the rest: fit to be shown and stored. */
  readonly expected: string;
  readonly found: string;
};

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

export type Estate = SecurityGroupEstate | InterfaceEstate | PrefixListEstate | InstanceEstate | MissingEstate;
