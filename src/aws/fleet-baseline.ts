import { type AutoScalingClient, DescribeLaunchConfigurationsCommand } from '@aws-sdk/client-auto-scaling';
import {
  DescribeLaunchTemplateVersionsCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import type { Baseline, LaunchOverrides } from '../domain/estate.ts';
import { sameText } from '../domain/user-data.ts';
import { ask } from './errors.ts';
import { launchSays, leftOut } from './launch-says.ts';

/** The template is gone, or says something that cannot be compared. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** What a template says, and the devices of the image that it leaves out. */
export type Said = { readonly baseline: Baseline; readonly suppressed: readonly string[] };

/** What the version of the launch template says that the instance was launched from, not the group's current one. */
export async function templateBaseline(
  ec2: EC2Client,
  template: { readonly id: string; readonly version: string },
  vpcId: string | null,
  overrides: LaunchOverrides | undefined,
): Promise<Said> {
  const { id, version } = template;
  if (!/^\d+$/.test(version)) throw new Unreadable(`the group names ${version} of ${id}, not a version`);
  const command = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [version] });
  const answer = await ask('ec2', 'DescribeLaunchTemplateVersions', () => ec2.send(command));
  const data = answer.LaunchTemplateVersions?.[0]?.LaunchTemplateData;
  if (data === undefined) throw new Unreadable(`version ${version} of launch template ${id} is gone`);
  const baseline = {
    name: `${id} version ${version}`,
    userData: sameText(data.UserData),
    securityGroupIds: await templateGroups(ec2, data, vpcId),
    profile: data.IamInstanceProfile?.Arn ?? data.IamInstanceProfile?.Name ?? null,
    ...launchSays(data, overrides),
  };
  return { baseline, suppressed: leftOut(data) };
}

export async function configurationBaseline(
  ec2: EC2Client,
  autoScaling: AutoScalingClient,
  name: string,
  vpcId: string | null,
  overrides: LaunchOverrides | undefined,
): Promise<Said> {
  const command = new DescribeLaunchConfigurationsCommand({ LaunchConfigurationNames: [name] });
  const answer = await ask('autoscaling', 'DescribeLaunchConfigurations', () => autoScaling.send(command));
  const found = answer.LaunchConfigurations?.[0];
  if (found === undefined) throw new Unreadable(`launch configuration ${name} is gone`);
  const data = { ...found, KeyName: found.KeyName || undefined, Monitoring: found.InstanceMonitoring };
  const baseline = {
    name: `launch configuration ${name}`,
    userData: sameText(found.UserData),
    securityGroupIds: await resolve(ec2, found.SecurityGroups ?? [], vpcId),
    profile: found.IamInstanceProfile || null,
    ...launchSays(data, overrides),
  };
  return { baseline, suppressed: leftOut(data) };
}

/** Groups stand in one of three places; with none, an instance gets the default group of its VPC. */
async function templateGroups(
  ec2: EC2Client,
  data: ResponseLaunchTemplateData,
  vpcId: string | null,
): Promise<readonly string[] | undefined> {
  const interfaces = data.NetworkInterfaces ?? [];
  const first = interfaces.find(({ DeviceIndex }) => (DeviceIndex ?? 0) === 0) ?? interfaces[0];
  // An interface that existed before has groups of its own, of which the template says nothing.
  if (first?.NetworkInterfaceId) return undefined;
  const named = [...(first?.Groups ?? []), ...(data.SecurityGroupIds ?? []), ...(data.SecurityGroups ?? [])];
  return resolve(ec2, [...new Set(named)], vpcId);
}

/** Ids stay as they are; names are looked up in the VPC. */
async function resolve(ec2: EC2Client, named: readonly string[], vpcId: string | null): Promise<readonly string[]> {
  const wanted = named.length === 0 ? ['default'] : named;
  const names = wanted.filter((name) => !/^sg-[0-9a-f]+$/.test(name));
  if (names.length === 0) return wanted;
  if (vpcId === null) throw new Unreadable('the instance has no VPC in which to look its security groups up');
  const command = new DescribeSecurityGroupsCommand({
    Filters: [
      { Name: 'vpc-id', Values: [vpcId] },
      { Name: 'group-name', Values: names },
    ],
  });
  const answer = await ask('ec2', 'DescribeSecurityGroups', () => ec2.send(command));
  const idOf = new Map((answer.SecurityGroups ?? []).map(({ GroupName, GroupId }) => [GroupName, GroupId]));
  return wanted.map((name) => {
    const id = names.includes(name) ? idOf.get(name) : name;
    if (id === undefined) throw new Unreadable(`security group ${name} of the template is not in ${vpcId}`);
    return id;
  });
}
