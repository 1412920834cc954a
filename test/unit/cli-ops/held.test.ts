import { describe, expect, it } from 'vitest';
import { incidentsWith } from '../../../cli/incidents.ts';
import type { Severity } from '../../../src/domain/decision.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import { closed, failed, observed, replaced, stuck } from '../notice/incident.ts';
import { ledgerWith, run } from './world.ts';

/** Held for a budget since noon, looked at again in a minute; and what is given. */
function held(id: string, given: Partial<Incident> & { readonly severity?: Severity } = {}): Incident {
  const { severity = 'high', ...rest } = given;
  const reason = '5 of 5 instances of web-prod-asg that may be out at once are out';
  return {
    ...replaced,
    id,
    key: id,
    finding: { ...replaced.finding, severity },
    decision: { ...replaced.decision, kind: 'hold', guard: 'budget', reason },
    status: 'held',
    guard: 'budget',
    outcome: null,
    closedAt: null,
    closedBy: null,
    since: '2026-05-01T12:00:00.000Z',
    dueAt: '2026-05-01T12:11:00.000Z',
    ...rest,
  };
}

const REPLACE = {
  action: 'replace-instance',
  instanceId: 'i-0abc0abc0abc0abc0',
  autoScalingGroupName: 'web',
  how: 'terminate-first',
} as const;

const list = (incidents: readonly Incident[], ...args: readonly string[]) =>
  run(
    incidentsWith(() => ledgerWith(...incidents)),
    '--held',
    ...args,
  );
const ids = (out: string) => [...out.matchAll(/^[0-9a-f]{8}/gmu)].map(([id]) => id);

