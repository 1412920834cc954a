import { describe, expect, it } from 'vitest';
import type { GuardName } from '../../../src/domain/decision.ts';
import type { AutoScalingGroup, Instance } from '../../../src/domain/estate.ts';
import type { Guard, InstanceCase, NetworkCase, Objection } from '../../../src/guards/guard.ts';
import { INSTANCE_GUARDS, NETWORK_GUARDS } from '../../../src/guards/guards.ts';
import { basePolicy } from '../policy/policies.ts';
import { FLEET, GROUP_CASE, INSTANCE, INSTANCE_CASE, memberOf } from './perfect.ts';

const PAUSE = { until: '2026-03-01T14:00:00.000Z', reason: 'maintenance', by: 'kim' };
const OBSERVE = { mode: 'observe', because: 'modes[0]' } as const;

/** All that object, not only the first: one deviation must wake one guard. */
function objections<Case>(guards: readonly Guard<Case>[], subject: Case): Partial<Record<GuardName, Objection>> {
  const asked = guards.map((guard) => [guard.name, guard.check(subject)] as const);
  return Object.fromEntries(asked.filter(([, objection]) => objection !== null));
}

const ofGroup = (given: Partial<NetworkCase>) => objections(NETWORK_GUARDS, { ...GROUP_CASE, ...given });
const ofInstance = (given: Partial<InstanceCase>) => objections(INSTANCE_GUARDS, { ...INSTANCE_CASE, ...given });
const withFleet = (given: Partial<AutoScalingGroup>) => ofInstance({ group: { ...FLEET, ...given } });
const withInstance = (given: Partial<Instance>) => ofInstance({ instance: { ...INSTANCE, ...given } });

describe('the guards of a security group', () => {
  it('are asked in this order', () => {
    expect(NETWORK_GUARDS.map(({ name }) => name)).toEqual(['not-ours', 'shared', 'observe', 'paused']);
  });

  it('let a rule of ours go', () => expect(ofGroup({})).toEqual({}));

  it.each([
    [
      'of another account',
      { owned: { ...GROUP_CASE.owned, ownerId: '210987654321' } },
      { 'not-ours': { reason: 'sg-1 belongs to account 210987654321, not to 123456789012', retryAfter: 86_400 } },
    ],
    [
      'of an owner that is not known',
      { owned: { ...GROUP_CASE.owned, ownerId: null } },
      { 'not-ours': { reason: expect.stringContaining('sg-1'), retryAfter: 86_400 } },
    ],
    [
      'that a service looks after',
      { owned: { ...GROUP_CASE.owned, managedBy: 'the AWS service eks' } },
      { 'not-ours': { reason: 'sg-1 is looked after by the AWS service eks', retryAfter: 86_400 } },
    ],
    [
      'that one other uses',
      { sharedBy: ['eni-1'] },
      { shared: { reason: 'sg-1 is also used by eni-1, for whom nothing is wrong', retryAfter: 86_400 } },
    ],
    [
      'that five others use',
      { sharedBy: ['eni-1', 'eni-2', 'eni-3', 'eni-4', 'eni-5'] },
      {
        shared: {
          reason: 'sg-1 is also used by eni-1, eni-2, eni-3 and 2 more, for whom nothing is wrong',
          retryAfter: 86_400,
        },
      },
    ],
    ['observed', { mode: OBSERVE }, { observe: { reason: 'the policy observes here (modes[0])', retryAfter: 21_600 } }],
    [
      'whose rule is off',
      { mode: { mode: 'off', because: 'x' } as const },
      { observe: { reason: expect.any(String), retryAfter: 21_600 } },
    ],
    [
      'while paused',
      { pause: PAUSE },
      { paused: { reason: 'paused by kim until 2026-03-01T14:00:00.000Z: maintenance', retryAfter: 60 } },
    ],
  ])('hold one %s', (_name, given, expected) => {
    expect(ofGroup(given)).toEqual(expected);
  });
});

