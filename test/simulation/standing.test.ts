import { expect, it } from 'vitest';
import type { Baseline } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { changeUserData } from './events.ts';
import { shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const DAY = 86_400;

/** Every rule but these only tells. */
function enforcing(rule: keyof Policy['instanceRules'], change: Partial<Policy>): Policy {
  const { instanceRules, ...policy } = shippedPolicy('enforce');
  const observed = Object.keys(instanceRules).map((id) => [id, { mode: id === rule ? null : 'observe' }]);
  return { ...policy, instanceRules: Object.fromEntries(observed) as Policy['instanceRules'], ...change };
}

function world(policy: Policy) {
  const at = new World(policy);
  const ids = at.fleet.addGroup({ name: 'web', desired: 2, max: 4, tags: { 'undrift:replace': 'allowed' } }, BASELINE);
  return { at, altered: ids[0] ?? '' };
}
const replaced = (at: World) => at.fleet.callsOf('replace').map(({ args }) => args[0]);

it('an old machine is replaced once somebody looks at it, and its successor is left alone', async () => {
  const { at, altered } = world(enforcing('too-old', { maxInstanceAgeDays: 1 }));
  await at.run(DAY - 60);
  at.send('instances', changeUserData(at.clock.iso(), altered));
  await at.run(30);
  expect(replaced(at)).toEqual([]);
  await at.run(120);
  at.send('instances', changeUserData(at.clock.iso(), altered));
  await at.run(600);
  expect(replaced(at)).toEqual([altered]);
  const successor = (await at.fleet.group('web'))?.members.at(-1)?.id ?? '';
  at.send('instances', changeUserData(at.clock.iso(), successor));
  await at.run(600);
  expect(replaced(at)).toEqual([altered]);
});

it('an image is held while successors would have it too, and the machine replaced when the template is mended', async () => {
  const images = { approved: [{ names: ['golden-*'] }], maxAgeDays: null };
  const { at, altered } = world(enforcing('image-not-approved', { images }));
  at.images.add('ami-0123456789abcdef0', 'web-1');
  at.images.add('ami-1', 'golden-1');
  at.fleet.launch = { kind: 'ready', images: ['ami-0123456789abcdef0'] };
  at.send('instances', changeUserData(at.clock.iso(), altered));
  await at.run(2 * 3600);
  expect(replaced(at)).toEqual([]);
  const incident = () => at.ledger.incidents.find(({ finding }) => finding.rule === 'image-not-approved');
  expect(incident()).toMatchObject({ status: 'held', guard: 'fight' });
  expect(at.notifier.notices.filter(({ notice }) => notice.text.includes('would not help'))).toHaveLength(1);
  at.fleet.launch = { kind: 'ready', images: ['ami-1'] };
  await at.run(2 * 3600);
  expect(replaced(at)).toEqual([altered]);
  expect(incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
});

it('an image that cannot be told is held, and the incident closes when it can be', async () => {
  const images = { approved: [{ names: ['golden-*'] }], maxAgeDays: null };
  const { at, altered } = world(enforcing('image-not-approved', { images }));
  at.send('instances', changeUserData(at.clock.iso(), altered));
  await at.run(3600);
  const incident = () => at.ledger.incidents.find(({ finding }) => finding.rule === 'image-not-approved');
  expect(incident()).toMatchObject({ status: 'held', guard: 'unreadable' });
  at.images.add('ami-0123456789abcdef0', 'golden-0');
  await at.run(2 * 3600);
  expect(incident()).toMatchObject({ status: 'closed', closedBy: 'another' });
  expect(replaced(at)).toEqual([]);
});

it('nothing is read of images where the policy does not ask', async () => {
  const { at, altered } = world(enforcing('image-not-approved', {}));
  at.send('instances', changeUserData(at.clock.iso(), altered));
  await at.run(3600);
  expect(at.images.calls).toEqual([]);
});
