import { describe, expect, it } from 'vitest';
import { peersOf } from '../../../src/domain/budget.ts';
import type { GuardName, Remediation } from '../../../src/domain/decision.ts';
import type { AutoScalingGroup, Instance } from '../../../src/domain/estate.ts';
import type { Guard, InstanceCase, NetworkCase, Objection } from '../../../src/guards/guard.ts';
import { INSTANCE_GUARDS, NETWORK_GUARDS, pauseGuards } from '../../../src/guards/guards.ts';
import { FLEET, GROUP_CASE, INSTANCE, INSTANCE_CASE, memberOf } from './perfect.ts';

const PAUSE = {
  kind: 'paused',
  until: '2026-03-01T14:00:00.000Z',
  reason: 'maintenance',
  by: 'kim',
  at: '2026-03-01T11:00:00.000Z',
} as const;
const STOPPED = { kind: 'stopped', why: 'not valid JSON' } as const;
const UNREADABLE = { kind: 'unreadable', why: 'throttled', last: null } as const;
const OBSERVE = { mode: 'observe', because: 'modes[0]' } as const;

/** All that object, not only the first: one deviation must wake one guard. */
function objections<Case>(guards: readonly Guard<Case>[], subject: Case): Partial<Record<GuardName, Objection>> {
  const asked = guards.map((guard) => [guard.name, guard.check(subject)] as const);
  return Object.fromEntries(asked.filter(([, objection]) => objection !== null));
}

const ofGroup = (given: Partial<NetworkCase>) => objections(NETWORK_GUARDS, { ...GROUP_CASE, ...given });
const ofInstance = (given: Partial<InstanceCase>) => {
  const subject = { ...INSTANCE_CASE, ...given };
  return objections(INSTANCE_GUARDS, { ...subject, peers: peersOf(subject.group, subject.member) });
};
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
      { paused: { reason: 'paused by kim until 2026-03-01T14:00:00.000Z: maintenance', retryAfter: 300 } },
    ],
    [
      'while paused, until the pause ends at the latest',
      { pause: PAUSE, now: new Date('2026-03-01T13:59:30.500Z') },
      { paused: { reason: expect.any(String), retryAfter: 31 } },
    ],
    [
      'while a value stops undrift that cannot be understood',
      { pause: STOPPED },
      {
        paused: {
          reason:
            'stopped, without an end, by the value of the pause parameter (not valid JSON); undrift resume ends it',
          retryAfter: 300,
        },
      },
    ],
    [
      'while the pause flag cannot be read and last said stop',
      { pause: { ...UNREADABLE, last: PAUSE } },
      {
        paused: {
          reason:
            'the pause flag cannot be read (throttled), and its last known value says: paused by kim until 2026-03-01T14:00:00.000Z: maintenance',
          retryAfter: 300,
        },
      },
    ],
  ])('hold one %s', (_name, given, expected) => {
    expect(ofGroup(given)).toEqual(expected);
  });

  it.each([[null], [{ kind: 'running' } as const]])(
    'let one go while the pause flag cannot be read and last said %j',
    (last) => expect(ofGroup({ pause: { ...UNREADABLE, last } })).toEqual({}),
  );
});

