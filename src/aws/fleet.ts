/**
 * Instances and their Auto Scaling groups, over EC2 and Auto Scaling.
 *
 * IAM: ec2:DescribeInstances, ec2:DescribeNetworkInterfaces, ec2:DescribeInstanceAttribute,
 * ec2:DescribeLaunchTemplateVersions, ec2:DescribeSecurityGroups, ec2:DescribeVolumes, ec2:DescribeImages,
 * autoscaling:DescribeAutoScalingInstances,
 * autoscaling:DescribeAutoScalingGroups, autoscaling:DescribeInstanceRefreshes,
 * autoscaling:DescribeLaunchConfigurations; before an act, what `fleet-launch.ts` and `fleet-ties.ts` name; after it, what
 * `fleet-targets.ts` names; to act,
 * autoscaling:TerminateInstanceInAutoScalingGroup and autoscaling:SetInstanceHealth.
 */
import { type AutoScalingClient, DescribeAutoScalingInstancesCommand } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ResourceRef } from '../domain/change.ts';
import type { AutoScalingGroup, InstanceEstate, MissingEstate } from '../domain/estate.ts';
import type { Fleet } from '../roles.ts';
import type { FleetClients } from './clients.ts';
import { ask } from './errors.ts';
import { replaceInstance } from './fleet-acts.ts';
import { readDrift } from './fleet-drift.ts';
import { findInstances } from './fleet-find.ts';
import { readGroup, toMember } from './fleet-group.ts';
import { attachedInstance, readInstance } from './fleet-instance.ts';
import { checkLaunch } from './fleet-launch.ts';
import { readMachines } from './fleet-machines.ts';
import { readLaunchedFrom } from './fleet-ran.ts';
import { targetHealth } from './fleet-targets.ts';
import { readTies } from './fleet-ties.ts';

export function awsFleet(clients: FleetClients): Fleet {
  const { ec2, autoScaling } = clients;
  return {
    read: (resource) => read(ec2, autoScaling, resource),
    find: (expression, at) => findInstances(ec2, expression, at),
    machines: (by, before) => readMachines(ec2, autoScaling, by, before),
    drift: (estate) => readDrift(ec2, autoScaling, estate),
    group: (name) => readGroup(autoScaling, name),
    state: async (instanceId) => (await readInstance(ec2, instanceId))?.state ?? 'terminated',
    launchCheck: (group, now) => checkLaunch(clients, group, now),
    ties: (instance) => readTies(ec2, instance),
    launchedFrom: (imageId, template) => readLaunchedFrom(ec2, imageId, template),
    targetHealth: (sources, instanceIds) => targetHealth(clients.loadBalancing, sources, instanceIds),
    replace: (instanceId, how) => replaceInstance(autoScaling, instanceId, how),
  };
}

async function read(
  ec2: EC2Client,
  autoScaling: AutoScalingClient,
  resource: ResourceRef,
): Promise<InstanceEstate | MissingEstate> {
  const missing: MissingEstate = { kind: 'missing', resource };
  const instanceId = resource.type === 'network-interface' ? await attachedInstance(ec2, resource.id) : resource.id;
  if (instanceId === null) return missing;
  const [instance, group] = await Promise.all([readInstance(ec2, instanceId), groupOf(autoScaling, instanceId)]);
  return instance === null ? missing : { kind: 'instance', instance, group, drift: null };
}

/** A member of the warm pool is not among the group's instances; it is asked for by itself. */
async function groupOf(autoScaling: AutoScalingClient, instanceId: string): Promise<AutoScalingGroup | null> {
  const command = new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] });
  const answer = await ask('autoscaling', 'DescribeAutoScalingInstances', () => autoScaling.send(command));
  const found = answer.AutoScalingInstances?.[0];
  if (found?.AutoScalingGroupName === undefined) return null;
  const group = await readGroup(autoScaling, found.AutoScalingGroupName);
  if (group === null || group.members.some(({ id }) => id === instanceId)) return group;
  const warm = found.LifecycleState?.startsWith('Warmed:') === true;
  return warm ? { ...group, members: [...group.members, toMember(found)] } : group;
}
