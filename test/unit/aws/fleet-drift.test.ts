import { expect, test } from 'vitest';
import { awsFleet } from '../../../src/aws/fleet.ts';
import type { Drift, InstanceEstate } from '../../../src/domain/estate.ts';
import { awsError, stub } from './stub.ts';

/** A template version that says all that can be compared, and an instance as EC2 launches it from there. */
const DATA = {
  ImageId: 'ami-1',
  InstanceType: 'm5.large',
  KeyName: 'ops',
  EbsOptimized: true,
  Monitoring: { Enabled: true },
  SecurityGroupIds: ['sg-a1'],
  MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1, HttpEndpoint: 'enabled' },
  BlockDeviceMappings: [
    { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8, VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true } },
  ],
  TagSpecifications: [
    { ResourceType: 'volume', Tags: [{ Key: 'Only', Value: 'volumes' }] },
    { ResourceType: 'instance', Tags: [{ Key: 'Env', Value: 'prod' }] },
  ],
};
const volume = (id: string, device: string) => ({
  DeviceName: device,
  Ebs: { VolumeId: id, DeleteOnTermination: true },
});
const LIVE = {
  InstanceId: 'i-1',
  State: { Name: 'running' },
  VpcId: 'vpc-1',
  ImageId: 'ami-1',
  InstanceType: 'm5.large',
  KeyName: 'ops',
  EbsOptimized: true,
  Monitoring: { State: 'enabled' },
  SecurityGroups: [{ GroupId: 'sg-a1' }],
  MetadataOptions: { State: 'applied', HttpTokens: 'required', HttpPutResponseHopLimit: 1, HttpEndpoint: 'enabled' },
  RootDeviceName: '/dev/xvda',
  BlockDeviceMappings: [volume('vol-1', '/dev/xvda')],
  NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', Attachment: { DeviceIndex: 0 }, SourceDestCheck: true }],
  Tags: [{ Key: 'Env', Value: 'prod' }],
};
const VOLUME = { VolumeId: 'vol-1', Size: 8, VolumeType: 'gp3', Encrypted: true };
const GROUP = {
  AutoScalingGroupName: 'web',
  AutoScalingGroupARN: 'arn:web',
  DesiredCapacity: 1,
  MinSize: 1,
  MaxSize: 1,
  Instances: [
    { InstanceId: 'i-1', LifecycleState: 'InService', LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '4' } },
  ],
};

type Given = {
  readonly data?: object;
  readonly live?: object;
  readonly volume?: object;
  readonly group?: object;
  readonly image?: () => unknown;
  readonly volumes?: () => unknown;
};

async function compare({ data, live, volume: seen, group, image, volumes }: Given = {}) {
  const { client, asked } = stub({
    DescribeInstances: () => ({ Reservations: [{ Instances: [{ ...LIVE, ...live }] }] }),
    DescribeAutoScalingInstances: () => ({ AutoScalingInstances: [{ AutoScalingGroupName: 'web' }] }),
    DescribeAutoScalingGroups: () => ({ AutoScalingGroups: [{ ...GROUP, ...group }] }),
    DescribeInstanceRefreshes: () => ({ InstanceRefreshes: [] }),
    DescribeInstanceAttribute: () => ({ UserData: {} }),
    DescribeLaunchTemplateVersions: () => ({ LaunchTemplateVersions: [{ LaunchTemplateData: { ...DATA, ...data } }] }),
    DescribeVolumes: volumes ?? (() => ({ Volumes: [{ ...VOLUME, ...seen }] })),
    DescribeImages: image ?? (() => ({ Images: [{ BlockDeviceMappings: [{ DeviceName: '/dev/xvda' }] }] })),
  });
  const fleet = awsFleet({ ec2: client, autoScaling: client, iam: client, loadBalancing: client });
  const drift = await fleet.drift((await fleet.read({ type: 'instance', id: 'i-1' })) as InstanceEstate);
  return { drift, actions: asked.map(({ action }) => action) };
}

function pathsOf(drift: Drift) {
  if (drift.kind === 'unknown') throw new Error(drift.why);
  return { differ: drift.differences.map(({ path }) => path), untold: (drift.untold ?? []).map(({ path }) => path) };
}

const overrides = (...Overrides: readonly object[]) => ({
  group: { MixedInstancesPolicy: { LaunchTemplate: { Overrides } } },
});
const options = (given: object) => ({ live: { MetadataOptions: { ...LIVE.MetadataOptions, ...given } } });
const SECOND = { BlockDeviceMappings: [...LIVE.BlockDeviceMappings, volume('vol-2', '/dev/sdf')] };
const imageWith = (...names: readonly string[]) => ({
  image: () => ({ Images: [{ BlockDeviceMappings: names.map((DeviceName) => ({ DeviceName })) }] }),
});

test.each<[string, Given]>([
  ['as it was launched', {}],
  ['with monitoring about to be on', { live: { Monitoring: { State: 'pending' } } }],
  [
    'of a type that an override names',
    { ...overrides({ InstanceType: 'm6i.large' }), live: { InstanceType: 'm6i.large' } },
  ],
  ["of the template's type beside overrides", overrides({ InstanceType: 'm6i.large' })],
  [
    'with a tag that the group gives over the template',
    {
      group: { Tags: [{ Key: 'Env', Value: 'test', PropagateAtLaunch: true }] },
      live: { Tags: [{ Key: 'Env', Value: 'test' }] },
    },
  ],
  [
    'with a second interface whose check is off',
    {
      live: {
        NetworkInterfaces: [
          ...LIVE.NetworkInterfaces,
          { NetworkInterfaceId: 'eni-2', Attachment: { DeviceIndex: 1 }, SourceDestCheck: false },
        ],
      },
    },
  ],
  ['not optimised for EBS where no is said', { data: { EbsOptimized: false } }],
  [
    'encrypted where no is said',
    { data: { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: false } }] } },
  ],
  [
    'with what the template is silent on',
    {
      data: { KeyName: undefined, Monitoring: undefined, MetadataOptions: undefined, ImageId: undefined },
      live: {
        KeyName: 'other',
        Monitoring: { State: 'disabled' },
        ImageId: 'ami-9',
        ...options({ HttpTokens: 'optional' }).live,
      },
    },
  ],
  ['with a volume that the image brings', { live: SECOND, ...imageWith('/dev/xvda', 'sdf') }],
])('an instance %s does not differ', async (_title, given) => {
  expect(pathsOf((await compare(given)).drift)).toEqual({ differ: [], untold: [] });
});

