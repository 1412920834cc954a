import { describe, expect, test } from 'vitest';
import { awsFleet } from '../../../src/aws/fleet.ts';
import { toTrafficSources, toWarmUp } from '../../../src/aws/fleet-traffic.ts';
import type { TrafficSource } from '../../../src/domain/estate.ts';
import { awsError, stub } from './stub.ts';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef';
const OTHER = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/api/0123456789abcdef';
const LATTICE = 'arn:aws:vpc-lattice:eu-west-1:123456789012:targetgroup/tg-0123456789abcdef0';
const TARGET_GROUP: TrafficSource = { kind: 'target-group', arn: ARN };

const target = (State: string, Reason?: string, Id = 'i-4', Port = 80) => ({
  Target: { Id, Port },
  TargetHealth: { State, ...(Reason !== undefined && { Reason }) },
});

async function healthOf(
  answers: Readonly<Record<string, unknown>>,
  sources: readonly TrafficSource[] = [TARGET_GROUP],
) {
  const { client, asked } = stub({
    DescribeTargetHealth: ({ TargetGroupArn }) => answers[String(TargetGroupArn)],
  });
  const fleet = awsFleet({ ec2: client, autoScaling: client, iam: client, loadBalancing: client });
  const [health, other] = await fleet.targetHealth(sources, ['i-4', 'i-1']);
  return { asked, health, other };
}
const described = (...TargetHealthDescriptions: readonly object[]) => ({ [ARN]: { TargetHealthDescriptions } });

describe('the health of a target', () => {
  test.each<[string, readonly object[], object]>([
    ['healthy', [target('unhealthy', 'Target.Timeout', 'i-1'), target('healthy')], { kind: 'healthy' }],
    [
      'initial',
      [target('initial', 'Elb.InitialHealthChecking')],
      {
        kind: 'not-healthy',
        why: 'i-4 is initial in targetgroup/web/0123456789abcdef (Elb.InitialHealthChecking)',
      },
    ],
    [
      'healthy on one port of two',
      [target('healthy'), target('unhealthy', 'Target.Timeout', 'i-4', 81)],
      { kind: 'not-healthy' },
    ],
    [
      'in a target group that no load balancer uses',
      [target('unused', 'Target.NotInUse', 'i-1'), target('unused', 'Target.NotInUse')],
      { kind: 'healthy' },
    ],
    [
      'in a zone that the load balancer does not serve',
      [target('draining', undefined, 'i-1'), target('unused', 'Target.NotInUse')],
      { kind: 'not-healthy' },
    ],
    ['stopped', [target('unused', 'Target.InvalidState')], { kind: 'not-healthy' }],
    ['draining', [target('draining')], { kind: 'not-healthy' }],
    ['in a state that AWS has added', [target('splendid')], { kind: 'not-healthy' }],
    ['in no state', [{ Target: { Id: 'i-4' } }], { kind: 'not-healthy' }],
    [
      'not registered',
      [target('healthy', undefined, 'i-1')],
      { kind: 'not-healthy', why: 'i-4 is not registered in targetgroup/web/0123456789abcdef' },
    ],
    ['in an empty target group', [], { kind: 'not-healthy' }],
  ])('%s', async (_what, descriptions, expected) => {
    expect((await healthOf(described(...descriptions))).health).toMatchObject(expected);
  });

  test.each([
    ['denied', awsError('AccessDenied', 'not authorized', 403), 'unread'],
    ['gone', awsError('TargetGroupNotFoundException'), 'unread'],
    ['throttled', awsError('Throttling', 'Rate exceeded', 400), 'not-healthy'],
    ['unavailable', awsError('HealthUnavailableException', 'internal', 500), 'not-healthy'],
  ])('%s: %s', async (_what, error, kind) => {
    const { health } = await healthOf({ [ARN]: error });
    expect(health).toMatchObject({ kind, why: expect.stringContaining('could not be read: elasticloadbalancing:') });
  });

  test('is that of the worst of its target groups, each asked once', async () => {
    const sources: readonly TrafficSource[] = [
      TARGET_GROUP,
      { kind: 'target-group', arn: OTHER },
      { kind: 'other', name: 'classic' },
    ];
    const [well, ill] = [{ TargetHealthDescriptions: [target('healthy')] }, { TargetHealthDescriptions: [] }];
    const { asked, health } = await healthOf({ [ARN]: well, [OTHER]: ill }, sources);
    expect(health).toMatchObject({ kind: 'not-healthy', why: expect.stringContaining('targetgroup/api') });
    expect(asked.map(({ input }) => input)).toEqual([{ TargetGroupArn: ARN }, { TargetGroupArn: OTHER }]);
    expect((await healthOf({ [ARN]: well, [OTHER]: well }, sources)).health).toEqual({
      kind: 'unread',
      why: 'whether i-4 is healthy in classic is not read',
    });
  });

  test('is that of each instance, read once for all', async () => {
    const { asked, health, other } = await healthOf(described(target('healthy'), target('initial', undefined, 'i-1')));
    expect([health, other]).toEqual([
      { kind: 'healthy' },
      { kind: 'not-healthy', why: 'i-1 is initial in targetgroup/web/0123456789abcdef' },
    ]);
    expect(asked).toHaveLength(1);
  });

  test('is nothing to wait for in a group without traffic', async () => {
    expect(await healthOf({}, [])).toMatchObject({ asked: [], health: { kind: 'healthy' } });
  });
});

describe('the sources of traffic of a group', () => {
  test('are named once, whichever list names them', () => {
    expect(
      toTrafficSources({
        TargetGroupARNs: [ARN],
        LoadBalancerNames: ['classic'],
        TrafficSources: [
          { Identifier: ARN, Type: 'elbv2' },
          { Identifier: OTHER },
          { Identifier: 'classic', Type: 'elb' },
          { Identifier: LATTICE, Type: 'vpc-lattice' },
        ],
      }),
    ).toEqual([
      TARGET_GROUP,
      { kind: 'other', name: 'classic' },
      { kind: 'target-group', arn: OTHER },
      { kind: 'other', name: LATTICE },
    ]);
    expect(toTrafficSources({})).toEqual([]);
  });

  test.each([
    [{ DefaultInstanceWarmup: 300, HealthCheckGracePeriod: 600 }, 300, 'DefaultInstanceWarmup'],
    [{ DefaultInstanceWarmup: 0, HealthCheckGracePeriod: 600 }, 0, 'DefaultInstanceWarmup'],
    [{ DefaultInstanceWarmup: -1, HealthCheckGracePeriod: 600 }, 600, 'HealthCheckGracePeriod'],
    [{ HealthCheckGracePeriod: 600 }, 600, 'HealthCheckGracePeriod'],
    [{}, 0, 'HealthCheckGracePeriod'],
  ])('warm up as %j says', (group, seconds, setting) => {
    expect(toWarmUp(group)).toEqual({ seconds, setting });
  });
});