describe('the guards of an instance', () => {
  it('are asked in this order', () => {
    expect(INSTANCE_GUARDS.map(({ name }) => name)).toEqual([
      'not-opted-in',
      'protected',
      'state-at-risk',
      'single-instance',
      'launch-suspended',
      'refresh-running',
      'unhealthy-peers',
      'observe',
      'paused',
    ]);
  });

  it('let one of a healthy group that opted in go', () => expect(ofInstance({})).toEqual({}));

  it.each([
    ['no tag', {}],
    ['another value', { 'undrift:replace': 'Allowed' }],
    ['an empty value', { 'undrift:replace': '' }],
    ['the tag with a blank', { 'undrift:replace': 'allowed ' }],
    ['another key', { 'undrift:Replace': 'allowed' }],
  ])('hold one whose group has %s', (_name, tags) => {
    const reason = 'the Auto Scaling group web does not carry the tag undrift:replace = allowed';
    expect(withFleet({ tags: { ...tags } })).toEqual({ 'not-opted-in': { reason, retryAfter: 3600 } });
  });

  it("do not take the instance's own tag for its group's", () => {
    const instance = { ...INSTANCE, tags: { 'undrift:replace': 'allowed' } };
    expect(Object.keys(ofInstance({ instance, group: { ...FLEET, tags: {} } }))).toEqual(['not-opted-in']);
  });

  it.each([
    ['is protected from scale-in', memberOf('i-1', { protectedFromScaleIn: true }), 'i-1 is protected from scale-in'],
    ['is in Standby', memberOf('i-1', { lifecycleState: 'Standby' }), 'i-1 is in Standby'],
  ])('hold one that %s', (_name, member, reason) => {
    expect(ofInstance({ member })).toEqual({ protected: { reason, retryAfter: 3600 } });
  });

  it.each([
    [
      'a volume that outlives it',
      { volumes: [...INSTANCE.volumes, { id: 'vol-2', device: '/dev/sdf', deleteOnTermination: false }] },
      'i-1: volume vol-2 (/dev/sdf) would outlive it',
    ],
    [
      'a root volume that outlives it',
      { volumes: [{ id: 'vol-1', device: '/dev/xvda', deleteOnTermination: false }] },
      'i-1: volume vol-1 (/dev/xvda) would outlive it',
    ],
    [
      'a second interface',
      { interfaces: [...INSTANCE.interfaces, { id: 'eni-2', deviceIndex: 1, elasticIp: false }] },
      'i-1: interface eni-2 is attached as a further one',
    ],
    [
      'an Elastic IP',
      { interfaces: [{ id: 'eni-1', deviceIndex: 0, elasticIp: true }] },
      'i-1: interface eni-1 holds an Elastic IP',
    ],
    [
      'all of that',
      {
        volumes: [{ id: 'vol-1', device: '/dev/xvda', deleteOnTermination: false }],
        interfaces: [{ id: 'eni-2', deviceIndex: 1, elasticIp: true }],
      },
      'i-1: volume vol-1 (/dev/xvda) would outlive it; interface eni-2 is attached as a further one; interface eni-2 holds an Elastic IP',
    ],
  ])('hold one with %s', (_name, given, reason) => {
    expect(withInstance(given)).toEqual({ 'state-at-risk': { reason, retryAfter: 3600 } });
  });

  it('let one with a second volume that goes with it go', () => {
    const volume = { id: 'vol-2', device: '/dev/sdf', deleteOnTermination: true };
    expect(withInstance({ volumes: [...INSTANCE.volumes, volume] })).toEqual({});
  });

  it.each([0, 1])('hold one of a group of %s', (desired) => {
    const reason = `web has a desired capacity of ${desired}: replacing would be an outage`;
    expect(withFleet({ desired, members: [memberOf('i-1')] })).toEqual({
      'single-instance': { reason, retryAfter: 3600 },
    });
  });

  it('let one of two go', () => {
    expect(withFleet({ desired: 2, members: [memberOf('i-1'), memberOf('i-2')] })).toEqual({});
  });

  it.each([
    [['Launch'], 'Launch'],
    [['Terminate'], 'Terminate'],
    [['AZRebalance', 'Launch', 'Terminate'], 'Launch and Terminate'],
  ])('hold one while %j is suspended', (suspendedProcesses, named) => {
    const reason = `web has ${named} suspended: no successor would come`;
    expect(withFleet({ suspendedProcesses })).toEqual({ 'launch-suspended': { reason, retryAfter: 120 } });
  });

  it('let one go while processes are suspended that it does not need', () => {
    expect(withFleet({ suspendedProcesses: ['AZRebalance', 'HealthCheck', 'ReplaceUnhealthy'] })).toEqual({});
  });

  it('hold one while a refresh runs', () => {
    const reason = 'an instance refresh of web is running';
    expect(withFleet({ refreshRunning: true })).toEqual({ 'refresh-running': { reason, retryAfter: 60 } });
  });

  it.each([
    ['observe', { mode: OBSERVE }, ['observe']],
    ['off', { mode: { mode: 'off', because: 'x' } as const }, ['observe']],
    ['paused', { pause: PAUSE }, ['paused']],
    ['paused while it observes', { pause: PAUSE, mode: OBSERVE }, ['observe', 'paused']],
  ])('hold one while %s', (_name, given, expected) => {
    expect(Object.keys(ofInstance(given))).toEqual(expected);
  });
});

describe('the peers of an instance', () => {
  const withBudget = (perGroup: number, peers: AutoScalingGroup['members'], desired = 3) => {
    const policy = { ...basePolicy(), budget: { perGroup, perHour: 10 } };
    return ofInstance({ policy, group: { ...FLEET, desired, members: [memberOf('i-1'), ...peers] } });
  };
  const well = memberOf('i-2');
  const short = { 'unhealthy-peers': { reason: expect.stringContaining('only 1 of the 2 other'), retryAfter: 60 } };

  it.each([
    ['is unhealthy', [well, memberOf('i-3', { healthy: false })]],
    ['is only starting', [well, memberOf('i-3', { lifecycleState: 'Pending' })]],
    ['waits for a hook', [well, memberOf('i-3', { lifecycleState: 'Pending:Wait' })]],
    ['is in Standby', [well, memberOf('i-3', { lifecycleState: 'Standby' })]],
    ['is ending', [well, memberOf('i-3', { lifecycleState: 'Terminating' })]],
    ['is missing', [well]],
  ])('hold it when one %s, with a budget of one', (_name, peers) => {
    expect(withBudget(1, peers)).toEqual(short);
  });

  it.each([
    ['one is out of a budget of two', 2, [well], []],
    ['two are out of a budget of two', 2, [], ['unhealthy-peers']],
    ['two are out of a budget of three', 3, [], []],
    ['one is out of no budget', 0, [well], ['unhealthy-peers']],
    ['all are in service, without a budget', 0, [well, memberOf('i-3')], []],
    ['there are more than desired, one unhealthy', 1, [well, memberOf('i-3'), memberOf('i-4', { healthy: false })], []],
  ])('%s', (_name, budget, peers, expected) => {
    expect(Object.keys(withBudget(budget, peers))).toEqual(expected);
  });

  it('do not count the altered instance among the healthy, nor against them', () => {
    const altered = memberOf('i-1', { healthy: false });
    const group = { ...FLEET, members: [altered, well, memberOf('i-3')] };
    expect(ofInstance({ group, member: altered })).toEqual({});
  });
});
