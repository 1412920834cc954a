import { expect, it } from 'vitest';
import type { Baseline } from '../../src/domain/estate.ts';
import { Refused } from '../../src/roles.ts';
import { changeUserData } from './events.ts';
import { shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const tags = { 'undrift:replace': 'allowed' };

function alter(at: World, id: string) {
  at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
  at.send('instances', changeUserData(at.clock.iso(), id));
}

/** As where a boundary or the organisation forbids it in one group. */
it('what AWS refuses for good takes no place of the hour from the others', async () => {
  const at = new World(shippedPolicy('enforce', { budget: { perGroup: 1, perHour: 4 } }));
  const [forbidden = ''] = at.fleet.addGroup({ name: 'web', desired: 3, max: 6, tags }, BASELINE);
  const others = at.fleet.addGroup({ name: 'api', desired: 4, max: 6, tags }, BASELINE).slice(0, 3);
  const replaced: string[] = [];
  const replace = at.fleet.replace.bind(at.fleet);
  at.fleet.replace = async (id, how) => {
    if (id === forbidden) throw new Refused('this role may not call autoscaling:TerminateInstanceInAutoScalingGroup');
    replaced.push(id);
    return replace(id, how);
  };
  alter(at, forbidden);
  await at.run(1800);
  expect(at.incident()).toMatchObject({ status: 'held', outcome: { kind: 'failed', retryable: false } });
  // It is refused again and again, and the alarm on failures counts it once: the next finding rings again.
  expect(at.meter.total('Failures')).toBeGreaterThan(1);
  expect(at.meter.total('NewFailures')).toBe(1);
  for (const id of others) alter(at, id);
  await at.run(1800);
  expect(replaced.toSorted()).toEqual(others);
  // Three within the hour are still what the policy allows one group.
  alter(at, (await at.fleet.group('api'))?.members[0]?.id ?? '');
  await at.run(300);
  expect(replaced).toHaveLength(3);
});
