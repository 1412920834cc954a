import { describe, expect, test } from 'vitest';
import { awsFleet } from '../../../src/aws/fleet.ts';
import type { InstanceEstate } from '../../../src/domain/estate.ts';
import { Retryable } from '../../../src/roles.ts';
import { awsError, stub } from './stub.ts';

const INSTANCE = {
  InstanceId: 'i-1',
  State: { Name: 'running' },
  VpcId: 'vpc-1',
  SecurityGroups: [{ GroupId: 'sg-a1' }],
  SourceDestCheck: true,
};
const GROUP = {
  AutoScalingGroupName: 'web',
  AutoScalingGroupARN: 'arn:web',
  DesiredCapacity: 1,
  MinSize: 1,
  MaxSize: 1,
};
const MEMBER = {
  InstanceId: 'i-1',
  LifecycleState: 'InService',
  HealthStatus: 'Healthy',
  LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '4' },
};
type Answers = Parameters<typeof stub>[0];

function fleetOf(answers: Answers = {}, member: object = MEMBER) {
  const { client, asked } = stub({
    DescribeInstances: () => ({ Reservations: [{ Instances: [INSTANCE] }] }),
    DescribeAutoScalingInstances: () => ({ AutoScalingInstances: [{ AutoScalingGroupName: 'web' }] }),
    DescribeAutoScalingGroups: () => ({ AutoScalingGroups: [{ ...GROUP, Instances: [member] }] }),
    DescribeInstanceRefreshes: () => ({ InstanceRefreshes: [] }),
    DescribeInstanceAttribute: () => ({ UserData: {} }),
    DescribeLaunchTemplateVersions: () => ({
      LaunchTemplateVersions: [{ LaunchTemplateData: { SecurityGroupIds: ['sg-a1'] } }],
    }),
    ...answers,
  });
  return { fleet: awsFleet({ ec2: client, autoScaling: client, iam: client, loadBalancing: client }), asked };
}

async function driftOf(answers: Answers, member: object = MEMBER) {
  const { fleet } = fleetOf(answers, member);
  return fleet.drift((await fleet.read({ type: 'instance', id: 'i-1' })) as InstanceEstate);
}
const template = (data: object): Answers => ({
  DescribeLaunchTemplateVersions: () => ({ LaunchTemplateVersions: [{ LaunchTemplateData: data }] }),
});
const named = (name: string, id: string): Answers => ({
  DescribeSecurityGroups: ({ Filters }) => ({
    SecurityGroups:
      JSON.stringify(Filters) ===
      JSON.stringify([
        { Name: 'vpc-id', Values: ['vpc-1'] },
        { Name: 'group-name', Values: [name] },
      ])
        ? [{ GroupName: name, GroupId: id }]
        : [],
  }),
});

describe('refreshes', () => {
  test.each([
    ['Pending', true],
    ['InProgress', true],
    ['Cancelling', true],
    ['RollbackInProgress', true],
    ['Baking', true],
    ['SomethingNew', true],
    ['Successful', false],
    ['Failed', false],
    ['Cancelled', false],
    ['RollbackFailed', false],
    ['RollbackSuccessful', false],
  ])('%s is at work: %s', async (Status, expected) => {
    const { fleet } = fleetOf({ DescribeInstanceRefreshes: () => ({ InstanceRefreshes: [{ Status }] }) });
    expect((await fleet.group('web'))?.refreshRunning).toBe(expected);
  });
});

