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
import type { Machine } from '../domain/estate.ts';
import { groupNamesOf, machinesOf, type SeenGroup, type SeenMachine, wasThere } from '../domain/machine.ts';
import { MOST_MACHINES } from '../domain/part.ts';
import type { MachineQuery } from '../roles.ts';
import { ask } from './errors.ts';
import { allPages, inChunks } from './paging.ts';
import { required, tagsOf } from './shapes.ts';

const ALIVE: Filter = { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] };

/** @throws Retryable, AwsRefused */
export async function readMachines(
  ec2: EC2Client,
  autoScaling: AutoScalingClient,
  by: MachineQuery,
  before: string | null,
): Promise<readonly Machine[]> {
  const seen =
    'ids' in by
      ? await inChunks(by.ids, (some) => describe(ec2, [{ Name: 'instance-id', Values: some }], before))
      : await describe(ec2, by.filters.map(toFilter), before);
  const groups = await inChunks(groupNamesOf(seen), (names) => describeGroups(autoScaling, names), NAMES);
  return machinesOf(seen, groups);
}

/** Only what counts fills the list: instances that were launched afterwards must hide none that was there. */
function describe(ec2: EC2Client, filters: readonly Filter[], before: string | null): Promise<readonly SeenMachine[]> {
  return allPages(async (token) => {
    const command = new DescribeInstancesCommand({ Filters: [ALIVE, ...filters], NextToken: token });
    const answer = await ask('ec2', 'DescribeInstances', () => ec2.send(command));
    const found = (answer.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []).map(toSeen);
    return { items: found.filter((one) => before === null || wasThere(one, before)), next: answer.NextToken };
  }, MOST_MACHINES);
}

/** In a filter `*` and `?` stand for anything; in a target of Systems Manager for themselves. A filter has a value. */
function toFilter({ key, values }: TagFilter): Filter {
  return { Name: key, Values: values.length === 0 ? ['*'] : values.map((value) => value.replace(/[*?\\]/g, '\\$&')) };
}

function toSeen({ InstanceId, VpcId, LaunchTime, BlockDeviceMappings, Tags }: Ec2Instance): SeenMachine {
  const attached = (BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.AttachTime ?? []);
  return {
    id: required(InstanceId, 'InstanceId'),
    vpcId: VpcId ?? null,
    launchedAt: LaunchTime?.toISOString() ?? null,
    attachedAt: attached.map((time) => time.toISOString()),
    tags: tagsOf(Tags),
  };
}

/** "By default, you can specify up to 50 names" (Auto Scaling API Reference, DescribeAutoScalingGroups). */
const NAMES = 50;

function describeGroups(client: AutoScalingClient, names: string[]): Promise<readonly SeenGroup[]> {
  return allPages(async (token) => {
    const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: names, NextToken: token });
    const answer = await ask('autoscaling', 'DescribeAutoScalingGroups', () => client.send(command));
    return { items: (answer.AutoScalingGroups ?? []).map(toGroup), next: answer.NextToken };
  });
}

function toGroup({ AutoScalingGroupName, DesiredCapacity, Tags, Instances = [] }: Asg): SeenGroup {
  return {
    name: required(AutoScalingGroupName, 'AutoScalingGroupName'),
    desired: required(DesiredCapacity, 'DesiredCapacity'),
    tags: tagsOf(Tags),
    states: new Map(Instances.map(({ InstanceId = '', LifecycleState = '' }) => [InstanceId, LifecycleState])),
  };
}
