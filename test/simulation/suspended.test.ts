import { describe, expect, it } from 'vitest';
import type { AutoScalingGroup, Baseline } from '../../src/domain/estate.ts';
import { changeUserData } from './events.ts';
import { shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const TARGETS = [{ kind: 'target-group', arn: 'arn:aws:elasticloadbalancing:::targetgroup/web/1' }] as const;

function fleetOf(given: Partial<AutoScalingGroup> = {}) {
  const at = new World(shippedPolicy('enforce', { budget: { perGroup: 1, perHour: 4 } }));
  const tags = { 'undrift:replace': 'allowed' };
  const ids = at.fleet.addGroup({ name: 'web', desired: 3, tags, trafficSources: TARGETS, ...given }, BASELINE);
  return { at, ids };
}

function alter(at: World, id: string) {
  at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
  at.send('instances', changeUserData(at.clock.iso(), id));
}

const replaced = (at: World) => at.fleet.callsOf('replace').length;

describe('a group with a suspended process', () => {
  it.each([
    ['AddToLoadBalancer', 'launch-suspended'],
    ['HealthCheck', 'launch-suspended'],
    ['Levitate', 'unreadable'],
  ])('keeps its three modified instances while %s is suspended, and notifies of each', async (name, guard) => {
    const { at, ids } = fleetOf({ suspendedProcesses: [name] });
    for (const id of ids) alter(at, id);
    await at.run(1800);
    expect(replaced(at)).toBe(0);
    expect(at.ledger.incidents.map((it) => [it.status, it.guard])).toEqual(ids.map(() => ['held', guard]));
    for (const id of ids) expect(at.notifier.subjects.some((it) => it.includes(id) && it.includes(guard))).toBe(true);
    at.fleet.alterGroup('web', { suspendedProcesses: [] });
    await at.run(3600);
    expect(replaced(at)).toBe(3);
  });

  it('is left alone during a rolling update', async () => {
    const { at, ids } = fleetOf({ suspendedProcesses: ['AZRebalance', 'ReplaceUnhealthy', 'HealthCheck'] });
    alter(at, ids[0] ?? '');
    await at.run(600);
    expect(replaced(at)).toBe(0);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'refresh-running' });
  });

  it('keeps its instance when the process is suspended while undrift looks at what it launches from', async () => {
    const { at, ids } = fleetOf();
    const check = at.fleet.launchCheck.bind(at.fleet);
    at.fleet.launchCheck = async (group, now) => {
      at.fleet.alterGroup('web', { suspendedProcesses: ['AddToLoadBalancer'] });
      return check(group, now);
    };
    alter(at, ids[0] ?? '');
    await at.run(30);
    expect(replaced(at)).toBe(0);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'launch-suspended' });
  });
});
