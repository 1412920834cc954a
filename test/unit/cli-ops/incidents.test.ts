import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../cli/command.ts';
import { incidentsWith } from '../../../cli/incidents.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import { closed, failed, observed, replaced, stuck } from '../notice/incident.ts';
import { detached, narrowed, removedByHand } from '../notice/network-incidents.ts';
import { ledgerWith, type Ran, run, runWith } from './world.ts';

/** Written one after the other. */
const held: Incident = { ...observed, id: '7f3b0000', key: 'held', rounds: 3, updatedAt: '2026-05-01T12:00:05.000Z' };
const gone: Incident = { ...replaced, updatedAt: '2026-05-01T12:00:06.000Z' };
const waiting: Incident = { ...stuck, id: 'cafe0001', key: 'waiting', updatedAt: '2026-05-01T12:00:07.000Z' };

function incidents(...args: readonly string[]): Promise<Ran> {
  return run(
    incidentsWith(() => ledgerWith(closed, held, gone, waiting)),
    ...args,
  );
}

/** The first column of the table, without its heading and the lines below an incident. */
async function listed(...args: readonly string[]): Promise<readonly string[]> {
  const { out } = await incidents(...args);
  return out
    .split('\n')
    .slice(1)
    .filter((line) => !line.startsWith(' '))
    .map((line) => line.split(' ')[0] ?? '');
}

describe('incidents', () => {
  it('lists, newest first, in columns', async () => {
    const { code, out } = await incidents();
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'ID        WHEN (UTC)           RULE               RESOURCE              STATUS   GUARD    OUTCOME     ROUNDS  SECONDS',
        'cafe0001  2026-05-01 12:00:00  user-data-changed  i-0abc0abc0abc0abc0   waiting  -        unverified  1       -',
        '2b9d0c44  2026-05-01 12:00:00  user-data-changed  i-0abc0abc0abc0abc0   closed   -        done        1       142',
        '7f3b0000  2026-05-01 12:00:00  internet           sg-0abc0abc0abc0abc0  held     observe  observed    3       -',
        '7f3a9c1e  2026-05-01 12:00:00  internet           sg-0abc0abc0abc0abc0  closed   -        done        1       4',
      ].join('\n'),
    );
  });

  it.each<readonly [readonly string[], readonly string[]]>([
    [['--held'], ['7f3b0000']],
    [['--held', '--status', 'held'], ['7f3b0000']],
    [
      ['--status', 'closed'],
      ['2b9d0c44', '7f3a9c1e'],
    ],
    [['--status', 'closed', '--limit', '1'], ['2b9d0c44']],
    [
      ['--limit', '2'],
      ['cafe0001', '2b9d0c44'],
    ],
    [
      ['--resource', 'sg-0abc0abc0abc0abc0'],
      ['7f3b0000', '7f3a9c1e'],
    ],
    [['--resource', 'sg-0abc0abc0abc0abc0', '--status', 'closed'], ['7f3a9c1e']],
  ])('%j', async (args, ids) => {
    expect(await listed(...args)).toEqual(ids);
  });

  it('says so when there are none', async () => {
    const { code, out } = await incidents('--status', 'acting');
    expect([code, out]).toEqual([0, 'No incidents.']);
  });

  it('lists JSON: each incident as the ledger has it, with the command that undoes it', async () => {
    const { out } = await incidents('--json');
    const found = JSON.parse(out);
    expect(found.map((each: { undo: unknown }) => each.undo !== null)).toEqual([false, false, false, true]);
    expect(found[1]).toEqual({ ...gone, undo: null, putBack: null, restore: null, partOf: null });
  });

  it.each<readonly [readonly string[], RegExp]>([
    [['--status', 'open'], /^--status open: one of held, acting, waiting, unverified, closed$/u],
    [['--held', '--status', 'closed'], /contradict/u],
    [['--limit', '0'], /from 1 to 1000/u],
    [['--limit', 'ten'], /from 1 to 1000/u],
    [['--frobnicate'], /--frobnicate/u],
    [['7f3a9c1e'], /7f3a9c1e/u],
    [['--stage', 'a b'], /--stage/u],
    [['show'], /needs the id of one incident/u],
    [['show', 'a', 'b'], /needs the id of one incident/u],
    [['show', '../x'], /letters, digits and dashes/u],
    [
      ['show', '9999'],
      /^no incident 9999 among the newest 1000 or the open ones; an older one is found with --resource <id>$/u,
    ],
    [['show', '2b', '--resource', 'sg-0abc0abc0abc0abc0'], /^no incident 2b of sg-0abc0abc0abc0abc0$/u],
    [['show', '7f3'], /^2 incidents begin with 7f3: 7f3b0000, 7f3a9c1e$/u],
  ])('%j is refused in one line, exit code 2', async (args, message) => {
    const { code, out, err } = await incidents(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err).not.toContain('\n');
  });

  it('only reads', async () => {
    const ledger = await ledgerWith(closed, held);
    const before = JSON.stringify(ledger.incidents);
    await run(
      incidentsWith(async () => ledger),
      '--held',
    );
    await run(
      incidentsWith(async () => ledger),
      'show',
      '7f3a9c1e',
    );
    expect(JSON.stringify(ledger.incidents)).toBe(before);
  });

  it.each<readonly [readonly string[], Readonly<Record<string, string>>, string]>([
    [[], {}, 'dev'],
    [[], { UNDRIFT_STAGE: '' }, 'dev'],
    [[], { UNDRIFT_STAGE: 'prod' }, 'prod'],
    [['show', '7f3a9c1e'], { UNDRIFT_STAGE: 'prod' }, 'prod'],
    [['--stage', 'test'], { UNDRIFT_STAGE: 'prod' }, 'test'],
  ])('%j with %j is about the stage %s', async (args, env, stage) => {
    const asked: string[] = [];
    const command = incidentsWith((name) => {
      asked.push(name);
      return ledgerWith(closed);
    });
    expect((await runWith(env, command, ...args)).code).toBe(0);
    expect(asked).toEqual([stage]);
  });

  it('refuses a stage of the environment that is none', async () => {
    const command = incidentsWith(() => ledgerWith());
    expect(await runWith({ UNDRIFT_STAGE: 'a b' }, command)).toMatchObject({ code: 2 });
  });

  it('passes on what is wrong with the stage', async () => {
    const command = incidentsWith(() => Promise.reject(new UsageError('there is no stack undrift-dev')));
    expect(await run(command)).toEqual({ code: 2, out: '', err: 'there is no stack undrift-dev' });
  });
});

