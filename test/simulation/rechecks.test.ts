import { describe, expect, it } from 'vitest';
import type { Baseline } from '../../src/domain/estate.ts';
import { Refused, Retryable } from '../../src/roles.ts';
import { authorize, changeUserData } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const WARM_UP = { seconds: 600, setting: 'DefaultInstanceWarmup' } as const;
const GROUP = 'sg-0123456789abcdef0';
const RULE = 'sgr-00000000000000001';
const HOURS = 2 * 3600;

/** Not the list that has it for people. */
const delayed = (at: World) =>
  at.notifier.notices.filter(({ notice }) => notice.attributes.outcome === 'delayed').length;

/** From now on, until it is called again with null. */
function refusing<T extends object, K extends keyof T>(role: T, name: K) {
  const works = role[name];
  const seen = { calls: 0 };
  const set = (error: Error | null) => {
    const fails = async () => {
      seen.calls += 1;
      throw error;
    };
    role[name] = error === null ? works : (fails as T[K]);
  };
  return { seen, set };
}

describe('an incident whose look fails again and again', () => {
  it.each([
    ['denied', new Refused('denied')],
    ['throttled', new Retryable('throttled')],
  ])(
    'has one message and one notification while its replacement cannot be read (%s), and goes on',
    async (_what, error) => {
      const at = new World(shippedPolicy('enforce'));
      const tags = { 'undrift:replace': 'allowed' };
      const [first = ''] = at.fleet.addGroup({ name: 'web', desired: 3, tags, warmUp: WARM_UP }, BASELINE);
      at.fleet.alter(first, { userData: 'IyEvYmluL3NoCg==' });
      at.send('instances', changeUserData(at.clock.iso(), first));
      await at.run(180);
      const group = refusing(at.fleet, 'group');
      group.set(error);
      await at.run(HOURS);
      expect([at.waiting, delayed(at)]).toEqual([1, 1]);
      expect(group.seen.calls).toBeLessThanOrEqual(HOURS / 55);
      group.set(null);
      await at.run(150);
      expect(at.incident()).toMatchObject({ status: 'closed', dueAt: null });
      expect(at.waiting).toBe(0);
    },
  );

  it('has one message while an exposure cannot be read, and is closed within 60 s after that', async () => {
    const at = new World(shippedPolicy('enforce'));
    at.securityGroups.addGroup({ id: GROUP, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
    at.pause.text = 'stopped';
    await at.run(61);
    const ports = { protocol: 'tcp', fromPort: 22, toPort: 22 };
    const source = { kind: 'ipv4', cidr: '0.0.0.0/0' } as const;
    at.securityGroups.open({ id: RULE, groupId: GROUP, egress: false, ...ports, source, description: null });
    at.send('security-groups', authorize(at.clock.iso(), { id: RULE, groupId: GROUP, ...ports, cidr: source.cidr }));
    await at.run(120);
    expect([at.incident().guard, at.waiting]).toEqual(['paused', 0]);
    const read = refusing(at.securityGroups, 'read');
    read.set(new Retryable('throttled'));
    at.pause.text = '{"paused":false}';
    await at.run(HOURS);
    expect([at.waiting, delayed(at)]).toEqual([1, 1]);
    read.set(null);
    await at.run(60);
    expect(at.securityGroups.rulesOf(GROUP)).toEqual([]);
  });
});
