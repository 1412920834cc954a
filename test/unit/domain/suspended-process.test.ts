import { describe, expect, it } from 'vitest';
import { PROCESSES, suspensionOf } from '../../../src/domain/suspended-process.ts';
import { FLEET } from '../guards/perfect.ts';

/** Auto Scaling API Reference, SuspendProcesses, and the deprecated one that describing a group may still list. */
const KNOWN_TO_AWS = [
  'AZRebalance',
  'AddToLoadBalancer',
  'AlarmNotification',
  'HealthCheck',
  'InstanceRefresh',
  'Launch',
  'RemoveFromLoadBalancerLowPriority',
  'ReplaceUnhealthy',
  'ScheduledActions',
  'Terminate',
];
const TARGETS = [{ kind: 'target-group', arn: 'arn:aws:elasticloadbalancing:::targetgroup/web/1' }] as const;
const suspended = (...suspendedProcesses: readonly string[]) => suspensionOf({ ...FLEET, suspendedProcesses });

describe('the table of suspended processes', () => {
  it('has every process that AWS documents, and no other', () => {
    expect(Object.keys(PROCESSES).sort()).toEqual(KNOWN_TO_AWS);
  });

  it.each([
    ['Launch', 'launch-suspended', 'launch-suspended'],
    ['Terminate', 'launch-suspended', 'launch-suspended'],
    ['HealthCheck', 'launch-suspended', 'launch-suspended'],
    ['AddToLoadBalancer', undefined, 'launch-suspended'],
    ['ReplaceUnhealthy', undefined, undefined],
    ['AZRebalance', undefined, undefined],
    ['AlarmNotification', undefined, undefined],
    ['ScheduledActions', undefined, undefined],
    ['InstanceRefresh', undefined, undefined],
    ['RemoveFromLoadBalancerLowPriority', undefined, undefined],
  ])('%s alone: %s, and %s in a group with target groups', (name, alone, withTargets) => {
    expect(suspended(name)?.guard).toBe(alone);
    expect(suspensionOf({ ...FLEET, suspendedProcesses: [name], trafficSources: TARGETS })?.guard).toBe(withTargets);
  });

  it('counts a Classic Load Balancer as traffic', () => {
    const trafficSources = [{ kind: 'other', name: 'classic' }] as const;
    expect(suspensionOf({ ...FLEET, suspendedProcesses: ['AddToLoadBalancer'], trafficSources })).toEqual({
      guard: 'launch-suspended',
      reason:
        'web has AddToLoadBalancer suspended: a replacement would be registered with no target group or load balancer, and stay so after it is resumed',
    });
  });

  it.each([['Levitate'], ['toString'], ['__proto__'], ['launch'], ['']])(
    'holds as unreadable for a process that it does not have: %j',
    (name) => expect(suspended(name)?.guard).toBe('unreadable'),
  );

  it('takes what a rolling update suspends for a deployment under way', () => {
    const all = ['HealthCheck', 'ReplaceUnhealthy', 'AZRebalance', 'AlarmNotification', 'ScheduledActions'];
    expect(suspended(...all)).toEqual({
      guard: 'refresh-running',
      reason:
        'web has HealthCheck, ReplaceUnhealthy, AZRebalance, AlarmNotification and ScheduledActions suspended, as a rolling update does: a deployment is under way',
    });
    expect(suspended('AZRebalance', 'ReplaceUnhealthy')?.guard).toBe('refresh-running');
  });

  it('says first that nothing would be launched, whatever else is suspended', () => {
    expect(suspended('Levitate', 'AZRebalance', 'ReplaceUnhealthy', 'Launch')?.guard).toBe('launch-suspended');
    expect(suspended('Levitate', 'HealthCheck')?.guard).toBe('launch-suspended');
  });

  it('is asked in vain where nothing is suspended', () => expect(suspended()).toBeNull());
});
