import { expect, it } from 'vitest';
import { inService, stateOf } from '../../../scripts/scene/estate.mjs';
import { call } from '../../../scripts/scene/events.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import type { Incident } from '../../../src/domain/incident.ts';
import { type Deployed, undrift } from '../deployed.ts';
import { hurryRecheck } from './fleet-clock.ts';
import { closeSession, openSession } from './fleet-inside.ts';
import { actsOn, BY_HAND, expectHeld, expectReplaced, fleetOf, incidentsAbout, tell } from './fleet-scene.ts';
import { watchFleet } from './fleet-watch.ts';

/** Ten per cent of twelve, rounded up. */
const BUDGET = 2;

/** Machines that somebody entered: kept while they are inside, replaced afterwards, within the budget. */
export function sessionScenarios(deployed: () => Deployed): void {
  it.concurrent('sessions on every machine hold them all, and when all end no more than the budget is out', async () => {
    const at = deployed();
    const { name, instanceIds } = await fleetOf(at, 12);
    const watch = watchFleet(at, name, instanceIds.length);
    const sessions = await Promise.all(instanceIds.map((id) => openSession(at, id)));
    await tell(at, ...sessions.map(({ event }) => event));
    for (const id of instanceIds) await expectHeld(at, id, 'tainted');
    expect(await inService(at.clients, name)).toEqual(instanceIds);

    await tell(at, ...(await Promise.all(sessions.map(({ id }) => closeSession(at, id)))));
    const forgotten = new Set<string>();
    await until(
      'all put right',
      async () => {
        const incidents = await incidentsAbout(at, instanceIds);
        const open = incidents.filter(({ status }) => status !== 'closed');
        for (const { id, dueAt } of open) if (dueAt === null) forgotten.add(id);
        return incidents.length === instanceIds.length && open.length === 0;
      },
      { seconds: 300 },
    );
    const { out, desired } = await watch.stop();
    expect(out).toBeLessThanOrEqual(BUDGET);
    expect(out).toBeGreaterThan(0);
    expect(desired).toEqual([instanceIds.length]);
    expect([...forgotten]).toEqual([]);
    expect([...(await actsOn(at, instanceIds))].sort()).toEqual(instanceIds);
    const rounds = (await incidentsAbout(at, instanceIds)).map((incident) => [incident.rounds, incident.closedBy]);
    expect(rounds).toEqual(instanceIds.map(() => [1, 'undrift']));
  });

  it.concurrent('a person prolongs what was entered, and clears it', async () => {
    const at = deployed();
    const { name, instanceIds } = await fleetOf(at, 3);
    const [id = ''] = instanceIds;
    const session = await openSession(at, id);
    await tell(at, session.event);
    await expectHeld(at, id, 'tainted');
    const entered = await incidentOn(at, id);
    expect((await undrift(at, 'taint', 'list')).stdout).toContain(entered.id);
    await undrift(at, 'taint', 'prolong', entered.id, '--for', '2h', '--reason', 'restoring a table');
    await hurryRecheck(at);
    await until('the prolongation in the reason', async () =>
      (await reasonOn(at, id)).includes('a person prolonged it'),
    );

    // The session is over, and the prolongation is not.
    const looks = (await incidentOn(at, id)).revision;
    await tell(at, await closeSession(at, session.id));
    await until('the end of the session looked at', async () => (await incidentOn(at, id)).revision > looks);
    expect(await incidentOn(at, id)).toMatchObject({
      status: 'held',
      guard: 'tainted',
      taint: [{ until: expect.any(String) }],
    });

    await undrift(at, 'taint', 'clear', entered.id, '--reason', 'a drill, nothing was changed');
    await tell(at, session.event);
    expect(await incidentOn(at, id)).toMatchObject({ status: 'closed', closedBy: 'operator', dueAt: null });
    expect(await inService(at.clients, name)).toEqual(instanceIds);
    expect(await actsOn(at, instanceIds)).toEqual([]);

    // The next entry is a new one.
    const again = await openSession(at, id);
    await tell(at, again.event, await closeSession(at, again.id));
    await expectReplaced(at, name, id);
    expect(await incidentOn(at, id)).toMatchObject({ status: 'closed', closedBy: 'undrift', rounds: 2 });
  });

  it.concurrent('what was altered under a rule with a grace is left alone for that, and cleared', async () => {
    const at = deployed();
    const { name, instanceIds } = await fleetOf(at, 3);
    const [id = ''] = instanceIds;
    await tell(at, optimisedByHand(id));
    await expectHeld(at, id, 'tainted');
    // While people are being told, its next look is soon, should that go wrong.
    const incident = await until('the notice noted', async () => {
      const told = await incidentOn(at, id);
      return told.noticesSent.length > 0 && told;
    });
    const graced = (Date.parse(incident.dueAt ?? '') - Date.parse(incident.change.at)) / 1000;
    // Looks are put off by whole seconds, from when they are written down.
    expect(graced).toBeGreaterThanOrEqual(HOUR);
    expect(graced).toBeLessThan(HOUR + 30);
    await undrift(at, 'taint', 'prolong', incident.id, '--for', '2h', '--reason', 'a trial');
    await hurryRecheck(at);
    await until('the prolongation in the reason', async () =>
      (await reasonOn(at, id)).includes('a person prolonged it'),
    );
    await undrift(at, 'taint', 'clear', incident.id, '--reason', 'the trial is agreed');
    expect(await incidentOn(at, id)).toMatchObject({ status: 'closed', closedBy: 'operator' });
    expect([await stateOf(at.clients, id), await actsOn(at, instanceIds)]).toEqual(['running', []]);
    expect(await inService(at.clients, name)).toEqual(instanceIds);
  });
}

const HOUR = 3600;

async function incidentOn(at: Deployed, id: string): Promise<Incident> {
  const [incident] = await incidentsAbout(at, [id]);
  if (incident === undefined) throw new Error(`no incident on ${id}`);
  return incident;
}

const reasonOn = async (at: Deployed, id: string) => (await incidentOn(at, id)).decision.reason;

const optimisedByHand = (instanceId: string) =>
  call('ModifyInstanceAttribute', { ...BY_HAND, requestParameters: { instanceId, ebsOptimized: { value: true } } });