test.each<[string, Given]>([
  ['image', { live: { ImageId: 'ami-2' } }],
  ['type', { live: { InstanceType: 'm5.xlarge' } }],
  ['type', { ...overrides({ InstanceType: 'm6i.large' }), live: { InstanceType: 'm5.xlarge' } }],
  ['profile', { live: { IamInstanceProfile: { Arn: 'arn:aws:iam::123456789012:instance-profile/admin' } } }],
  ['security-groups', { live: { SecurityGroups: [{ GroupId: 'sg-b2' }] } }],
  ['key', { live: { KeyName: undefined } }],
  ['monitoring', { live: { Monitoring: { State: 'disabled' } } }],
  ['ebs-optimized', { live: { EbsOptimized: false } }],
  ['source-dest-check', { live: { NetworkInterfaces: [{ ...LIVE.NetworkInterfaces[0], SourceDestCheck: false }] } }],
  ['metadata-options/http-tokens', options({ HttpTokens: 'optional' })],
  ['metadata-options/http-endpoint', options({ HttpEndpoint: 'disabled' })],
  ['metadata-options/hop-limit', options({ HttpPutResponseHopLimit: 2 })],
  [
    'metadata-options/instance-tags',
    {
      data: { MetadataOptions: { InstanceMetadataTags: 'disabled' } },
      ...options({ InstanceMetadataTags: 'enabled' }),
    },
  ],
  ['block-devices/xvda', { live: { BlockDeviceMappings: [] } }],
  ['block-devices/xvda/size', { volume: { Size: 80 } }],
  ['block-devices/xvda/type', { volume: { VolumeType: 'gp2' } }],
  ['block-devices/xvda/encrypted', { volume: { Encrypted: false } }],
  [
    'block-devices/xvda/delete-on-termination',
    {
      live: {
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeId: 'vol-1', DeleteOnTermination: false } }],
      },
    },
  ],
  ['block-devices/sdf', { live: SECOND }],
  [
    'block-devices/sdf',
    {
      data: { BlockDeviceMappings: [...DATA.BlockDeviceMappings, { DeviceName: '/dev/sdf', NoDevice: '' }] },
      live: SECOND,
      ...imageWith('/dev/xvda', '/dev/sdf'),
    },
  ],
  ['tags/Env', { live: { Tags: [{ Key: 'Env', Value: 'dev' }] } }],
])('only %s differs', async (path, given) => {
  expect(pathsOf((await compare(given)).drift)).toEqual({ differ: [path], untold: [] });
});

const refused = () => awsError('UnauthorizedOperation');
test.each<[string, Given]>([
  ['image', { data: { ImageId: 'resolve:ssm:/golden/web:3' }, live: { ImageId: 'ami-9' } }],
  ['type', { data: { InstanceType: undefined, InstanceRequirements: {} }, live: { InstanceType: 'x1.large' } }],
  ['type', { ...overrides({ InstanceRequirements: {} }), live: { InstanceType: 'x1.large' } }],
  ['monitoring', { live: { Monitoring: undefined } }],
  ['block-devices/sdf', { live: SECOND, image: () => ({ Images: [] }) }],
  ['block-devices/sdf', { live: SECOND, image: refused }],
])('%s is said not to be compared, and is no difference', async (path, given) => {
  expect(pathsOf((await compare(given)).drift)).toEqual({ differ: [], untold: [path] });
});

test('without the right to read volumes the rest is compared', async () => {
  const { drift } = await compare({ volumes: refused, live: { ImageId: 'ami-2' } });
  const parts = ['size', 'type', 'encrypted'].map((part) => `block-devices/xvda/${part}`);
  expect(pathsOf(drift)).toEqual({ differ: ['image'], untold: parts });
});

test('volumes and images are asked for only where something hangs on them', async () => {
  const quiet = await compare({ data: { BlockDeviceMappings: [] } });
  expect(quiet.actions).not.toContain('DescribeVolumes');
  expect(quiet.actions).not.toContain('DescribeImages');
});

test('an interface that the template did not make may have had its check off before', async () => {
  const NetworkInterfaces = [{ ...LIVE.NetworkInterfaces[0], SourceDestCheck: false }];
  const data = { NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: 'eni-1' }], SecurityGroupIds: undefined };
  expect(pathsOf((await compare({ data, live: { NetworkInterfaces } })).drift).differ).toEqual([]);
});

test('what differs is told in words fit to be shown', async () => {
  const { drift } = await compare({ live: { ImageId: 'ami-2', Tags: [] } });
  expect(drift).toEqual({
    kind: 'compared',
    baseline: 'lt-1 version 4',
    differences: [
      { path: 'image', expected: 'ami-1', found: 'ami-2' },
      { path: 'tags/Env', expected: '"prod"', found: 'none' },
    ],
    untold: [],
  });
});
