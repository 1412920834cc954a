/** Whoever got into one instance goes on to the next with its credentials. */
import { expect, it } from 'vitest';
import type { Baseline } from '../../src/domain/estate.ts';
import { byInstance, changeUserData, startSession } from './events.ts';
import { shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };

function world() {
  const at = new World(shippedPolicy('enforce'));
  const tags = { 'undrift:replace': 'allowed' };
  const ids = at.fleet.addGroup({ name: 'web', desired: 3, max: 6, tags }, BASELINE);
  return { at, first: ids[0] ?? '', second: ids[1] ?? '' };
}
const replaced = (at: World) => at.fleet.callsOf('replace').map(({ args }) => args[0]);

it('an instance that another one altered is replaced, and that other one is named and stays', async () => {
  const { at, first, second } = world();
  at.fleet.alter(second, { userData: 'IyEvYmluL3NoCg==' });
  at.send('instances', byInstance(changeUserData(at.clock.iso(), second), first));
  await at.run(600);
  expect(replaced(at)).toEqual([second]);
  expect(at.notifier.notices).toHaveLength(1);
  const text = at.notifier.notices[0]?.notice.text.replace(/\s+/g, ' ');
  expect(text).toContain(`called with the credentials of ${first}, which may be compromised`);
  expect(text).toContain(`undrift does not replace ${first} for it`);
});

it('a session on another instance is reported with the name of the instance whose credentials opened it', async () => {
  const { at, first, second } = world();
  at.send('instances', byInstance(startSession(at.clock.iso(), second, 'botocore-session-1'), first));
  await at.run(60);
  expect(at.incident()).toMatchObject({ resource: { id: second }, finding: { rule: 'session-started' } });
  expect(at.incident().finding.evidence[0]).toContain(`the credentials of ${first}`);
});
