import { expect, it } from 'vitest';
import { inService } from '../../../scripts/scene/estate.mjs';
import { call } from '../../../scripts/scene/events.mjs';
import { runOnTag } from '../../../scripts/scene/inside.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import { type Deployed, noticesAbout, undrift } from '../deployed.ts';
import { manage } from './fleet-inside.ts';
import { actsOn, BY_HAND, fleetOf, incidentsAbout, tell } from './fleet-scene.ts';
import { watchFleet } from './fleet-watch.ts';

/** Ten per cent of twenty. */
const BUDGET = 2;

/** One call, many machines: whom a command reached, and who carries the tags of an association. */
export function commandScenarios(deployed: () => Deployed): void {
  it.concurrent('a command by tag is one incident: whom it reached is replaced within the budget, and nobody else', async () => {
    const at = deployed();
    const { name, instanceIds } = await fleetOf(at, 20);
    const reached = instanceIds.slice(0, 6);
    const watch = watchFleet(at, name, instanceIds.length);
    const event = await runOn(at, name, reached);
    await tell(at, event, event);
    const [told] = await noticesAbout(at, tagOf(name), 1);
    expect(told?.message.decision).toMatchObject({ kind: 'hold', rule: 'command-run', guard: 'tainted' });
    expect(told?.message.finding.evidence.join('\n')).toContain(`6 machines that it meant are there\nin ${name}: `);
    await until('the end of it', async () => (await whole(at, name)).status === 'closed', { seconds: 300 });

    const { out, desired } = await watch.stop();
    expect(out).toBeLessThanOrEqual(BUDGET);
    expect(desired).toEqual([20]);
    expect([...(await actsOn(at, instanceIds))].sort()).toEqual([...reached].sort());
    expect(await whole(at, name)).toMatchObject({ rounds: 1, closedBy: 'undrift', outcome: { kind: 'done' } });
    // An email by itself or a line of a list, as the others of the hour leave it.
    const ofBatch = await kindsOf(at, tagOf(name), 2);
    expect(ofBatch.map((it) => it.split(' ')[0])).toEqual(['held', 'fixed']);
    // Programs get the hold of each instance that waited for its turn, too; no email is about one of them.
    for (const id of reached) {
      const kinds = await kindsOf(at, id, 1);
      expect(kinds).toContain('fixed no');
      expect(kinds.filter((it) => it !== 'held no' && it !== 'fixed no')).toEqual([]);
    }
    expect(await inService(at.clients, name)).toHaveLength(20);
  });

  it.concurrent('an association by tag is one incident, and who clears it clears its machines', async () => {
    const at = deployed();
    const { name, instanceIds } = await fleetOf(at, 3);
    await manage(at, instanceIds, { Fleet: name });
    const event = associationOn(name);
    await tell(at, event);
    await noticesAbout(at, tagOf(name), 1);
    const { id } = await whole(at, name);
    expect((await undrift(at, 'taint', 'list')).stdout).toContain(tagOf(name));
    // Ten per cent of three is one: one of them has an incident of its own.
    await until('one of them tainted', async () => (await incidentsAbout(at, instanceIds)).length === 1);
    const { stdout } = await undrift(at, 'taint', 'clear', id, '--reason', 'a drill');
    expect(stdout).toContain('Incidents of its instances that are closed with it: 1.');
    await tell(at, event);
    const ends = (await incidentsAbout(at, [tagOf(name), ...instanceIds])).map((it) => [it.status, it.closedBy]);
    expect(ends).toEqual([
      ['closed', 'operator'],
      ['closed', 'operator'],
    ]);
    expect(await actsOn(at, instanceIds)).toEqual([]);
    expect(await inService(at.clients, name)).toEqual(instanceIds);
  });
}

const tagOf = (name: string) => `tag:Fleet=${name}`;
const targetsOf = (name: string) => [{ key: 'tag:Fleet', values: [name] }];
const eventSource = 'ssm.amazonaws.com';

/** Runs it for real on those of the fleet that have an agent. @returns the event, which is still to be told */
async function runOn(at: Deployed, name: string, ids: readonly string[]) {
  await manage(at, ids, { Fleet: name });
  return runOnTag(at.clients, 'Fleet', name, BY_HAND);
}

const associationOn = (name: string) =>
  call('CreateAssociation', {
    ...BY_HAND,
    eventSource,
    requestParameters: { name: 'AWS-RunShellScript', targets: targetsOf(name) },
  });

/** `<kind> <mail>` of each notice. */
async function kindsOf(at: Deployed, id: string, count: number): Promise<readonly string[]> {
  const notices = await noticesAbout(at, id, count);
  return notices.map(({ message, attributes }) => `${message.kind} ${attributes.mail?.Value}`);
}

async function whole(at: Deployed, name: string) {
  const [incident, ...more] = await incidentsAbout(at, [tagOf(name)]);
  if (incident === undefined || more.length > 0) throw new Error(`${more.length + 1} incidents on ${tagOf(name)}`);
  return incident;
}
