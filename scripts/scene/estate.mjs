import { CreateAutoScalingGroupCommand, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateLaunchTemplateCommand,
  CreateSecurityGroupCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { CreateTargetGroupCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { makeProfile } from './profiles.mjs';
import { until } from './until.mjs';

/** @typedef {import('./clients.mjs').Clients} Clients */
/** @typedef {import('@aws-sdk/client-ec2').IpPermission} IpPermission */

/** @param {Clients} clients */
async function defaultNetwork({ ec2 }) {
  const { Vpcs = [] } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }),
  );
  const vpcId = Vpcs[0]?.VpcId ?? '';
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
  );
  return { vpcId, subnetId: Subnets[0]?.SubnetId ?? '' };
}

/** @param {Clients} clients @param {string} name @param {Record<string, string>} [tags] */
export async function makeSecurityGroup(clients, name, tags = {}) {
  const { vpcId } = await defaultNetwork(clients);
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const { GroupId } = await clients.ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: name,
      Description: 'made for a test of undrift',
      VpcId: vpcId,
      ...(Tags.length > 0 && { TagSpecifications: [{ ResourceType: 'security-group', Tags }] }),
    }),
  );
  return GroupId ?? '';
}

/**
 * Adds rules, and answers with them as the API does.
 * @param {Clients} clients @param {string} groupId @param {IpPermission} permission
 */
export async function authorize({ ec2 }, groupId, permission) {
  const command = new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [permission] });
  const { SecurityGroupRules = [] } = await ec2.send(command);
  return SecurityGroupRules;
}

/** @param {number} port @param {string[]} cidrs @returns {IpPermission} */
export function tcp(port, ...cidrs) {
  return {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: cidrs.filter((cidr) => !cidr.includes(':')).map((CidrIp) => ({ CidrIp })),
    Ipv6Ranges: cidrs.filter((cidr) => cidr.includes(':')).map((CidrIpv6) => ({ CidrIpv6 })),
  };
}

/** Ingress rules as EC2 tells them. @param {Clients} clients @param {string} groupId */
export async function rulesOf({ ec2 }, groupId) {
  const command = new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [groupId] }] });
  const { SecurityGroupRules = [] } = await ec2.send(command);
  return SecurityGroupRules.filter((rule) => !rule.IsEgress);
}

/** @param {Clients} clients @param {string} groupId */
export async function ruleIds(clients, groupId) {
  const rules = await rulesOf(clients, groupId);
  return rules.map((rule) => rule.SecurityGroupRuleId ?? '').sort();
}

/**
 * An Auto Scaling group with all its instances in service, and a profile of its name that they have.
 * @param {Clients} clients
 * @param {{ name: string, size: number, tags?: Record<string, string>, version?: string, launchFirst?: boolean,
 *   warmUp?: number, targetGroup?: string }} wish `version` of the template that the group launches from; `warmUp` in
 *   seconds, as its default; `targetGroup` by its ARN
 */
export async function makeFleet(
  clients,
  { name, size, tags = {}, version = '1', launchFirst = false, warmUp, targetGroup },
) {
  const { subnetId } = await defaultNetwork(clients);
  const { Images = [] } = await clients.ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }));
  const groupId = await makeSecurityGroup(clients, `${name}-instances`);
  await makeProfile(clients, name);
  const { LaunchTemplate } = await clients.ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: name,
      LaunchTemplateData: {
        ImageId: Images[0]?.ImageId,
        InstanceType: 't3.micro',
        SecurityGroupIds: [groupId],
        IamInstanceProfile: { Name: name },
        UserData: Buffer.from('#!/bin/sh\necho as written in code\n').toString('base64'),
      },
    }),
  );
  await clients.autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      MinSize: size,
      MaxSize: size * 2,
      DesiredCapacity: size,
      VPCZoneIdentifier: subnetId,
      LaunchTemplate: { LaunchTemplateId: LaunchTemplate?.LaunchTemplateId, Version: version },
      ...(warmUp !== undefined && { DefaultInstanceWarmup: warmUp }),
      ...(targetGroup !== undefined && { TargetGroupARNs: [targetGroup] }),
      ...(launchFirst && { InstanceMaintenancePolicy: { MinHealthyPercentage: 100, MaxHealthyPercentage: 200 } }),
      Tags: Object.entries(tags).map(([Key, Value]) => ({
        ResourceId: name,
        ResourceType: 'auto-scaling-group',
        Key,
        Value,
        PropagateAtLaunch: false,
      })),
    }),
  );
  await until(`${size} instances in service in ${name}`, async () => (await inService(clients, name)).length === size);
  const templateId = LaunchTemplate?.LaunchTemplateId ?? '';
  return { name, groupId, templateId, instanceIds: await inService(clients, name) };
}

/** A target group in the default VPC. Returns its ARN. @param {Clients} clients @param {string} name */
export async function makeTargetGroup(clients, name) {
  const { vpcId } = await defaultNetwork(clients);
  const command = new CreateTargetGroupCommand({ Name: name, Protocol: 'HTTP', Port: 80, VpcId: vpcId });
  const { TargetGroups = [] } = await clients.loadBalancing.send(command);
  return TargetGroups[0]?.TargetGroupArn ?? '';
}

/** @param {Clients} clients @param {string} name */
export async function fleet({ autoScaling }, name) {
  const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
  const { AutoScalingGroups = [] } = await autoScaling.send(command);
  const [group] = AutoScalingGroups;
  if (group === undefined) throw new Error(`no Auto Scaling group ${name}`);
  return group;
}

/** Ids of the healthy instances in service. @param {Clients} clients @param {string} name */
export async function inService(clients, name) {
  const { Instances = [] } = await fleet(clients, name);
  const serving = Instances.filter(
    (it) => it.LifecycleState === 'InService' && it.HealthStatus?.toLowerCase() === 'healthy',
  );
  return serving.map((it) => it.InstanceId ?? '').sort();
}

/** @param {Clients} clients @param {string} instanceId */
export async function stateOf({ ec2 }, instanceId) {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  return Reservations[0]?.Instances?.[0]?.State?.Name ?? 'gone';
}
