/**
 * What the sources of traffic of a group say about one of its instances. IAM: elasticloadbalancing:DescribeTargetHealth.
 *
 * Of Classic Load Balancers and VPC Lattice target groups nothing is read: each would need a client and a permission of its
 * own. They count as what cannot be read.
 */
import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { TargetHealth, TrafficSource } from '../domain/estate.ts';
import { Retryable } from '../roles.ts';
import { AwsRefused, ask } from './errors.ts';

/** The worst of what they say: not healthy in one of them, or not known of one of them. */
export async function targetHealth(
  client: ElasticLoadBalancingV2Client,
  sources: readonly TrafficSource[],
  instanceId: string,
): Promise<TargetHealth> {
  const all = await Promise.all(sources.map((source) => healthIn(client, source, instanceId)));
  const notHealthy = all.find(({ kind }) => kind === 'not-healthy');
  return notHealthy ?? all.find(({ kind }) => kind === 'unread') ?? { kind: 'healthy' };
}

async function healthIn(
  client: ElasticLoadBalancingV2Client,
  source: TrafficSource,
  instanceId: string,
): Promise<TargetHealth> {
  if (source.kind === 'other') {
    return { kind: 'unread', why: `whether ${instanceId} is healthy in ${source.name} is not read` };
  }
  // All targets: to ask for one, its port would have to be known.
  const command = new DescribeTargetHealthCommand({ TargetGroupArn: source.arn });
  try {
    const answer = await ask('elasticloadbalancing', 'DescribeTargetHealth', () => client.send(command));
    return judged(answer.TargetHealthDescriptions ?? [], instanceId, nameOf(source.arn));
  } catch (error) {
    const why = `whether ${instanceId} is healthy in ${nameOf(source.arn)} could not be read: ${String((error as Error).message)}`;
    if (error instanceof AwsRefused) return { kind: 'unread', why };
    if (error instanceof Retryable) return { kind: 'not-healthy', why };
    throw error;
  }
}

/** On each port on which it is registered. A state that AWS adds later is not `healthy`. */
function judged(all: readonly TargetHealthDescription[], instanceId: string, group: string): TargetHealth {
  const mine = all.filter(({ Target }) => Target?.Id === instanceId);
  if (mine.length > 0 && all.every(isUnused)) return { kind: 'healthy' };
  if (mine.length === 0) return { kind: 'not-healthy', why: `${instanceId} is not registered in ${group}` };
  const ill = mine.find(({ TargetHealth: health }) => health?.State !== 'healthy');
  if (ill === undefined) return { kind: 'healthy' };
  const { State = 'in no known state', Reason } = ill.TargetHealth ?? {};
  const reason = Reason === undefined ? '' : ` (${Reason})`;
  return { kind: 'not-healthy', why: `${instanceId} is ${State} in ${group}${reason}` };
}

/**
 * "The target group is not used by any load balancer or the target is in an Availability Zone that is not enabled for its load
 * balancer" (Elastic Load Balancing API Reference, TargetHealth). Where it is so of all targets, none of them gets traffic
 * from it, and nothing would ever be healthy there.
 */
function isUnused({ TargetHealth: health }: TargetHealthDescription): boolean {
  return health?.State === 'unused' && health.Reason === 'Target.NotInUse';
}

/** `targetgroup/web/0123456789abcdef`, as people know it. */
const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);
