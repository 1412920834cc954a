import type { AutoScalingGroup, Baseline, GroupMember, Instance } from '../../src/domain/estate.ts';

export type FleetWorld = {
  readonly instances: Readonly<Record<string, { readonly instance: Instance; readonly userData: string | null }>>;
  readonly groups: Readonly<Record<string, AutoScalingGroup>>;
  /** What each group launches from. */
  readonly baselines: Readonly<Record<string, Baseline>>;
};

export const NO_FLEET: FleetWorld = { instances: {}, groups: {}, baselines: {} };

const ARN = 'arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:0:autoScalingGroupName/';

/** A group of two that nothing is wrong with, and what is given. */
export function plainGroup(given: Partial<AutoScalingGroup> & { readonly name: string }): AutoScalingGroup {
  return {
    arn: `${ARN}${given.name}`,
    desired: 2,
    min: 1,
    max: 4,
    suspendedProcesses: [],
    trafficSources: [],
    warmUp: { seconds: 0, setting: 'HealthCheckGracePeriod' },
    refreshRunning: false,
    maintenance: null,
    launchesFrom: [{ kind: 'template', id: 'lt-0123456789abcdef0', version: '1' }],
    subnetIds: ['subnet-0123456789abcdef0'],
    members: [],
    tags: {},
    ...given,
  };
}

export function withGroup(world: FleetWorld, group: AutoScalingGroup): FleetWorld {
  return { ...world, groups: { ...world.groups, [group.name]: group } };
}

export function withInstance(world: FleetWorld, instance: Instance, userData: string | null): FleetWorld {
  return { ...world, instances: { ...world.instances, [instance.id]: { instance, userData } } };
}

/** Changes a member, or with null takes it out of its group. The same world when there is no such member. */
export function withMember(
  world: FleetWorld,
  instanceId: string,
  change: (member: GroupMember) => GroupMember | null,
): FleetWorld {
  const group = Object.values(world.groups).find(({ members }) => members.some(({ id }) => id === instanceId));
  if (group === undefined) return world;
  const members = group.members.map((member) => (member.id === instanceId ? change(member) : member));
  return withGroup(world, { ...group, members: members.filter((member) => member !== null) });
}

/** What the group's template makes of a launch. */
export function launched(
  world: FleetWorld,
  name: string,
  start: { readonly id: string; readonly lifecycleState: string; readonly launchedAt: string },
): FleetWorld {
  const group = world.groups[name];
  if (group === undefined) return world;
  const baseline = world.baselines[name];
  const next = withInstance(world, instanceFrom(baseline, start), baseline?.userData ?? null);
  const member: GroupMember = {
    id: start.id,
    lifecycleState: start.lifecycleState,
    healthy: true,
    protectedFromScaleIn: false,
    launchTemplate: { id: 'lt-0123456789abcdef0', version: '1' },
    launchConfigurationName: null,
    weight: 1,
  };
  return withGroup(next, { ...group, members: [...group.members, member] });
}

function instanceFrom(
  baseline: Baseline | undefined,
  start: { readonly id: string; readonly lifecycleState: string; readonly launchedAt: string },
): Instance {
  return {
    id: start.id,
    state: start.lifecycleState === 'Pending' ? 'pending' : 'running',
    vpcId: 'vpc-0123456789abcdef0',
    imageId: baseline?.image ?? 'ami-0123456789abcdef0',
    launchedAt: start.launchedAt,
    securityGroupIds: baseline?.securityGroupIds ?? ['sg-0123456789abcdef0'],
    profileArn: profileArn(baseline?.profile ?? null),
    rootDevice: '/dev/xvda',
    volumes: [{ id: start.id.replace('i-', 'vol-'), device: '/dev/xvda', deleteOnTermination: true }],
    interfaces: [{ id: start.id.replace('i-', 'eni-'), deviceIndex: 0, elasticIp: false }],
    tags: baseline?.tags ?? {},
    traits: { type: baseline?.types?.[0] ?? 't3.micro', ...baseline?.traits },
  };
}

function profileArn(profile: string | null): string | null {
  if (profile === null || profile.startsWith('arn:')) return profile;
  return `arn:aws:iam::123456789012:instance-profile/${profile}`;
}

export function inState(world: FleetWorld, instanceId: string, state: string): FleetWorld {
  const known = world.instances[instanceId];
  return known === undefined ? world : withInstance(world, { ...known.instance, state }, known.userData);
}

export function terminated(world: FleetWorld, instanceId: string): FleetWorld {
  return inState(
    withMember(world, instanceId, () => null),
    instanceId,
    'terminated',
  );
}

export function forgotten(world: FleetWorld, instanceId: string): FleetWorld {
  const { [instanceId]: _gone, ...instances } = world.instances;
  return { ...world, instances };
}

/** Only what still waits: an instance that was terminated while Pending stays so. */
export function inService(world: FleetWorld, instanceId: string): FleetWorld {
  const members = Object.values(world.groups).flatMap((group) => group.members);
  const waits = members.some(({ id, lifecycleState }) => id === instanceId && lifecycleState === 'Pending');
  if (!waits) return world;
  const next = withMember(world, instanceId, (member) => ({ ...member, lifecycleState: 'InService' }));
  return inState(next, instanceId, 'running');
}
