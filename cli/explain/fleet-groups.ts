/** Auto Scaling groups out of an estate file. */
import { toOverrides } from '../../src/aws/fleet-overrides.ts';
import { toTrafficSources, toWarmUp } from '../../src/aws/fleet-traffic.ts';
import type { AutoScalingGroup, GroupMember, LaunchOverrides, LaunchSource } from '../../src/domain/estate.ts';
import { field, isAbsent, isTrue, items, oneOf, optionalText, type Place, text } from '../../src/inbound/reader.ts';
import { instanceId } from '../../src/inbound/values.ts';
import { tagsOf } from './tags.ts';
import { whole } from './values.ts';

/** @throws MalformedEvent */
export function groupOf(place: Place): AutoScalingGroup {
  const members = items(field(place, 'Instances')).map(memberOf);
  const name = text(field(place, 'AutoScalingGroupName'));
  return {
    name,
    arn: optionalText(field(place, 'AutoScalingGroupARN')) ?? name,
    desired: whole(field(place, 'DesiredCapacity'), members.length),
    min: whole(field(place, 'MinSize'), 0),
    max: whole(field(place, 'MaxSize'), members.length),
    suspendedProcesses: items(field(place, 'SuspendedProcesses')).map((it) => text(field(it, 'ProcessName'))),
    trafficSources: trafficOf(place),
    warmUp: toWarmUp({
      DefaultInstanceWarmup: whole(field(place, 'DefaultInstanceWarmup'), -1),
      HealthCheckGracePeriod: whole(field(place, 'HealthCheckGracePeriod'), 0),
    }),
    // No describe command that the file may hold tells of refreshes.
    refreshRunning: false,
    maintenance: maintenanceOf(field(place, 'InstanceMaintenancePolicy')),
    launchesFrom: sourcesOf(place),
    // Only before an act is it asked where a successor would be launched.
    subnetIds: [],
    overrides: overridesOf(place),
    members,
    tags: tagsOf(place),
  };
}

/** The template that the group launches from now: of a mixed one its main template, not those of overrides. */
function sourcesOf(place: Place): readonly LaunchSource[] {
  const template = oneOf(place, 'LaunchTemplate', 'MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification');
  const id = optionalText(field(template, 'LaunchTemplateId'));
  if (id === null) return [];
  return [{ kind: 'template', id, version: optionalText(field(template, 'Version')) ?? '$Default' }];
}

function trafficOf(place: Place): AutoScalingGroup['trafficSources'] {
  return toTrafficSources({
    TargetGroupARNs: items(field(place, 'TargetGroupARNs')).map(text),
    LoadBalancerNames: items(field(place, 'LoadBalancerNames')).map(text),
    TrafficSources: items(field(place, 'TrafficSources')).map((it) => ({ Identifier: text(field(it, 'Identifier')) })),
  });
}

function overridesOf(place: Place): LaunchOverrides {
  const mixed = items(field(place, 'MixedInstancesPolicy.LaunchTemplate.Overrides'));
  return toOverrides({
    MixedInstancesPolicy: {
      LaunchTemplate: {
        Overrides: mixed.map((it) => ({
          InstanceType: optionalText(field(it, 'InstanceType')) ?? undefined,
          InstanceRequirements: isAbsent(field(it, 'InstanceRequirements')) ? undefined : {},
        })),
      },
    },
    Tags: items(field(place, 'Tags')).map((tag) => ({
      Key: text(field(tag, 'Key')),
      PropagateAtLaunch: isTrue(field(tag, 'PropagateAtLaunch')),
    })),
  });
}

function memberOf(place: Place): GroupMember {
  const template = field(place, 'LaunchTemplate');
  return {
    id: instanceId(field(place, 'InstanceId')),
    lifecycleState: text(field(place, 'LifecycleState')),
    healthy: optionalText(field(place, 'HealthStatus'))?.toLowerCase() === 'healthy',
    protectedFromScaleIn: isTrue(field(place, 'ProtectedFromScaleIn')),
    launchTemplate: isAbsent(template)
      ? null
      : { id: text(field(template, 'LaunchTemplateId')), version: text(field(template, 'Version')) },
    launchConfigurationName: optionalText(field(place, 'LaunchConfigurationName')),
    weight: Number(optionalText(field(place, 'WeightedCapacity')) ?? 1),
  };
}

function maintenanceOf(place: Place): AutoScalingGroup['maintenance'] {
  if (isAbsent(place)) return null;
  return {
    minHealthy: whole(field(place, 'MinHealthyPercentage'), -1),
    maxHealthy: whole(field(place, 'MaxHealthyPercentage'), -1),
  };
}
