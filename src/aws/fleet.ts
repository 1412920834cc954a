/**
 * Instances and their Auto Scaling groups, over EC2 and Auto Scaling.
 *
 * IAM: ec2:DescribeInstances, ec2:DescribeNetworkInterfaces, ec2:DescribeInstanceAttribute,
 * ec2:DescribeLaunchTemplateVersions, ec2:DescribeSecurityGroups, autoscaling:DescribeAutoScalingInstances,
 * autoscaling:DescribeAutoScalingGroups, autoscaling:DescribeInstanceRefreshes,
 * autoscaling:DescribeLaunchConfigurations; to act, autoscaling:TerminateInstanceInAutoScalingGroup.
 */
import {
  type AutoScalingClient,
  DescribeAutoScalingInstancesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ResourceRef } from '../domain/change.ts';
import type { InstanceEstate, MissingEstate } from '../domain/estate.ts';
import type { Fleet } from '../roles.ts';
import { AwsRefused, ask, isCode } from './errors.ts';
import { readDrift } from './fleet-drift.ts';
import { readGroup } from './fleet-group.ts';
import { attachedInstance, readInstance } from './fleet-instance.ts';

export function awsFleet(ec2: EC2Client, autoScaling: AutoScalingClient): Fleet {
  return {
    read: (resource) => read(ec2, autoScaling, resource),
    drift: (estate) => readDrift(ec2, autoScaling, estate),
    group: (name) => readGroup(autoScaling, name),
    state: async (instanceId) => (await readInstance(ec2, instanceId))?.state ?? 'terminated',
    replace: (instanceId) => replace(autoScaling, instanceId),
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

async function groupOf(autoScaling: AutoScalingClient, instanceId: string) {
  const command = new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] });
  const answer = await ask('autoscaling', 'DescribeAutoScalingInstances', () => autoScaling.send(command));
  const name = answer.AutoScalingInstances?.[0]?.AutoScalingGroupName;
  return name === undefined ? null : readGroup(autoScaling, name);
}

/** An instance that Auto Scaling no longer manages is already gone: no request is recorded, as none had an effect. */
async function replace(autoScaling: AutoScalingClient, instanceId: string) {
  const action = 'TerminateInstanceInAutoScalingGroup';
  const command = new TerminateInstanceInAutoScalingGroupCommand({
    InstanceId: instanceId,
    ShouldDecrementDesiredCapacity: false,
  });
  try {
    const answer = await ask('autoscaling', action, () => autoScaling.send(command));
    return { requestId: answer.$metadata.requestId ?? null };
  } catch (error) {
    if (unmanaged(error)) return { requestId: null };
    throw error;
  }
}

/** "ValidationError … Instance Id not found - No managed instance found for instance ID". */
function unmanaged(error: unknown): boolean {
  if (!(error instanceof AwsRefused)) return false;
  return isCode(error, 'ValidationError') && /no managed instance found|instance id not found/i.test(error.message);
}
