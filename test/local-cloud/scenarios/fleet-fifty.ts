import { expect, it } from 'vitest';
import { inService, stateOf } from '../../../scripts/scene/estate.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import type { Deployed } from '../deployed.ts';
import { crash } from './fleet-clock.ts';
import { actsOn, fleetOf, incidentsAbout, setUserData, tell, userDataByHand } from './fleet-scene.ts';
import { watchFleet } from './fleet-watch.ts';

/** Ten per cent of fifty. */
const BUDGET = 5;

/** Not beside others: it lets functions die, and messages get lost. */
export function fiftyScenario(deployed: () => Deployed): void {
  it('fifty at once are replaced ten per cent at a time, through a crash and lost messages', async () => {
    const at = deployed();
    const { name, instanceIds: altered } = await fleetOf(at, 50);
    const watch = watchFleet(at, name, altered.length);
    await Promise.all(altered.map((id) => setUserData(at, id)));
    const events = altered.map(userDataByHand);
    await tell(at, ...events, ...events);
    await until('an incident of each', async () => (await incidentsAbout(at, altered)).length === altered.length);
    const left = async () => (await inService(at.clients, name)).filter((id) => altered.includes(id)).length;
    const dead = (await later(left, 35, () => crash(at))) + (await later(left, 20, () => crash(at)));
    const closed = async () => (await incidentsAbout(at, altered)).filter(({ status }) => status === 'closed').length;
    await until('all put right', async () => (await closed()) === altered.length, { seconds: 300 });

    const { out, desired, looks } = await watch.stop();
    expect(looks).toBeGreaterThan(50);
    expect(out).toBeLessThanOrEqual(BUDGET);
    expect(out).toBeGreaterThan(1);
    expect(desired).toEqual([altered.length]);
    expect(dead).toBeGreaterThan(1);
    expect([...(await actsOn(at, altered))].sort()).toEqual(altered);
    expect(await inService(at.clients, name)).toHaveLength(altered.length);
    expect(await left()).toBe(0);
    for (const incident of await incidentsAbout(at, altered)) {
      expect(incident).toMatchObject({ status: 'closed', closedBy: 'undrift', rounds: 1, guard: null });
      expect(await stateOf(at.clients, incident.resource.id)).toBe('terminated');
    }
    // What a dead worker owed is told by another. If it died after telling and before noting so, it is told again.
    const done = async () => {
      const told = (await at.inbox.read()).filter(({ message }) => altered.includes(message.resource?.id));
      return told.filter(({ attributes }) => attributes.outcome?.Value === 'done');
    };
    const told = await until(
      'each told as replaced',
      async () => {
        const notices = await done();
        return new Set(notices.map(({ message }) => message.resource.id)).size === altered.length && notices;
      },
      { seconds: 300 },
    );
    expect(told.length).toBeLessThanOrEqual(altered.length + dead);
  });
}

async function later(left: () => Promise<number>, most: number, act: () => Promise<number>): Promise<number> {
  await until(`${most} left of those altered`, async () => (await left()) <= most, { seconds: 240 });
  return act();
}
