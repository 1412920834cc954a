import { expect, it } from 'vitest';
import type { Baseline } from '../../src/domain/estate.ts';
import { terminated, withMember } from '../fakes/fleet-world.ts';
import { changeUserData } from './events.ts';
import { shippedPolicy, World } from './world.ts';

const BASELINE: Baseline = { name: 'lt-1 version 1', userData: null, securityGroupIds: ['sg-1'], profile: null };
const MINUTE = 60;
const HOUR = 3600;

const replaced = (at: World) => at.fleet.callsOf('replace').map(({ args }) => args[0]);
function alter(at: World, id: string) {
  at.fleet.alter(id, { userData: 'IyEvYmluL3NoCg==' });
  at.send('instances', changeUserData(at.clock.iso(), id));
}

it.each([
  ['out of its group', null, 'not-opted-in'],
  ['into standby', 'Standby', 'protected'],
] as const)(
  'an altered machine that is taken %s after the act keeps no slot from the others',
  async (_how, lifecycleState, guard) => {
    const at = new World();
    const maintenance = { minHealthy: 100, maxHealthy: 110 };
    const tags = { 'undrift:replace': 'allowed' };
    const ids = at.fleet.addGroup({ name: 'web', desired: 3, max: 6, tags, maintenance }, BASELINE);
    const [altered = '', other = ''] = ids;
    alter(at, altered);
    await at.run(10);
    expect(replaced(at)).toEqual([altered]);
    at.fleet.change((state) =>
      withMember(state, altered, (member) => (lifecycleState === null ? null : { ...member, lifecycleState })),
    );
    await at.run(10 * MINUTE);
    // It still runs, and people know why nothing more is done about it.
    expect(at.incident()).toMatchObject({ status: 'held', guard });
    expect(at.notifier.subjects).toEqual([
      expect.stringContaining('Needs you'),
      expect.stringContaining(`Held (${guard})`),
    ]);
    alter(at, other);
    await at.run(HOUR);
    expect(replaced(at)).toEqual([altered, other]);
  },
);

/** As whoever altered it can, in a group with a lifecycle hook: it runs on for up to 48 hours. */
it('an altered machine that somebody else ends, and keeps running in a hook, stays an incident until it is gone', async () => {
  const at = new World(shippedPolicy('enforce', { budget: { perGroup: 0, perHour: 3 } }));
  const tags = { 'undrift:replace': 'allowed' };
  const [altered = ''] = at.fleet.addGroup({ name: 'web', desired: 3, max: 6, tags }, BASELINE);
  alter(at, altered);
  await at.run(MINUTE);
  at.fleet.alterMember(altered, { lifecycleState: 'Terminating:Wait' });
  await at.run(HOUR);
  expect(at.incident()).toMatchObject({ status: 'held', guard: 'protected' });
  expect(at.notifier.single.map(({ subject }) => subject)).toEqual([
    expect.stringContaining('Held (budget)'),
    expect.stringContaining('Held (protected)'),
  ]);
  at.fleet.change((state) => terminated(state, altered));
  await at.run(HOUR);
  expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'vanished' });
  expect(replaced(at)).toEqual([]);
});
