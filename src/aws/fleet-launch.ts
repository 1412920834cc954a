/**
 * Whether a group could launch a successor now, before anything is terminated for it. IAM (all read only, on `*`):
 * ec2:DescribeLaunchTemplateVersions, ec2:DescribeImages, ec2:DescribeSecurityGroups, ec2:DescribeSubnets,
 * autoscaling:DescribeLaunchConfigurations, autoscaling:DescribeScalingActivities.
 *
 * Not asked: the instance profile and the key pair, for which EC2 has no call (IAM answers for profiles in one Region for
 * the whole world); quotas and capacity; an image that is named by an SSM parameter. A launch that failed for any of them
 * is an activity of the group, and counts.
 */
import {
  type AutoScalingClient,
  DescribeLaunchConfigurationsCommand,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeImagesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import type { AutoScalingGroup, LaunchCheck, LaunchSource } from '../domain/estate.ts';
import { AwsRefused, ask, isCode } from './errors.ts';

/** Something that no launch can do without is not there; its message says what. */
class Missing extends Error {
  override readonly name = 'Missing';
}

type Needs = {
  /** Image ids, and how the templates name images, which may be by a parameter. */
  readonly images: readonly string[];
  readonly named: readonly string[];
  readonly groups: readonly string[];
  readonly subnets: readonly string[];
};
/** A launch that failed earlier than this may have been mended since. */
const FAILURE_COUNTS_SECONDS = 3600;
const GONE = [
  'InvalidLaunchTemplateId.NotFound',
  'InvalidLaunchTemplateName.NotFoundException',
  'InvalidLaunchTemplateId.VersionNotFound',
];

/** @throws Retryable when AWS cannot answer now */
export async function checkLaunch(
  ec2: EC2Client,
  autoScaling: AutoScalingClient,
  group: AutoScalingGroup,
  now: Date,
): Promise<LaunchCheck> {
  try {
    if (group.launchesFrom.length === 0) throw new Missing(`${group.name} names no template to launch from`);
    const needs = await Promise.all(group.launchesFrom.map((source) => needsOf(ec2, autoScaling, source)));
    const all = (list: (each: Needs) => readonly string[]) => [...new Set(needs.flatMap(list))];
    await Promise.all([
      checkImages(
        ec2,
        all(({ images }) => images),
      ),
      checkGroups(
        ec2,
        all(({ groups }) => groups),
      ),
      checkSubnets(ec2, [...new Set([...group.subnetIds, ...all(({ subnets }) => subnets)])]),
      checkActivities(autoScaling, group.name, now),
    ]);
    const named = all(({ named: image }) => image);
    return { kind: 'ready', ...(named.length > 0 && { images: named }) };
  } catch (error) {
    if (error instanceof Missing) return { kind: 'broken', why: error.message };
    if (error instanceof AwsRefused) return { kind: 'unread', why: error.message };
    throw error;
  }
}

function needsOf(ec2: EC2Client, autoScaling: AutoScalingClient, source: LaunchSource): Promise<Needs> {
  return source.kind === 'template'
    ? templateNeeds(ec2, source.id, source.version)
    : configurationNeeds(autoScaling, source.name);
}

async function templateNeeds(ec2: EC2Client, id: string, version: string): Promise<Needs> {
  const command = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [version] });
  const gone = new Missing(`launch template ${id} has no version ${version}`);
  const answer = await ask('ec2', 'DescribeLaunchTemplateVersions', () => ec2.send(command)).catch((error) => {
    throw isCode(error, ...GONE) ? gone : error;
  });
  const data = answer.LaunchTemplateVersions?.[0]?.LaunchTemplateData;
  if (data === undefined) throw gone;
  const interfaces = data.NetworkInterfaces ?? [];
  return {
    // `resolve:ssm:…` is resolved at the launch, with rights that undrift does not have.
    images: [data.ImageId].flatMap((image) => (image?.startsWith('ami-') ? [image] : [])),
    named: [data.ImageId ?? []].flat(),
    groups: [...(data.SecurityGroupIds ?? []), ...interfaces.flatMap(({ Groups }) => Groups ?? [])].filter(isGroupId),
    subnets: interfaces.flatMap(({ SubnetId }) => SubnetId ?? []),
  };
}

async function configurationNeeds(autoScaling: AutoScalingClient, name: string): Promise<Needs> {
  const command = new DescribeLaunchConfigurationsCommand({ LaunchConfigurationNames: [name] });
  const answer = await ask('autoscaling', 'DescribeLaunchConfigurations', () => autoScaling.send(command));
  const found = answer.LaunchConfigurations?.[0];
  if (found === undefined) throw new Missing(`launch configuration ${name} is gone`);
  return {
    images: [found.ImageId].flatMap((image) => image || []),
    named: [found.ImageId || []].flat(),
    groups: (found.SecurityGroups ?? []).filter(isGroupId),
    subnets: [],
  };
}

/** A group by name is looked up at the launch. */
const isGroupId = (group: string) => /^sg-[0-9a-f]+$/.test(group);

async function checkImages(ec2: EC2Client, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const command = new DescribeImagesCommand({
    Filters: [{ Name: 'image-id', Values: [...ids] }],
    IncludeDeprecated: true,
  });
  const answer = await ask('ec2', 'DescribeImages', () => ec2.send(command));
  const states = new Map((answer.Images ?? []).map(({ ImageId, State }) => [ImageId, State]));
  for (const id of ids) {
    const state = states.get(id);
    if (state !== 'available') throw new Missing(`the image ${id} is ${state ?? 'not there (any more)'}`);
  }
}

async function checkGroups(ec2: EC2Client, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const command = new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-id', Values: [...ids] }] });
  const answer = await ask('ec2', 'DescribeSecurityGroups', () => ec2.send(command));
  const there = (answer.SecurityGroups ?? []).map(({ GroupId }) => GroupId);
  const missing = ids.find((id) => !there.includes(id));
  if (missing !== undefined) throw new Missing(`the security group ${missing} is gone`);
}

/** Full in every subnet: no launch has an address. One that is gone fails each launch that falls to it. */
async function checkSubnets(ec2: EC2Client, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const command = new DescribeSubnetsCommand({ Filters: [{ Name: 'subnet-id', Values: [...ids] }] });
  const answer = await ask('ec2', 'DescribeSubnets', () => ec2.send(command));
  const found = answer.Subnets ?? [];
  const missing = ids.find((id) => !found.some(({ SubnetId }) => SubnetId === id));
  if (missing !== undefined) throw new Missing(`the subnet ${missing} is gone`);
  if (found.every(({ AvailableIpAddressCount }) => AvailableIpAddressCount === 0)) {
    throw new Missing(`no address is free in ${ids.join(', ')}`);
  }
}

/** "Activities are sorted by start time", the newest first (API Reference, DescribeScalingActivities). */
async function checkActivities(autoScaling: AutoScalingClient, name: string, now: Date): Promise<void> {
  const command = new DescribeScalingActivitiesCommand({ AutoScalingGroupName: name, MaxRecords: 20 });
  const answer = await ask('autoscaling', 'DescribeScalingActivities', () => autoScaling.send(command));
  const last = (answer.Activities ?? []).find(({ Description }) => Description?.startsWith('Launching'));
  if (last?.StatusCode !== 'Failed' || last.StartTime === undefined) return;
  if (now.getTime() - last.StartTime.getTime() > FAILURE_COUNTS_SECONDS * 1000) return;
  throw new Missing(`its last launch failed: ${(last.StatusMessage ?? 'no reason given').slice(0, 200)}`);
}
