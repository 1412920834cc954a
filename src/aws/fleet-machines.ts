/**
 * Many instances at a time, with no more than who they belong to.
 *
 * IAM: ec2:DescribeInstances, autoscaling:DescribeAutoScalingGroups.
 */
import {
  type AutoScalingGroup as Asg,
  type AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeInstancesCommand,
  type EC2Client,
  type Instance as Ec2Instance,
  type Filter,
} from '@aws-sdk/client-ec2';
import type { TagFilter } from '../domain/change.ts';
import type { Machine, MachineGroup } from '../domain/estate.ts';
import { MEMBER_STATES } from '../domain/member-state.ts';
import { MOST_MACHINES } from '../domain/part.ts';
import type { MachineQuery } from '../roles.ts';
import { ask } from './errors.ts';
import { allPages, inChunks } from './paging.ts';
import { required, tagsOf } from './shapes.ts';

/** Only Auto Scaling can set a tag that begins with `aws:`. */
const GROUP_TAG = 'aws:autoscaling:groupName';
const ALIVE: Filter = { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] };

/** @throws Retryable, AwsRefused */
export async function readMachines(
  ec2: EC2Client,
  autoScaling: AutoScalingClient,
  by: MachineQuery,
  before: string | null,
): Promise<readonly Machine[]> {
  const found =
    'ids' in by
      ? await inChunks(by.ids, (some) => describe(ec2, [{ Name: 'instance-id', Values: some }]))
      : await describe(ec2, by.filters.map(toFilter));
  const alive = found.filter((instance) => before === null || bornAt(instance) <= Date.parse(before));
  const groups = await groupsOf(autoScaling, alive);
  return alive.map((instance) => toMachine(instance, groups)).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function describe(ec2: EC2Client, filters: readonly Filter[]): Promise<readonly Ec2Instance[]> {
  return allPages(async (token) => {
    const command = new DescribeInstancesCommand({ Filters: [ALIVE, ...filters], NextToken: token });
    const answer = await ask('ec2', 'DescribeInstances', () => ec2.send(command));
    return { items: (answer.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []), next: answer.NextToken };
  }, MOST_MACHINES);
}

/** In a filter `*` and `?` stand for anything; in a target of Systems Manager for themselves. A filter has a value. */
function toFilter({ key, values }: TagFilter): Filter {
  return { Name: key, Values: values.length === 0 ? ['*'] : values.map((value) => value.replace(/[*?\\]/g, '\\$&')) };
}

/** Milliseconds. Starting an instance again sets its launch time anew, but its volumes stay attached. */
function bornAt({ LaunchTime, BlockDeviceMappings }: Ec2Instance): number {
  const attached = (BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.AttachTime ?? []);
  const times = [LaunchTime ?? [], attached].flat().map((time) => time.getTime());
  return Math.min(...times, Number.POSITIVE_INFINITY);
}

/** "By default, you can specify up to 50 names" (Auto Scaling API Reference, DescribeAutoScalingGroups). */
const NAMES = 50;

/** A group, and the lifecycle states of its members by their ids. */
type Group = MachineGroup & { readonly states: ReadonlyMap<string, string> };

async function groupsOf(
  client: AutoScalingClient,
  instances: readonly Ec2Instance[],
): Promise<ReadonlyMap<string, Group>> {
  const names = [...new Set(instances.flatMap((instance) => groupNameOf(instance) ?? []))];
  const groups = await inChunks(names, (AutoScalingGroupNames) => describeGroups(client, AutoScalingGroupNames), NAMES);
  return new Map(groups.map((group) => [group.name, group]));
}

function describeGroups(client: AutoScalingClient, names: string[]): Promise<readonly Group[]> {
  return allPages(async (token) => {
    const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: names, NextToken: token });
    const answer = await ask('autoscaling', 'DescribeAutoScalingGroups', () => client.send(command));
    return { items: (answer.AutoScalingGroups ?? []).map(toGroup), next: answer.NextToken };
  });
}

function toGroup({ AutoScalingGroupName, DesiredCapacity, Tags, Instances = [] }: Asg): Group {
  return {
    name: required(AutoScalingGroupName, 'AutoScalingGroupName'),
    desired: required(DesiredCapacity, 'DesiredCapacity'),
    tags: tagsOf(Tags),
    states: new Map(Instances.map(({ InstanceId = '', LifecycleState = '' }) => [InstanceId, LifecycleState])),
  };
}

const groupNameOf = ({ Tags }: Ec2Instance): string | undefined => tagsOf(Tags)[GROUP_TAG];

/** A group that is gone leaves the tag on what was once its own. */
function toMachine(instance: Ec2Instance, groups: ReadonlyMap<string, Group>): Machine {
  const id = required(instance.InstanceId, 'InstanceId');
  const group = groups.get(groupNameOf(instance) ?? '');
  return {
    id,
    vpcId: instance.VpcId ?? null,
    launchedAt: instance.LaunchTime?.toISOString() ?? null,
    group: group === undefined ? null : { name: group.name, desired: group.desired, tags: group.tags },
    ending: MEMBER_STATES[group?.states.get(id) ?? '']?.act === 'ignore',
  };
}
