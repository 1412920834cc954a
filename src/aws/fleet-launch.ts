/**
 * Whether a group could launch a successor now, before anything is terminated for it. IAM (all read only, on `*`):
 * ec2:DescribeLaunchTemplateVersions, ec2:DescribeImages, ec2:DescribeSecurityGroups, ec2:DescribeSubnets,
 * ec2:DescribeKeyPairs, autoscaling:DescribeLaunchConfigurations, autoscaling:DescribeScalingActivities; and what
 * `fleet-launch-profile.ts` names.
 *
 * Not asked: quotas and capacity; an image that is named by an SSM parameter. A launch that failed for any of them is an
 * activity of the group, and counts.
 */
import { type Activity, DescribeScalingActivitiesCommand } from '@aws-sdk/client-auto-scaling';
import {
  DescribeImagesCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import type { AutoScalingGroup, LaunchCheck } from '../domain/estate.ts';
import type { FleetClients } from './clients.ts';
import { AwsRefused, ask } from './errors.ts';
import { Missing, type Needs, needsOf, Unanswered } from './fleet-launch-needs.ts';
import { checkProfiles } from './fleet-launch-profile.ts';
import { turnoverOf } from './fleet-turnover.ts';

/** A launch that failed earlier than this may have been mended since. */
const FAILURE_COUNTS_SECONDS = 3600;

const MOST_ACTIVITIES = 1_000;

/** @throws Retryable when AWS cannot answer now, but for IAM */
export async function checkLaunch(clients: FleetClients, group: AutoScalingGroup, now: Date): Promise<LaunchCheck> {
  const { ec2, autoScaling, iam } = clients;
  try {
    if (group.launchesFrom.length === 0) throw new Missing(`${group.name} names no template to launch from`);
    const needs = await Promise.all(group.launchesFrom.map((source) => needsOf(ec2, autoScaling, source)));
    const all = (need: keyof Needs) => [...new Set(needs.flatMap((each) => each[need]))];
    const [activities] = await Promise.all([
      checkActivities(clients, group.name, now),
      checkImages(ec2, all('images')),
      checkGroups(ec2, all('groups')),
      checkSubnets(ec2, [...new Set([...group.subnetIds, ...all('subnets')])]),
      checkKeys(ec2, all('keys')),
      checkProfiles(iam, group, all('profiles')),
    ]);
    const named = all('named');
    const turnover = turnoverOf(activities, now);
    return { kind: 'ready', ...(named.length > 0 && { images: named }), ...(turnover.came.length > 0 && { turnover }) };
  } catch (error) {
    if (error instanceof Missing) return { kind: 'broken', why: error.message };
    const untold = error instanceof AwsRefused || error instanceof Unanswered;
    if (untold) return { kind: 'unread', why: error.message };
    throw error;
  }
}

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

/** Asked by a filter, as a missing name would fail the whole call; it takes patterns, so the names are compared. */
async function checkKeys(ec2: EC2Client, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const command = new DescribeKeyPairsCommand({ Filters: [{ Name: 'key-name', Values: [...names] }] });
  const answer = await ask('ec2', 'DescribeKeyPairs', () => ec2.send(command));
  const there = (answer.KeyPairs ?? []).map(({ KeyName }) => KeyName);
  const missing = names.find((name) => !there.includes(name));
  if (missing !== undefined) throw new Missing(`the key pair ${missing} is gone`);
}

/** A launch that a lifecycle hook abandons ends as cancelled: the next one comes to the same hook. */
const CAME_TO_NOTHING: Readonly<Record<string, string>> = { Failed: 'failed', Cancelled: 'was cancelled' };

/** "Activities are sorted by start time", the newest first (API Reference, DescribeScalingActivities). */
async function checkActivities({ autoScaling }: FleetClients, name: string, now: Date): Promise<readonly Activity[]> {
  const from = now.getTime() - FAILURE_COUNTS_SECONDS * 1000;
  const activities: Activity[] = [];
  let token: string | undefined;
  // As far back as a failed launch counts: other activities, which anyone may cause who detaches instances, must not hide it.
  do {
    if (activities.length >= MOST_ACTIVITIES)
      throw new Unanswered(`${name} has ${MOST_ACTIVITIES} activities in an hour`);
    const command = new DescribeScalingActivitiesCommand({
      AutoScalingGroupName: name,
      MaxRecords: 100,
      NextToken: token,
    });
    const answer = await ask('autoscaling', 'DescribeScalingActivities', () => autoScaling.send(command));
    activities.push(...(answer.Activities ?? []));
    token = answer.NextToken;
  } while (token !== undefined && (activities.at(-1)?.StartTime?.getTime() ?? 0) >= from);
  const last = activities.find(({ Description }) => Description?.startsWith('Launching'));
  const how = CAME_TO_NOTHING[last?.StatusCode ?? ''];
  if (how === undefined || last?.StartTime === undefined) return activities;
  if (now.getTime() - last.StartTime.getTime() > FAILURE_COUNTS_SECONDS * 1000) return activities;
  throw new Missing(`its last launch ${how}: ${(last.StatusMessage ?? 'no reason given').slice(0, 200)}`);
}
