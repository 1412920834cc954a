import { describe, expect, it } from 'vitest';
import { taintWith } from '../../../cli/taint.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import { Superseded } from '../../../src/roles.ts';
import { replaced } from '../notice/incident.ts';
import { ledgerWith, run, runWith } from './world.ts';

/** Entered at noon, ten minutes ago; the grace is not over. */
const tainted: Incident = {
  ...replaced,
  id: 'a11ce000',
  key: 'tainted',
  finding: { ...replaced.finding, rule: 'session-started', key: 'tainted' },
  change: {
    ...replaced.change,
    name: 'StartSession',
    fact: { kind: 'session-started', sessionId: 's-1' },
    at: '2026-05-01T12:00:00.000Z',
  },
  since: '2026-05-01T12:00:00.000Z',
  latest: '2026-05-02T00:00:00.000Z',
  decision: { ...replaced.decision, kind: 'hold', guard: 'tainted', reason: 'it is tainted' },
  status: 'held',
  guard: 'tainted',
  outcome: null,
  attempts: [],
  replacement: null,
  closedAt: null,
  closedBy: null,
  dueAt: '2026-05-01T12:30:00.000Z',
  revision: 7,
  leaseUntil: null,
};
const key: Incident = {
  ...tainted,
  id: 'bee50000',
  key: 'key',
  finding: { ...tainted.finding, rule: 'ssh-key-pushed', key: 'key' },
  change: { ...tainted.change, fact: { kind: 'ssh-key-pushed', osUser: 'ec2-user' } },
};

/** User data was changed: no grace holds it, and something else does. */
const ALTERED: Partial<Incident> = { change: replaced.change, finding: replaced.finding, guard: 'budget' };

async function world(incidents: readonly Incident[] = [tainted]) {
  const ledger = await ledgerWith(...incidents);
  const command = taintWith({ open: async () => ledger, user: () => 'alice@bastion' });
  return { ledger, command, now: () => ledger.get('tainted') };
}

const PROLONG = ['prolong', 'a11ce000', '--for', '2h', '--reason', 'restoring a table'];
const CLEAR = ['clear', 'a11ce000', '--reason', 'a drill, agreed'];

describe('taint list', () => {
  it('has what was entered and waits, with its times and reasons', async () => {
    const observed: Incident = { ...tainted, id: 'cafe', key: 'observed', guard: 'observe' };
    const altered: Incident = { ...tainted, id: 'cafe', key: 'altered', finding: replaced.finding, guard: 'budget' };
    const { command } = await world([tainted, observed, altered, replaced]);
    const { code, out } = await run(command, 'list');
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'a11ce000  i-0abc0abc0abc0abc0  session-started  held: tainted  since 2026-05-01 12:00:00 UTC',
        '  looked at again: 2026-05-01 12:30:00 UTC',
        '  it is tainted',
      ].join('\n'),
    );
    expect(JSON.parse((await run(command, 'list', '--json')).out)).toEqual([tainted]);
  });

  it('says so when there is none', async () => {
    const { command } = await world([replaced]);
    expect(await run(command, 'list')).toEqual({ code: 0, out: 'No instance is tainted.', err: '' });
  });
});

describe('taint prolong', () => {
  it('writes until when, who, why and when, and has it looked at at once', async () => {
    const { command, now } = await world();
    const { code, out } = await run(command, ...PROLONG);
    expect([code, out]).toEqual([
      0,
      [
        'For incident a11ce000, i-0abc0abc0abc0abc0 is left alone until 2026-05-01 14:10:00 UTC at least.',
        'Recorded in the incident as alice@bastion (local user).',
      ].join('\n'),
    ]);
    const entry = { by: 'alice@bastion', reason: 'restoring a table', at: '2026-05-01T12:10:00.000Z' };
    expect(await now()).toEqual({
      ...tainted,
      taint: [{ ...entry, until: '2026-05-01T14:10:00.000Z' }],
      revision: 8,
      updatedAt: '2026-05-01T12:10:00.000Z',
      dueAt: '2026-05-01T12:10:00.000Z',
    });
    expect((await run(command, 'list')).out).toContain('; prolonged until 2026-05-01 14:10:00 UTC');
  });

  it('goes to the maximum of the policy that is deployed, and no further', async () => {
    const close = { ...tainted, latest: '2026-05-01T14:00:00.000Z' };
    const { command, now } = await world([close]);
    const far = await run(command, ...PROLONG);
    expect([far.code, far.out]).toEqual([2, '']);
    expect(far.err).toContain('beyond 2026-05-01 14:00:00 UTC');
    expect(far.err).toContain('taint.maxHours of the policy that is deployed');
    expect(await now()).toEqual(close);
    const near = PROLONG.map((word) => (word === '2h' ? '110m' : word));
    expect((await run(command, ...near)).code).toBe(0);
  });

  it('has nothing to prolong where undrift does not say that it will be replaced', async () => {
    const { latest: _never, ...alone } = { ...tainted, guard: 'not-opted-in' } as const;
    const { command, now } = await world([alone]);
    const { code, err } = await run(command, ...PROLONG);
    expect([code, err]).toEqual([
      2,
      'incident a11ce000 has nothing replaced as it stands (held: not-opted-in), so there is nothing to prolong',
    ]);
    expect(await now()).toEqual(alone);
  });

  it('says what else is open on the machine, and whether it counts for that', async () => {
    const altered: Incident = { ...tainted, ...ALTERED, id: 'dead0000', key: 'altered' };
    const { command } = await world([tainted, key, altered]);
    const { out } = await run(command, ...PROLONG);
    expect(out).toContain('It counts for incident bee50000 (ssh-key-pushed) as well, another entry on it.');
    expect(out).toContain('It does not count for incident dead0000 (user-data-changed), which is open on it, too,');
    expect(out).toContain('may have it replaced all the same: prolong that as well.');
    const cleared = (await run(command, ...CLEAR)).out;
    expect(cleared).toContain('It does not count for incident bee50000 (ssh-key-pushed)');
    expect(cleared).toContain('all the same: clear that as well.');
  });
});