describe('incidents show', () => {
  const expected = (name: string) => readFileSync(new URL(`expected/${name}.txt`, import.meta.url), 'utf8');

  it('shows the whole life of a revoke, found by the beginning of its id', async () => {
    const { code, out } = await incidents('show', '7f3a');
    expect(code).toBe(0);
    expect(`${out}\n`).toBe(expected('show-closed'));
  });

  it('shows a replacement that waits for its successor', async () => {
    expect(`${(await incidents('show', 'cafe0001')).out}\n`).toBe(expected('show-waiting'));
  });

  it('says of a hold what would be done, and of a later round only what that round did', async () => {
    const { out } = await incidents('show', '7f3b');
    expect(out).toContain('would be: revoke sgr-0aaa111122223333a from sg-0abc0abc0abc0abc0');
    expect(out).not.toMatch(/^ *act:/mu);
    expect(out).toContain('docs/runbook.md#observe');
    expect(out).toContain('In this round undrift changed nothing');
  });

  it.each([
    [detached, 'act: take sg-0bbb off eni-0abc0abc0abc0abc0, so that only sg-0aaa stays', 'To undo it'],
    [narrowed, 'act: remove 0.0.0.0/0 from pl-0abc0abc0abc0abc0', 'To undo it'],
    [removedByHand, 'act: none possible', 'To put it back\n  This puts it back as it was:\n  aws ec2 authorize-'],
  ])('shows the act, and the way back', async (incident, act, back) => {
    const command = incidentsWith(() => ledgerWith({ ...incident, id: '7f3d' }));
    const { out } = await run(command, 'show', '7f3d');
    expect(out.replaceAll('\n    ', ' ')).toContain(act);
    expect(out).toContain(`\n${back}`);
    const json = JSON.parse((await run(command, 'show', '7f3d', '--json')).out);
    expect([json.undo === null, json.putBack === null]).toEqual(back === 'To undo it' ? [false, true] : [true, false]);
  });

  it('takes a whole id, though another begins with it', async () => {
    const command = incidentsWith(() => ledgerWith({ ...failed, id: '7f3a9c1e00', key: 'other' }, closed));
    expect((await run(command, 'show', '7f3a9c1e')).out).toContain('Incident 7f3a9c1e: closed');
  });

  it('hides nothing in JSON and lets nothing out that a terminal acts upon', async () => {
    const about = { ...closed.about, name: 'a\u001b[2Jb\u202ec\u0085\u{e0041}' };
    const command = incidentsWith(() => ledgerWith({ ...closed, about }));
    const { out } = await run(command, 'show', '7f3a9c1e', '--json');
    expect(JSON.parse(out).about.name).toBe(about.name);
    expect(out).not.toMatch(/(?!\n)\p{C}/u);
  });
});