describe('drift', () => {
  test('of an instance in the default group, where the template names none', async () => {
    const drift = await driftOf({ ...template({}), ...named('default', 'sg-a1') });
    expect(drift).toEqual({ kind: 'compared', baseline: 'lt-1 version 4', differences: [], untold: [] });
  });

  test('of groups given by name', async () => {
    const drift = await driftOf({ ...template({ SecurityGroups: ['web'] }), ...named('web', 'sg-a1') });
    expect(drift).toMatchObject({ kind: 'compared', differences: [] });
  });

  test('is unknown when a group of that name is gone', async () => {
    const drift = await driftOf({ ...template({ SecurityGroups: ['web'] }), ...named('other', 'sg-a1') });
    expect(drift).toEqual({ kind: 'unknown', why: 'security group web of the template is not in vpc-1' });
  });

  test('compares the groups of the first interface, not of a second', async () => {
    const NetworkInterfaces = [
      { DeviceIndex: 1, Groups: ['sg-b2'] },
      { DeviceIndex: 0, Groups: ['sg-a1'] },
    ];
    expect(await driftOf(template({ NetworkInterfaces }))).toMatchObject({ differences: [] });
  });

  test('says nothing of groups when the template attaches an interface that was there before', async () => {
    const NetworkInterfaces = [{ DeviceIndex: 0, NetworkInterfaceId: 'eni-1' }];
    expect(await driftOf(template({ NetworkInterfaces }))).toMatchObject({ kind: 'compared', differences: [] });
  });

  test('does not take another spelling of base64 for other user data', async () => {
    const data = template({ SecurityGroupIds: ['sg-a1'], UserData: 'IyEv\nYmluL3No' });
    const drift = await driftOf({
      ...data,
      DescribeInstanceAttribute: () => ({ UserData: { Value: 'IyEvYmluL3No' } }),
    });
    expect(drift).toMatchObject({ kind: 'compared', differences: [] });
  });

  test('never shows user data', async () => {
    const Value = Buffer.from('password=hunter2').toString('base64');
    const drift = await driftOf({ DescribeInstanceAttribute: () => ({ UserData: { Value } }) });
    expect(drift).toMatchObject({ differences: [{ path: 'user-data', expected: 'none' }] });
    expect(JSON.stringify(drift)).not.toContain(Value);
  });

  test('of an instance from a launch configuration', async () => {
    const member = { ...MEMBER, LaunchTemplate: undefined, LaunchConfigurationName: 'web-1' };
    const found = { LaunchConfigurations: [{ SecurityGroups: ['sg-a1'], UserData: '', IamInstanceProfile: 'web' }] };
    const drift = await driftOf({ DescribeLaunchConfigurations: () => found }, member);
    expect(drift).toEqual({
      kind: 'compared',
      baseline: 'launch configuration web-1',
      differences: [{ path: 'profile', expected: 'web', found: 'none' }],
      untold: [],
    });
  });

  test.each([
    ['the version is gone', { DescribeLaunchTemplateVersions: () => ({ LaunchTemplateVersions: [] }) }, 'version 4'],
    [
      'the template is gone',
      { DescribeLaunchTemplateVersions: () => awsError('InvalidLaunchTemplateId.NotFound') },
      'NotFound',
    ],
    [
      'user data may not be read',
      { DescribeInstanceAttribute: () => awsError('UnauthorizedOperation') },
      'DescribeInstanceAttribute',
    ],
  ])('is unknown when %s', async (_title, answers: Answers, why) => {
    expect(await driftOf(answers)).toEqual({ kind: 'unknown', why: expect.stringContaining(why) });
  });

  test.each([['$Latest'], ['$Default']])('is unknown when the group says %s instead of a version', async (Version) => {
    const member = { ...MEMBER, LaunchTemplate: { LaunchTemplateId: 'lt-1', Version } };
    expect((await driftOf({}, member)).kind).toBe('unknown');
  });

  test('is asked again later when EC2 throttles', async () => {
    const throttled = { DescribeLaunchTemplateVersions: () => awsError('RequestLimitExceeded') };
    await expect(driftOf(throttled)).rejects.toBeInstanceOf(Retryable);
  });
});

describe('an instance', () => {
  test.each([
    ['an Elastic IP', { IpOwnerId: '123456789012' }, true],
    ['a public address of its own', { IpOwnerId: 'amazon' }, false],
    ['no public address', undefined, false],
  ])('with %s', async (_title, Association, elasticIp) => {
    const NetworkInterfaces = [{ NetworkInterfaceId: 'eni-1', Attachment: { DeviceIndex: 0 }, Association }];
    const { fleet } = fleetOf({
      DescribeInstances: () => ({ Reservations: [{ Instances: [{ ...INSTANCE, NetworkInterfaces }] }] }),
    });
    const estate = await fleet.read({ type: 'instance', id: 'i-1' });
    expect(estate).toMatchObject({ instance: { interfaces: [{ id: 'eni-1', deviceIndex: 0, elasticIp }] } });
  });

  test('whose volume does not say that it goes too counts as keeping it', async () => {
    const BlockDeviceMappings = [{ DeviceName: '/dev/sdb', Ebs: { VolumeId: 'vol-1' } }];
    const { fleet } = fleetOf({
      DescribeInstances: () => ({ Reservations: [{ Instances: [{ ...INSTANCE, BlockDeviceMappings }] }] }),
    });
    const estate = await fleet.read({ type: 'instance', id: 'i-1' });
    expect(estate).toMatchObject({ instance: { volumes: [{ id: 'vol-1', deleteOnTermination: false }] } });
  });
});