describe('taint clear', () => {
  it('closes the incident as cleared by a person', async () => {
    const { command, now } = await world([tainted]);
    const { code, out } = await run(command, ...CLEAR);
    expect(code).toBe(0);
    expect(out).toContain('Incident a11ce000 is closed: i-0abc0abc0abc0abc0 is not replaced for this.');
    const at = '2026-05-01T12:10:00.000Z';
    expect(await now()).toEqual({
      ...tainted,
      taint: [{ until: null, by: 'alice@bastion', reason: 'a drill, agreed', at }],
      status: 'closed',
      guard: null,
      closedBy: 'operator',
      closedAt: at,
      updatedAt: at,
      dueAt: null,
      failures: 0,
      revision: 8,
    });
  });

  it('frees the slot of a replacement that was refused', async () => {
    const { command, ledger } = await world([{ ...tainted, guard: null, replacement: replaced.replacement }]);
    await run(command, ...CLEAR);
    const group = replaced.replacement?.group;
    expect(ledger.callsOf('releaseSlot').map(({ args }) => args)).toEqual([
      [{ group, instanceId: 'i-0abc0abc0abc0abc0', incidentKey: 'tainted', successor: null }],
    ]);
  });
});

describe('an instance that was altered under a rule with a grace', () => {
  const waits: Incident = {
    ...tainted,
    change: { ...replaced.change, at: tainted.change.at },
    finding: replaced.finding,
  };

  it('is listed, prolonged and cleared as one that was entered', async () => {
    const { command, now } = await world([waits]);
    expect((await run(command, 'list')).out).toContain('user-data-changed  held: tainted');
    expect((await run(command, ...PROLONG)).code).toBe(0);
    expect(await now()).toMatchObject({ status: 'held', taint: [{ reason: 'restoring a table' }] });
    expect((await run(command, ...CLEAR)).code).toBe(0);
    expect(await now()).toMatchObject({ status: 'closed', closedBy: 'operator' });
  });
});

describe('what is refused in one line, and writes nothing', () => {
  it.each<readonly [string, Partial<Incident>, RegExp]>([
    ['closed', { status: 'closed' }, /is closed already/u],
    ['being replaced', { status: 'waiting' }, /being replaced, which cannot be called back/u],
    ['acted upon', { status: 'acting', leaseUntil: '2026-05-01T12:10:30.000Z' }, /try again in a minute/u],
    ['told of', { leaseUntil: '2026-05-01T12:10:30.000Z' }, /try again in a minute/u],
    ['observed', { guard: 'observe' }, /only observes there/u],
    ['altered, and held for something else', ALTERED, /only what is held as tainted is left alone/u],
  ])('%s', async (_what, given, message) => {
    for (const args of [PROLONG, CLEAR]) {
      const { command, now } = await world([{ ...tainted, ...given }]);
      const { code, out, err } = await run(command, ...args);
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(message);
      expect(await now()).toEqual({ ...tainted, ...given });
    }
  });

  it('what undrift wrote meanwhile', async () => {
    const { command, ledger } = await world();
    ledger.put = () => Promise.reject(new Superseded('the ledger stores version 8'));
    expect((await run(command, ...CLEAR)).err).toContain('at the same moment: nothing was changed, try again');
  });

  it.each<readonly [readonly string[], RegExp]>([
    [[], /say list, prolong or clear/u],
    [['show'], /found show, not list, prolong or clear/u],
    [['list', 'x'], /x/u],
    [['prolong', '--for', '2h', '--reason', 'x'], /needs the id of one incident/u],
    [['prolong', 'a', 'b', '--for', '2h', '--reason', 'x'], /needs the id of one incident/u],
    [['prolong', '../x', '--for', '2h', '--reason', 'x'], /letters, digits and dashes/u],
    [['prolong', 'a11ce000', '--for', '2h'], /needs --reason/u],
    [['prolong', 'a11ce000', '--reason', 'x'], /needs --for/u],
    [['prolong', 'a11ce000', '--for', '25h', '--reason', 'x'], /at most 24h/u],
    [['prolong', 'a11ce000', '--for', '2', '--reason', 'x'], /give a time such as/u],
    [['prolong', 'a11ce000', '--for', '2h', '--reason', 'x', '--policy', 'mine.yml'], /--policy/u],
    [['clear', 'a11ce000', '--reason', '  '], /needs --reason/u],
    [['clear', 'a11ce000', '--reason', 'x', '--for', '2h'], /--for/u],
    [['clear', 'ffff', '--reason', 'x'], /^no incident ffff among the newest 1000/u],
    [['clear', 'a11ce000', '--reason', 'x', '--stage', 'a b'], /--stage/u],
  ])('%j', async (args, message) => {
    const { command, now } = await world();
    const { code, err } = await run(command, ...args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err).not.toContain('\n');
    expect(await now()).toEqual(tainted);
  });
});

it('asks for the stage that is named', async () => {
  const stages: string[] = [];
  const open = (stage: string) => {
    stages.push(stage);
    return ledgerWith();
  };
  const command = taintWith({ open, user: () => 'alice@bastion' });
  await runWith({ UNDRIFT_STAGE: 'prod' }, command, 'list');
  await runWith({ UNDRIFT_STAGE: 'prod' }, command, 'list', '--stage', 'test');
  expect(stages).toEqual(['prod', 'test']);
});