describe('incidents --held', () => {
  it('lists the worst first, then what stands open longest: why, and when it is looked at next', async () => {
    const refusal = { kind: 'failed', why: 'UnauthorizedOperation: not authorized', retryable: false } as const;
    const { code, out } = await list([
      held('aaaa0001', { since: '2026-05-01T12:00:01.000Z' }),
      held('aaaa0002'),
      held('aaaa0003', { severity: 'low', since: '2026-03-01T12:00:00.000Z' }),
      { ...failed, id: 'aaaa0004', status: 'held', guard: null, outcome: refusal, dueAt: '2026-05-01T17:00:00.000Z' },
      { ...observed, id: 'aaaa0005', key: 'observed', dueAt: '2026-05-01T18:00:00.000Z' },
    ]);
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'ID        SINCE (UTC)          RULE               RESOURCE              GUARD    NEXT LOOK (UTC)',
        'aaaa0004  2026-05-01 12:00:00  internet           sg-0abc0abc0abc0abc0  failed   2026-05-01 17:00:00',
        '  critical: UnauthorizedOperation: not authorized',
        'aaaa0005  2026-05-01 12:00:00  internet           sg-0abc0abc0abc0abc0  observe  2026-05-01 18:00:00',
        '  critical: mode observe for rule internet',
        'aaaa0002  2026-05-01 12:00:00  user-data-changed  i-0abc0abc0abc0abc0   budget   2026-05-01 12:11:00',
        '  high: 5 of 5 instances of web-prod-asg that may be out at once are out',
        '  3 wait for a slot in web-prod-asg: this one, aaaa0001, aaaa0003',
        '  undrift incidents --held --resource web-prod-asg',
      ].join('\n'),
    );
  });

  it('has three of those that are held alike on one resource, and says how many more there are', async () => {
    const findings = Array.from({ length: 150 }, (_, n) => {
      const id = `cccc${String(n).padStart(4, '0')}`;
      const since = new Date(Date.parse('2026-05-01T12:00:00.000Z') + n * 1000).toISOString();
      return held(id, { guard: 'observe', finding: { ...replaced.finding, rule: 'security-hub-finding' }, since });
    });
    const { out } = await list([...findings, held('aaaa0008', { severity: 'low' })]);
    expect(ids(out)).toEqual(['cccc0000', 'cccc0001', 'cccc0002', 'aaaa0008']);
    const [id] = findings.map(({ resource }) => resource.id);
    expect(out.split('\n').at(-1)).toBe(
      `And 147 more under security-hub-finding on ${id}: undrift incidents --held --resource ${id}`,
    );
    const all = (await list(findings, '--resource', id ?? '')).out;
    expect([ids(all).length, all.includes('more under')]).toEqual([150, false]);
    expect(JSON.parse((await list(findings, '--json')).out)).toHaveLength(150);
    expect((await list(findings.slice(0, 3))).out).not.toContain('more under');
  });

  it('has nothing else that is due: what is under way, or closed with a notice that is owed', async () => {
    const dueAt = '2026-05-01T12:11:00.000Z';
    const others: readonly Incident[] = [
      { ...stuck, key: 'waiting', dueAt },
      { ...held('aaaa0006'), status: 'acting' },
      { ...closed, dueAt },
    ];
    expect(await list(others)).toEqual({ code: 0, out: 'Nothing is held.', err: '' });
  });

  it('has one that is older than a thousand others, and shows it by its id', async () => {
    const old = held('aaaa0007', { updatedAt: '2026-04-01T00:00:00.000Z' });
    const newer = Array.from({ length: 1001 }, (_, n) => ({ ...closed, id: `bbbb${n}`, key: `closed ${n}` }));
    const ledger = await ledgerWith(old, ...newer);
    const command = incidentsWith(async () => ledger);
    expect(ids((await run(command, '--held')).out)).toEqual(['aaaa0007']);
    expect((await run(command, 'show', 'aaaa')).out).toContain('Incident aaaa0007: held');
  });

  it.each<readonly [readonly string[], readonly string[]]>([
    [[], ['aaaa0001', 'aaaa0002', 'aaaa0003']],
    [
      ['--limit', '2'],
      ['aaaa0001', 'aaaa0002'],
    ],
    [['--resource', 'i-2'], ['aaaa0002']],
    [['--status', 'held', '--limit', '1'], ['aaaa0001']],
  ])('%j', async (args, expected) => {
    const incidents = [1, 2, 3].map((n) =>
      held(`aaaa000${n}`, {
        since: `2026-05-01T12:00:0${n}Z`,
        resource: { type: 'instance', id: `i-${n}` },
        guard: 'unhealthy-peers',
      }),
    );
    expect(ids((await list(incidents, ...args)).out)).toEqual(expected);
    expect(JSON.parse((await list(incidents, ...args, '--json')).out)).toMatchObject(expected.map((id) => ({ id })));
  });

  it('lists all of many, not only twenty', async () => {
    const many = Array.from({ length: 30 }, (_, n) =>
      held(`aaaa00${10 + n}`, { resource: { type: 'instance', id: `i-${n}` }, guard: 'unhealthy-peers' }),
    );
    expect(ids((await list(many)).out)).toHaveLength(30);
  });

  describe('of what waits for a slot in one Auto Scaling group', () => {
    const ofGroup = (name: string, count: number, letter: string) =>
      Array.from({ length: count }, (_, n) => {
        const decision = { ...held('').decision, remediation: { ...REPLACE, autoScalingGroupName: name } };
        const id = `${letter.repeat(4)}${String(n).padStart(4, '0')}`;
        const resource = { type: 'instance', id: `i-${name}-${n}` } as const;
        return held(id, {
          decision,
          resource,
          replacement: null,
          guard: n % 2 === 0 ? 'budget' : 'blast-radius',
          since: since(n),
        });
      });
    const since = (n: number) => new Date(Date.parse('2026-05-01T12:00:00.000Z') + n * 1000).toISOString();
    const all = [...ofGroup('web', 400, 'a'), ...ofGroup('api', 2, 'b')];

    it('has one line: how many, which are next, and how to see all', async () => {
      const { out } = await list(all);
      expect(ids(out)).toEqual(['aaaa0000', 'bbbb0000']);
      const text = out.replaceAll(/\s+/gu, ' ');
      expect(text).toContain('400 wait for a slot in web: this one, aaaa0001, aaaa0002, aaaa0003, and 396 more');
      expect(out).toContain('\n  undrift incidents --held --resource web\n');
      expect(text).toContain('2 wait for a slot in api: this one, bbbb0001 undrift incidents --held --resource api');
    });

    it('has each of them where the group is asked for, and in JSON', async () => {
      expect(ids((await list(all, '--resource', 'web')).out)).toHaveLength(400);
      expect(JSON.parse((await list(all, '--json')).out)).toHaveLength(402);
    });

    it('counts as one where a number of lines is asked for, and hides nothing from the list of all incidents', async () => {
      expect(ids((await list(all, '--limit', '2')).out)).toEqual(['aaaa0000', 'bbbb0000']);
      const older = { ...closed, id: 'dddd0000', key: 'older', updatedAt: '2026-04-01T00:00:00.000Z' };
      const { out } = await run(incidentsWith(() => ledgerWith(...all, older)));
      expect(ids(out)).toHaveLength(3);
      expect(out).toContain('dddd0000');
    });

    it('counts only what is on the list of the newest, and says so', async () => {
      const { out } = await run(incidentsWith(() => ledgerWith(...ofGroup('web', 1100, 'a'))));
      expect(out.replaceAll(/\s+/gu, ' ')).toContain(' 1000 on this list wait for a slot in web: this one,');
    });
  });

  it('breaks a long reason, cuts an endless one, and lets nothing out that a terminal acts upon', async () => {
    const reason = `volume vol-1\u001b[2J\nvol-2\u202e ${'outlives the instance '.repeat(40)}`;
    const resource = { type: 'instance', id: 'i-1\u001b[31m' } as const;
    const incident = held('aaaa0008', { resource });
    const { out } = await list([{ ...incident, decision: { ...incident.decision, reason } }]);
    const lines = out.split('\n');
    expect(lines[2]).toMatch(/^ {2}high: volume vol-1 \[2J vol-2 outlives/u);
    expect(lines.slice(3).every((line) => line.startsWith('    '))).toBe(true);
    expect(lines.length).toBeLessThan(9);
    expect(lines.at(-1)).toMatch(/\.\.\.$/u);
    expect(out).not.toMatch(/(?!\n)\p{C}/u);
  });
});
