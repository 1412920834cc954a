import {
  type AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeImagesCommand,
  type EC2Client,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { counter } from '../fakes/world.ts';

export type Scene = {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly imageId: string;
  newSecurityGroup(): Promise<{ readonly id: string; readonly name: string }>;
  /** An instance profile with a role. Returns the name of both. */
  newProfile(): Promise<string>;
  /** A group of two in service from a template with this data. */
  newGroup(
    data: RequestLaunchTemplateData,
  ): Promise<{ readonly name: string; readonly instanceIds: readonly string[] }>;
};

const name = counter('contract');

/** A VPC with a subnet, and what else instances need. */
export async function setScene(ec2: EC2Client, autoScaling: AutoScalingClient, iam: IAMClient): Promise<Scene> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const vpcId = Vpc?.VpcId ?? '';
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.0.0.0/24' }));
  const subnetId = Subnet?.SubnetId ?? '';
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }));
  const imageId = Images[0]?.ImageId ?? '';
  return {
    vpcId,
    subnetId,
    imageId,
    newSecurityGroup: async () => {
      const group = name();
      const command = new CreateSecurityGroupCommand({ GroupName: group, Description: 'contract', VpcId: vpcId });
      return { id: (await ec2.send(command)).GroupId ?? '', name: group };
    },
    newProfile: () => newProfile(iam),
    newGroup: (data) => newGroup(ec2, autoScaling, subnetId, { ImageId: imageId, InstanceType: 't3.micro', ...data }),
  };
}

async function newProfile(iam: IAMClient): Promise<string> {
  const profile = name();
  const trust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  await iam.send(new CreateRoleCommand({ RoleName: profile, AssumeRolePolicyDocument }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: profile }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: profile, RoleName: profile }));
  return profile;
}

async function newGroup(
  ec2: EC2Client,
  autoScaling: AutoScalingClient,
  subnetId: string,
  data: RequestLaunchTemplateData,
) {
  const group = name();
  const template = new CreateLaunchTemplateCommand({ LaunchTemplateName: group, LaunchTemplateData: data });
  const { LaunchTemplate } = await ec2.send(template);
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: group,
      LaunchTemplate: { LaunchTemplateId: LaunchTemplate?.LaunchTemplateId, Version: '$Latest' },
      MinSize: 1,
      MaxSize: 4,
      DesiredCapacity: 2,
      VPCZoneIdentifier: subnetId,
      Tags: [{ Key: 'team', Value: 'web', PropagateAtLaunch: false }],
    }),
  );
  const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] });
  const { AutoScalingGroups = [] } = await autoScaling.send(command);
  return {
    name: group,
    instanceIds: AutoScalingGroups[0]?.Instances?.flatMap(({ InstanceId }) => InstanceId ?? []) ?? [],
  };
}
