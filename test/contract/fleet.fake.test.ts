import { describe, expect, test } from 'vitest';
import type { Baseline, Instance } from '../../src/domain/estate.ts';
import { FakeClock } from '../fakes/clock.ts';
import { FakeFleet } from '../fakes/fleet.ts';
import { counter } from '../fakes/world.ts';
import { type FleetSetting, fleetSuite } from './fleet.suite.ts';

const BASELINE: Baseline = {
  name: 'lt-0123456789abcdef0 version 1',
  userData: 'IyEvYmluL3NoCg==',
  securityGroupIds: ['sg-0123456789abcdef0'],
  profile: 'web',
  traits: { 'metadata-options/http-tokens': 'required' },
  tags: { Env: 'prod' },
};
const ALONE: Instance = {
  id: 'i-0aaaaaaaaaaaaaaa0',
  state: 'running',
  vpcId: 'vpc-0123456789abcdef0',
  imageId: null,
  launchedAt: null,
  securityGroupIds: [],
  profileArn: null,
  rootDevice: null,
  volumes: [],
  interfaces: [],
  tags: {},
};

function make(clock = new FakeClock()): FleetSetting & { readonly fleet: FakeFleet } {
  const fleet = new FakeFleet(clock);
  fleet.terminateSeconds = 1;
  fleet.launchSeconds = 3;
  const name = counter('group');
  const broken = (why: string) => {
    fleet.launch = { kind: 'broken', why };
  };
  return {
    fleet,
    newGroup: async () => {
      const group = name();
      return { name: group, instanceIds: fleet.addGroup({ name: group, tags: { team: 'web' } }, BASELINE) };
    },
    newInstance: async () => {
      fleet.addInstance(ALONE);
      return ALONE.id;
    },
    newInterface: async () => 'eni-0aaaaaaaaaaaaaaa0',
    changeUserData: async (id) => fleet.alter(id, { userData: 'Zm9v' }),
    changeGroups: async (id) => fleet.alter(id, { securityGroupIds: ['sg-0fedcba9876543210'] }),
    changeProfile: async (id) => fleet.alter(id, { profileArn: 'arn:aws:iam::123456789012:instance-profile/admin' }),
    changeMetadataOptions: async (id) => fleet.alter(id, { traits: { 'metadata-options/http-tokens': 'optional' } }),
    changeTags: async (id) => fleet.alter(id, { tags: {} }),
    suspendLaunch: async (group) => fleet.alterGroup(group, { suspendedProcesses: ['Launch'] }),
    resumeLaunch: async (group) => fleet.alterGroup(group, { suspendedProcesses: [] }),
    launchFirst: async (group) => fleet.alterGroup(group, { maintenance: { minHealthy: 100, maxHealthy: 200 } }),
    suspendReplacing: async (group) => fleet.alterGroup(group, { suspendedProcesses: ['ReplaceUnhealthy'] }),
    warmUp: async (group, seconds) => {
      fleet.targetSeconds = 2;
      const trafficSources = [
        { kind: 'target-group', arn: 'arn:aws:elasticloadbalancing:::targetgroup/web/1' },
      ] as const;
      fleet.alterGroup(group, { warmUp: { seconds, setting: 'DefaultInstanceWarmup' }, trafficSources });
    },
    breakLaunch: async () => broken('launch template lt-0123456789abcdef0 has no version 1'),
    breakProfile: async () => broken('the instance profile web is not there (any more)'),
    emptyProfile: async () => broken('the instance profile web has no role'),
    deleteKey: async () => broken('the key pair ops is gone'),
    protectFromTermination: async (id) => void fleet.terminationProtected.add(id),
    startRefresh: async (group) => fleet.alterGroup(group, { refreshRunning: true }),
    pass: async (seconds) => clock.advance(seconds),
  };
}

describe('fleet', () => fleetSuite(async () => make()));

describe('the fake alone', () => {
  test('each step of a replacement happens at its second', async () => {
    const clock = new FakeClock('2026-03-01T12:00:00.000Z');
    const { fleet } = make(clock);
    fleet.terminateSeconds = 30;
    fleet.launchSeconds = 60;
    const [first = ''] = fleet.addGroup({ name: 'web', desired: 1 }, BASELINE);
    await fleet.replace(first, 'terminate-first');
    const states = async () => (await fleet.group('web'))?.members.map(({ lifecycleState }) => lifecycleState);
    expect([await fleet.state(first), await states()]).toEqual(['shutting-down', ['Terminating', 'Pending']]);
    clock.advance(30);
    expect([await fleet.state(first), await states()]).toEqual(['terminated', ['Pending']]);
    clock.advance(29);
    expect(await states()).toEqual(['Pending']);
    clock.advance(1);
    expect(await states()).toEqual(['InService']);
  });

  test('a termination that hangs keeps the old instance running beside its successor', async () => {
    const clock = new FakeClock();
    const { fleet } = make(clock);
    fleet.terminationHangs = true;
    const [first = ''] = fleet.addGroup({ name: 'web', desired: 1 }, BASELINE);
    await fleet.replace(first, 'terminate-first');
    clock.advance(86_400);
    expect(await fleet.state(first)).toBe('running');
    const found = (await fleet.group('web'))?.members.map(({ lifecycleState }) => lifecycleState);
    expect(found).toEqual(['Terminating:Wait', 'InService']);
  });

  test('stale reads show the fleet as it was', async () => {
    const clock = new FakeClock();
    const { fleet } = make(clock);
    const [first = ''] = fleet.addGroup({ name: 'web', desired: 1 }, BASELINE);
    clock.advance(60);
    fleet.staleReadsFor(10);
    await fleet.replace(first, 'terminate-first');
    expect(await fleet.state(first)).toBe('running');
    clock.advance(10);
    expect(await fleet.state(first)).toBe('shutting-down');
  });
});