describe('a group', () => {
  const groupOf = async (given: object, member: object = MEMBER) => {
    const { fleet } = fleetOf({
      DescribeAutoScalingGroups: () => ({ AutoScalingGroups: [{ ...GROUP, ...given, Instances: [member] }] }),
    });
    return fleet.group('web');
  };
  const policy = (MinHealthyPercentage: number, MaxHealthyPercentage: number) => ({
    InstanceMaintenancePolicy: { MinHealthyPercentage, MaxHealthyPercentage },
  });

  test('has its maintenance policy, its subnets and what it launches from', async () => {
    const given = {
      ...policy(100, 110),
      VPCZoneIdentifier: 'subnet-1,subnet-2',
      LaunchTemplate: { LaunchTemplateId: 'lt-1' },
    };
    expect(await groupOf(given)).toMatchObject({
      maintenance: { minHealthy: 100, maxHealthy: 110 },
      subnetIds: ['subnet-1', 'subnet-2'],
      launchesFrom: [{ kind: 'template', id: 'lt-1', version: '$Default' }],
    });
  });

  test('has none of it where it says nothing', async () => {
    expect(await groupOf({})).toMatchObject({ maintenance: null, subnetIds: [], launchesFrom: [] });
  });

  test('of mixed instances launches from each template that it names, and counts by weight', async () => {
    const spec = (id: string) => ({ LaunchTemplateSpecification: { LaunchTemplateId: id, Version: '3' } });
    const Overrides = [{ InstanceType: 'm7g.large' }, spec('lt-2')];
    const given = { MixedInstancesPolicy: { LaunchTemplate: { ...spec('lt-1'), Overrides } } };
    const group = await groupOf(given, { ...MEMBER, WeightedCapacity: '4' });
    expect(group?.launchesFrom).toEqual([
      { kind: 'template', id: 'lt-1', version: '3' },
      { kind: 'template', id: 'lt-2', version: '3' },
    ]);
    expect(group?.members[0]?.weight).toBe(4);
  });

  test('has a member of its warm pool, which it does not list', async () => {
    const warm = { ...MEMBER, AutoScalingGroupName: 'web', LifecycleState: 'Warmed:Stopped', HealthStatus: 'HEALTHY' };
    const { fleet } = fleetOf({
      DescribeAutoScalingInstances: () => ({ AutoScalingInstances: [warm] }),
      DescribeAutoScalingGroups: () => ({ AutoScalingGroups: [{ ...GROUP, Instances: [] }] }),
    });
    const estate = await fleet.read({ type: 'instance', id: 'i-1' });
    expect(estate).toMatchObject({
      group: { members: [{ id: 'i-1', lifecycleState: 'Warmed:Stopped', healthy: true }] },
    });
  });

  test('does not get back what it has let go of', async () => {
    const left = { ...MEMBER, AutoScalingGroupName: 'web', LifecycleState: 'InService' };
    const { fleet } = fleetOf({
      DescribeAutoScalingInstances: () => ({ AutoScalingInstances: [left] }),
      DescribeAutoScalingGroups: () => ({ AutoScalingGroups: [{ ...GROUP, Instances: [] }] }),
    });
    expect(await fleet.read({ type: 'instance', id: 'i-1' })).toMatchObject({ group: { members: [] } });
  });
});

describe('replacing', () => {
  test('marks it unhealthy whatever its grace period, where its successor comes first', async () => {
    const { fleet, asked } = fleetOf({ SetInstanceHealth: () => ({}) });
    expect(await fleet.replace('i-1', 'launch-first')).toEqual({ requestId: 'request-1' });
    expect(asked).toEqual([
      {
        action: 'SetInstanceHealth',
        input: { InstanceId: 'i-1', HealthStatus: 'Unhealthy', ShouldRespectGracePeriod: false },
      },
    ]);
  });

  test.each(['launch-first', 'terminate-first'] as const)('%s is nothing for what is gone already', async (how) => {
    const gone = awsError('ValidationError', 'Instance Id not found - No managed instance found for instance ID: i-1');
    const { fleet } = fleetOf({ SetInstanceHealth: () => gone, TerminateInstanceInAutoScalingGroup: () => gone });
    expect(await fleet.replace('i-1', how)).toEqual({ requestId: null });
  });

  test('keeps the desired capacity', async () => {
    const { fleet, asked } = fleetOf({ TerminateInstanceInAutoScalingGroup: () => ({}) });
    expect(await fleet.replace('i-1', 'terminate-first')).toEqual({ requestId: 'request-1' });
    expect(asked[0]?.input).toEqual({ InstanceId: 'i-1', ShouldDecrementDesiredCapacity: false });
  });

  test('is refused when the request itself is wrong', async () => {
    const wrong = awsError('ValidationError', '1 validation error detected');
    const { fleet } = fleetOf({ TerminateInstanceInAutoScalingGroup: () => wrong });
    await expect(fleet.replace('i-1', 'terminate-first')).rejects.toMatchObject({
      name: 'AwsRefused',
      code: 'ValidationError',
    });
  });
});
