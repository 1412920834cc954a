import {
  type AutoScalingGroup as Asg,
  type Instance as AsgInstance,
  type AutoScalingClient,
  type AutoScalingInstanceDetails,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  type LaunchTemplateSpecification,
} from '@aws-sdk/client-auto-scaling';
import type { AutoScalingGroup, GroupMember, LaunchSource, MaintenancePolicy } from '../domain/estate.ts';
import { AwsRefused, ask, isCode } from './errors.ts';
import { toOverrides } from './fleet-overrides.ts';
import { toTrafficSources, toWarmUp } from './fleet-traffic.ts';
import { required, tagsOf } from './shapes.ts';

/** Status values of a refresh that is over (Auto Scaling API Reference, InstanceRefresh). Any other is one at work. */
const OVER = ['Successful', 'Failed', 'Cancelled', 'RollbackFailed', 'RollbackSuccessful'];

/** The group alone; null when it is gone. */
export async function readGroup(client: AutoScalingClient, name: string): Promise<AutoScalingGroup | null> {
  const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
  const [answer, refreshRunning] = await Promise.all([
    ask('autoscaling', 'DescribeAutoScalingGroups', () => client.send(command)),
    isRefreshing(client, name),
  ]);
  const group = answer.AutoScalingGroups?.[0];
  return group === undefined ? null : toGroup(group, refreshRunning);
}

/** Refreshes come newest first, and only one can be at work: the first page tells. */
async function isRefreshing(client: AutoScalingClient, name: string): Promise<boolean> {
  const command = new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: name, MaxRecords: 10 });
  try {
    const answer = await ask('autoscaling', 'DescribeInstanceRefreshes', () => client.send(command));
    return (answer.InstanceRefreshes ?? []).some(({ Status }) => !OVER.includes(Status ?? ''));
  } catch (error) {
    // A group that is gone: DescribeAutoScalingGroups says so in its own way.
    if (error instanceof AwsRefused && isCode(error, 'ValidationError')) return false;
    throw error;
  }
}

function toGroup(group: Asg, refreshRunning: boolean): AutoScalingGroup {
  return {
    name: required(group.AutoScalingGroupName, 'AutoScalingGroupName'),
    arn: required(group.AutoScalingGroupARN, 'AutoScalingGroupARN'),
    desired: required(group.DesiredCapacity, 'DesiredCapacity'),
    min: required(group.MinSize, 'MinSize'),
    max: required(group.MaxSize, 'MaxSize'),
    suspendedProcesses: (group.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []),
    trafficSources: toTrafficSources(group),
    warmUp: toWarmUp(group),
    refreshRunning,
    maintenance: toMaintenance(group),
    launchesFrom: toSources(group),
    subnetIds: (group.VPCZoneIdentifier ?? '').split(',').filter((id) => id !== ''),
    overrides: toOverrides(group),
    members: (group.Instances ?? []).map(toMember),
    tags: tagsOf(group.Tags),
  };
}

function toMaintenance({ InstanceMaintenancePolicy: policy }: Asg): MaintenancePolicy | null {
  const { MinHealthyPercentage: minHealthy, MaxHealthyPercentage: maxHealthy } = policy ?? {};
  return minHealthy === undefined || maxHealthy === undefined ? null : { minHealthy, maxHealthy };
}

/** A mixed group launches from the template of an override where that names one. */
function toSources({ LaunchTemplate, MixedInstancesPolicy, LaunchConfigurationName: name }: Asg): LaunchSource[] {
  const mixed = MixedInstancesPolicy?.LaunchTemplate;
  const overrides = (mixed?.Overrides ?? []).map(({ LaunchTemplateSpecification }) => LaunchTemplateSpecification);
  const sources = [LaunchTemplate, mixed?.LaunchTemplateSpecification, ...overrides].flatMap(toSource);
  return name ? [...sources, { kind: 'configuration', name }] : sources;
}

/** "The default value is $Default" where a version is not said (API Reference, LaunchTemplateSpecification). */
function toSource(specification: LaunchTemplateSpecification | undefined): LaunchSource[] {
  const { LaunchTemplateId: id, Version: version } = specification ?? {};
  return id === undefined ? [] : [{ kind: 'template', id, version: version ?? '$Default' }];
}

export function toMember(member: AsgInstance | AutoScalingInstanceDetails): GroupMember {
  const { LaunchTemplateId: id, Version: version } = member.LaunchTemplate ?? {};
  return {
    id: required(member.InstanceId, 'InstanceId'),
    lifecycleState: required(member.LifecycleState, 'LifecycleState'),
    healthy: member.HealthStatus?.toLowerCase() === 'healthy',
    protectedFromScaleIn: member.ProtectedFromScaleIn === true,
    launchTemplate: id !== undefined && version !== undefined ? { id, version } : null,
    launchConfigurationName: member.LaunchConfigurationName ?? null,
    // In a group without weights the desired capacity counts instances.
    weight: Number(member.WeightedCapacity ?? 1),
  };
}
