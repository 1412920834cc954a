/**
 * What the sources of traffic of a group say about instances of it. IAM: elasticloadbalancing:DescribeTargetHealth.
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

/** Of each instance the worst of what they say: not healthy in one of them, or not known of one of them. */
export async function targetHealth(
  client: ElasticLoadBalancingV2Client,
  sources: readonly TrafficSource[],
  instanceIds: readonly string[],
): Promise<readonly TargetHealth[]> {
  const bySource = await Promise.all(sources.map((source) => healthIn(client, source, instanceIds)));
  return instanceIds.map((_id, at) => worst(bySource.flatMap((all) => all[at] ?? [])));
}

function worst(all: readonly TargetHealth[]): TargetHealth {
  const notHealthy = all.find(({ kind }) => kind === 'not-healthy');
  return notHealthy ?? all.find(({ kind }) => kind === 'unread') ?? { kind: 'healthy' };
}

async function healthIn(
  client: ElasticLoadBalancingV2Client,
  source: TrafficSource,
  instanceIds: readonly string[],
): Promise<readonly TargetHealth[]> {
  const each = (kind: 'unread' | 'not-healthy', why: string) =>
    instanceIds.map((id) => ({ kind, why: `whether ${id} is healthy in ${why}` }));
  if (source.kind === 'other') return each('unread', `${source.name} is not read`);
  // All targets: to ask for one, its port would have to be known.
  const command = new DescribeTargetHealthCommand({ TargetGroupArn: source.arn });
  try {
    const answer = await ask('elasticloadbalancing', 'DescribeTargetHealth', () => client.send(command));
    const all = answer.TargetHealthDescriptions ?? [];
    return instanceIds.map((id) => judged(all, id, nameOf(source.arn)));
  } catch (error) {
    const why = `${nameOf(source.arn)} could not be read: ${String((error as Error).message)}`;
    if (error instanceof AwsRefused) return each('unread', why);
    if (error instanceof Retryable) return each('not-healthy', why);
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
