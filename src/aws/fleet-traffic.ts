/** Where a group's instances get traffic from, and how long they warm up, as DescribeAutoScalingGroups says it. */
import type { AutoScalingGroup as Asg } from '@aws-sdk/client-auto-scaling';
import type { TrafficSource, WarmUp } from '../domain/estate.ts';

type Attached = Pick<Asg, 'TargetGroupARNs' | 'LoadBalancerNames' | 'TrafficSources'>;

/**
 * `TrafficSources` has them all; the two older lists are read as well, as each may come alone. The type of a source may be
 * left out where an ARN says it (Auto Scaling API Reference, TrafficSourceIdentifier).
 */
export function toTrafficSources({ TargetGroupARNs, LoadBalancerNames, TrafficSources }: Attached): TrafficSource[] {
  const identifiers = (TrafficSources ?? []).flatMap(({ Identifier }) => Identifier ?? []);
  const all = [...(TargetGroupARNs ?? []), ...(LoadBalancerNames ?? []), ...identifiers];
  return [...new Set(all)].map((it) =>
    /^arn:[^:]+:elasticloadbalancing:[^:]*:[^:]*:targetgroup\//.test(it)
      ? { kind: 'target-group', arn: it }
      : { kind: 'other', name: it },
  );
}

/**
 * "The default is to use the value for … DefaultInstanceWarmup …, if defined, or … HealthCheckGracePeriod … otherwise"
 * (API Reference, RefreshPreferences, InstanceWarmup). -1 clears the first; 0 is a value.
 */
export function toWarmUp(group: Pick<Asg, 'DefaultInstanceWarmup' | 'HealthCheckGracePeriod'>): WarmUp {
  const { DefaultInstanceWarmup: warmUp = -1, HealthCheckGracePeriod: grace = 0 } = group;
  if (warmUp >= 0) return { seconds: warmUp, setting: 'DefaultInstanceWarmup' };
  return { seconds: Math.max(0, grace), setting: 'HealthCheckGracePeriod' };
}