describe('the guards of an instance', () => {
  it('are asked in this order', () => {
    expect(INSTANCE_GUARDS.map(({ name }) => name)).toEqual([
      'not-opted-in',
      'protected',
      'state-at-risk',
      'single-instance',
      'fight',
      'baseline-changed',
      'launch-suspended',
      'refresh-running',
      'budget',
      'unhealthy-peers',
      'unreadable',
      'observe',
      'paused',
      'unreadable',
      'tainted',
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
    [
      'is retained',
      memberOf('i-1', { lifecycleState: 'Terminating:Retained' }),
      'i-1 is Terminating:Retained: it was to be terminated, and is kept running',
    ],
    [
      'is warm',
      memberOf('i-1', { lifecycleState: 'Warmed:Running' }),
      'i-1 is Warmed:Running: it belongs to the warm pool',
    ],
  ])('hold one that %s', (_name, member, reason) => {
    expect(ofInstance({ member })).toEqual({ protected: { reason, retryAfter: 3600 } });
  });

  it('hold one that is starting for a minute', () => {
    const expected = { protected: { reason: 'i-1 is Pending:Wait', retryAfter: 60 } };
    expect(ofInstance({ member: memberOf('i-1', { lifecycleState: 'Pending:Wait' }) })).toEqual(expected);
  });

  it('hold one in a state that undrift does not know', () => {
    const reason = 'i-1 is Levitating, which undrift does not know';
    const expected = { unreadable: { reason, retryAfter: 600 } };
    expect(ofInstance({ member: memberOf('i-1', { lifecycleState: 'Levitating' }) })).toEqual(expected);
  });

  it('hold one while its root volume is replaced', () => {
    const member = memberOf('i-1', { lifecycleState: 'ReplacingRootVolume:Wait' });
    const expected = { 'refresh-running': { reason: 'i-1 is ReplacingRootVolume:Wait', retryAfter: 60 } };
    expect(ofInstance({ member })).toEqual(expected);
  });

  it.each([
    [
      { kind: 'broken', why: 'the image ami-1 is gone' },
      { 'launch-suspended': { reason: 'web could not launch a successor: the image ami-1 is gone', retryAfter: 3600 } },
    ],
    [
      { kind: 'unread', why: 'this role may not call ec2:DescribeImages' },
      {
        unreadable: {
          reason: 'whether web could launch a successor could not be read: this role may not call ec2:DescribeImages',
          retryAfter: 120,
        },
      },
    ],
    [{ kind: 'ready' }, {}],
  ] as const)('when the look at what it launches from finds %j', (launch, expected) => {
    expect(ofInstance({ launch })).toEqual(expected);
  });

  it.each([
    [['lt-1 has a version'], 'a successor in web would come from it: lt-1 has a version'],
    [['lt-1 has a version', 'b', 'c'], 'a successor in web would come from it: lt-1 has a version, and 2 more'],
  ])('hold one whose successor would come from what was changed: %j', (baselineChanges, reason) => {
    expect(ofInstance({ baselineChanges })).toEqual({ 'baseline-changed': { reason, retryAfter: 600 } });
  });

  it('let one of a group of one go where its successor comes first', () => {
    const remediation = { ...INSTANCE_CASE.remediation, how: 'launch-first' } as const;
    const group = { ...FLEET, desired: 1, members: [memberOf('i-1')] };
    expect(ofInstance({ group, remediation })).toEqual({});
  });

  it('count by weight: one that is the whole capacity is single', () => {
    const heavy = memberOf('i-1', { weight: 4 });
    const group = { ...FLEET, desired: 4, members: [heavy] };
    expect(Object.keys(ofInstance({ group, member: heavy }))).toEqual(['single-instance']);
  });

  it('count by weight: peers of other weights carry the load', () => {
    const member = memberOf('i-1', { weight: 2 });
    const group = {
      ...FLEET,
      desired: 8,
      members: [member, memberOf('i-2', { weight: 4 }), memberOf('i-3', { weight: 2 })],
    };
    expect(ofInstance({ group, member })).toEqual({});
    const short = { ...group, members: [member, memberOf('i-2', { weight: 4 })] };
    expect(Object.keys(ofInstance({ group: short, member }))).toEqual(['unhealthy-peers']);
  });

  it('hold one while the group is rebalanced', () => {
    const members = [...FLEET.members, memberOf('i-4', { lifecycleState: 'Pending' })];
    const reason = 'web launches beyond its desired capacity of 3: it is being rebalanced';
    expect(withFleet({ members })).toEqual({ 'refresh-running': { reason, retryAfter: 120 } });
  });

  it.each([
    ['more than desired, none of them starting', [...FLEET.members, memberOf('i-4')]],
    [
      'a launch that an unhealthy one explains',
      [
        memberOf('i-1', { healthy: false }),
        memberOf('i-2'),
        memberOf('i-3'),
        memberOf('i-4', { lifecycleState: 'Pending' }),
      ],
    ],
  ])('do not take %s for rebalancing', (_name, members) => {
    expect(withFleet({ members })).toEqual({});
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
    [['Launch'], 'launch-suspended', 3600],
    [['AZRebalance', 'ReplaceUnhealthy'], 'refresh-running', 120],
    [['Levitate'], 'unreadable', 600],
  ])('hold one while %j is suspended, under one name: %s', (suspendedProcesses, guard, retryAfter) => {
    expect(withFleet({ suspendedProcesses })).toEqual({ [guard]: { reason: expect.any(String), retryAfter } });
  });

  it('let one go while processes are suspended that it does not need', () => {
    expect(withFleet({ suspendedProcesses: ['AZRebalance', 'AlarmNotification', 'ScheduledActions'] })).toEqual({});
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
    ['stopped', { pause: STOPPED }, ['paused']],
    ['the pause flag cannot be read', { pause: UNREADABLE }, ['unreadable']],
    [
      'it cannot be read and last said run',
      { pause: { ...UNREADABLE, last: { kind: 'running' } as const } },
      ['unreadable'],
    ],
    ['it cannot be read and last said stop', { pause: { ...UNREADABLE, last: STOPPED } }, ['paused', 'unreadable']],
  ])('hold one while %s', (_name, given, expected) => {
    expect(Object.keys(ofInstance(given))).toEqual(expected);
  });

  it('are asked again of the pause alone right before an act, and of an unreadable flag before a replacement only', () => {
    const names = (act: Remediation) => pauseGuards(act).map(({ name }) => name);
    expect(names(INSTANCE_CASE.remediation)).toEqual(['paused', 'unreadable']);
    expect(names(GROUP_CASE.remediation)).toEqual(['paused']);
    const detach = { action: 'detach-groups', interfaceId: 'eni-1', groupIds: ['sg-1'], remaining: ['sg-2'] } as const;
    expect(names(detach)).toEqual(['paused']);
    expect(names({ action: 'remove-entries', prefixListId: 'pl-1', cidrs: ['0.0.0.0/0'] })).toEqual(['paused']);
  });
});

describe('the peers of an instance', () => {
  const withBudget = (limit: number, peers: AutoScalingGroup['members'], holders: readonly string[] = []) => {
    const allowance = { limit, because: 'budget.perGroup' };
    return ofInstance({ allowance, holders, group: { ...FLEET, members: [memberOf('i-1'), ...peers] } });
  };
  const well = memberOf('i-2');
  const short = { 'unhealthy-peers': { reason: expect.stringContaining('only 1 of the 2 other'), retryAfter: 3600 } };

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
    ['one is out of no budget', 0, [well], ['budget', 'unhealthy-peers']],
    ['all are in service, without a budget', 0, [well, memberOf('i-3')], ['budget']],
    ['there are more than desired, one unhealthy', 1, [well, memberOf('i-3'), memberOf('i-4', { healthy: false })], []],
  ])('%s', (_name, budget, peers, expected) => {
    expect(Object.keys(withBudget(budget, peers))).toEqual(expected);
  });

  it('that undrift has out itself are left to the ledger', () => {
    expect(withBudget(1, [well], ['i-9'])).toEqual({});
    expect(Object.keys(withBudget(1, [], ['i-9']))).toEqual(['unhealthy-peers']);
    // The slot of one that still serves explains nothing that is missing.
    expect(Object.keys(withBudget(1, [well], ['i-2']))).toEqual(['unhealthy-peers']);
  });

  it('do not count the altered instance among the healthy, nor against them', () => {
    const altered = memberOf('i-1', { healthy: false });
    const group = { ...FLEET, members: [altered, well, memberOf('i-3')] };
    expect(ofInstance({ group, member: altered })).toEqual({});
  });
});
