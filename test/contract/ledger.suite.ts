import { expect, test } from 'vitest';
import { RECORD_LIMIT } from '../../src/aws/incident-bounds.ts';
import type { RuleSource } from '../../src/domain/estate.ts';
import type { Incident } from '../../src/domain/incident.ts';
import type { Reading } from '../../src/domain/reading.ts';
import { type DuePage, type DuePlace, type Ledger, Superseded, Unstorable } from '../../src/roles.ts';
import type { FakeClock } from '../fakes/clock.ts';
import { perfectIncident } from './incident.ts';
import { GROUP, ruleNumber } from './reading.ts';

/** Seconds after which a listing shows every write. */
const LISTED_AFTER = 1;

export type LedgerWorld = { readonly ledger: Ledger; readonly clock: FakeClock };

const SOURCES: readonly RuleSource[] = [
  { kind: 'ipv4', cidr: '192.0.2.0/24' },
  { kind: 'ipv6', cidr: '2001:db8::/32' },
  { kind: 'prefix-list', id: 'pl-0123456789abcdef0' },
  { kind: 'security-group', id: 'sg-0123456789abcdef0' },
];

/** What the flow relies on of the ledger's incidents. `make` gives an empty ledger at 2026-03-01T12:00:00Z. */
export function ledgerSuite(make: () => Promise<LedgerWorld>): void {
  /** Waits for a slot in a group, since then. */
  const waiting = (key: string, group: string, since: string, severity: 'high' | 'low' = 'high') => {
    const { decision, finding } = perfectIncident();
    const how = 'terminate-first' as const;
    const remediation = { action: 'replace-instance', instanceId: key, autoScalingGroupName: group, how } as const;
    const given = { key, unit: 'instances', guard: 'blast-radius', since } as const;
    return perfectIncident({ ...given, decision: { ...decision, remediation }, finding: { ...finding, severity } });
  };

  test('the line of a group has its incidents, the most severe first, then those open longest', async () => {
    const { ledger, clock } = await make();
    await ledger.put(waiting('k1', 'web', '2026-03-01T11:00:00.000Z', 'low'));
    await ledger.put(waiting('k2', 'web', '2026-03-01T11:59:00.000Z'));
    await ledger.put(waiting('k3', 'web', '2026-03-01T11:58:00.000Z'));
    await ledger.put(waiting('k4', 'web-2', '2026-03-01T10:00:00.000Z'));
    await ledger.put({ ...waiting('k5', 'web', '2026-03-01T10:00:00.000Z'), guard: 'observe' });
    clock.advance(LISTED_AFTER);
    expect((await ledger.line('web', 10)).map(({ key }) => key)).toEqual(['k3', 'k2', 'k1']);
    expect((await ledger.line('web', 1)).map(({ key }) => key)).toEqual(['k3']);
    expect(await ledger.line('we', 10)).toEqual([]);
  });

  test('each group with a line is found once, also where the names begin alike', async () => {
    const { ledger, clock } = await make();
    const names = ['web', 'web-2', 'web;x', 'web2', 'api'];
    for (const [n, name] of names.entries()) {
      await ledger.put(waiting(`k${n}`, name, '2026-03-01T11:00:00.000Z'));
      await ledger.put(waiting(`l${n}`, name, '2026-03-01T11:30:00.000Z', 'low'));
    }
    clock.advance(LISTED_AFTER);
    const found: string[] = [];
    for (let next = await ledger.nextLine(''); next !== null; next = await ledger.nextLine(next)) found.push(next);
    expect(found).toEqual(['api', 'web-2', 'web', 'web2', 'web;x'].toSorted((a, b) => (`${a}:` < `${b}:` ? -1 : 1)));
  });

  test('what has its turn leaves the line, and is under way in its group', async () => {
    const { ledger, clock } = await make();
    const before = await ledger.put(waiting('k1', 'web', '2026-03-01T11:00:00.000Z'));
    const replacement = { group: 'web', membersBefore: [], startedAt: '2026-03-01T12:00:00.000Z', successor: null };
    await ledger.put({ ...before, status: 'waiting', guard: null, replacement });
    clock.advance(LISTED_AFTER);
    expect([await ledger.line('web', 10), await ledger.nextLine('')]).toEqual([[], null]);
    expect((await ledger.underWay('web')).map(({ key }) => key)).toEqual(['k1']);
    expect(await ledger.underWay('web-2')).toEqual([]);
  });

  test('an incident comes back as it was written', async () => {
    const { ledger } = await make();
    const incident = perfectIncident({ attempts: [{ at: 'x', round: 'r', requestId: null, error: '' }] });
    expect(await ledger.put(incident)).toEqual({ ...incident, revision: 1 });
    expect(await ledger.get(incident.key)).toEqual({ ...incident, revision: 1 });
    expect(await ledger.get('another key')).toBeNull();
  });

  test.each([
    { title: 'the writer knows of none and one is stored', revision: 0 },
    { title: 'the stored revision is newer', revision: 1 },
    { title: 'the stored revision is older', revision: 3 },
  ])('a write is superseded when $title', async ({ revision }) => {
    const { ledger } = await make();
    const stored = await ledger.put(await ledger.put(perfectIncident()));
    const write = ledger.put(perfectIncident({ revision, rounds: 7 }), 'request-refused');
    await expect(write).rejects.toBeInstanceOf(Superseded);
    expect(stored.revision).toBe(2);
    expect(await ledger.get(perfectIncident().key)).toEqual(stored);
    expect(await ledger.knowsRequest('request-refused')).toBe(false);
  });

  test('a write that starts from a revision is superseded when no incident is stored', async () => {
    const { ledger } = await make();
    await expect(ledger.put(perfectIncident({ revision: 1 }))).rejects.toBeInstanceOf(Superseded);
  });

  test.each([[0], [1]])(
    'of many writers that start from revision %s, one wins, though they write the same',
    async (revision) => {
      const { ledger } = await make();
      const known = revision === 0 ? perfectIncident() : await ledger.put(perfectIncident());
      const claim: Incident = { ...known, status: 'acting' };
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => ledger.put(claim)));
      const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      expect(lost).toHaveLength(7);
      for (const reason of lost) expect(reason).toBeInstanceOf(Superseded);
    },
  );

  test('a request id is known from the write that brought it, for 30 days', async () => {
    const { ledger, clock } = await make();
    await ledger.put(perfectIncident(), 'request-1');
    expect(await ledger.knowsRequest('request-1')).toBe(true);
    expect(await ledger.knowsRequest('request-2')).toBe(false);
    clock.advance(31 * 86_400);
    expect(await ledger.knowsRequest('request-1')).toBe(false);
  });

  test('what is due comes longest due first, what is not stays away', async () => {
    const { ledger, clock } = await make();
    const put = (given: Partial<Incident>) => ledger.put(perfectIncident(given));
    const at = { late: '2026-03-01T12:05:00.000Z', early: '2026-03-01T12:01:00Z', future: '2026-03-01T12:05:00.001Z' };
    for (const [key, dueAt] of Object.entries(at)) await put({ key, dueAt });
    await put({ key: 'never', dueAt: null });
    clock.advance(LISTED_AFTER);
    const due = async (limit: number) =>
      (await ledger.due('2026-03-01T12:05:00.000Z', limit)).incidents.map(({ key }) => key);
    expect(await due(10)).toEqual(['early', 'late']);
    expect(await due(1)).toEqual(['early']);
    await put({ key: 'early', dueAt: null, revision: 1 });
    clock.advance(LISTED_AFTER);
    expect(await due(10)).toEqual(['late']);
  });

  test('what is due comes page by page, also where a page was put off before the next one', async () => {
    const { ledger, clock } = await make();
    const dueAt = '2026-03-01T12:01:00.000Z';
    const keys = ['a', 'b', 'c', 'd', 'e'];
    for (const key of keys) await ledger.put(perfectIncident({ key, dueAt }));
    clock.advance(LISTED_AFTER);
    const found: string[] = [];
    let from: DuePlace | null = null;
    do {
      const page: DuePage = await ledger.due('2026-03-01T12:05:00.000Z', 2, from);
      found.push(...page.incidents.map(({ key }) => key));
      for (const incident of page.incidents) await ledger.put({ ...incident, dueAt: '2026-03-01T12:10:00.000Z' });
      clock.advance(LISTED_AFTER);
      from = page.next;
    } while (from !== null);
    expect(found.toSorted()).toEqual(keys);
  });

  test('incidents of a resource, and the recent ones, come newest first', async () => {
    const { ledger, clock } = await make();
    const other = { type: 'instance', id: 'i-0123456789abcdef0' } as const;
    await ledger.put(perfectIncident({ key: 'first', updatedAt: '2026-03-01T11:00:00Z' }));
    await ledger.put(perfectIncident({ key: 'third', updatedAt: '2026-03-01T11:00:02.000Z' }));
    await ledger.put(perfectIncident({ key: 'second', updatedAt: '2026-03-01T11:00:01.000Z', resource: other }));
    clock.advance(LISTED_AFTER);
    const keys = (incidents: readonly { key: string }[]) => incidents.map(({ key }) => key);
    expect(keys(await ledger.of('sg-0123456789abcdef0'))).toEqual(['third', 'first']);
    expect(keys(await ledger.of('i-0123456789abcdef0'))).toEqual(['second']);
    expect(keys(await ledger.recent(2))).toEqual(['third', 'second']);
  });

  test('lists a hundred incidents of a resource at most, the newest ones', async () => {
    const { ledger, clock } = await make();
    const at = (n: number) => new Date(Date.parse('2026-03-01T11:00:00.000Z') + n * 1000).toISOString();
    for (let n = 0; n < 101; n += 1) await ledger.put(perfectIncident({ key: `number-${n}`, updatedAt: at(n) }));
    clock.advance(LISTED_AFTER);
    const listed = (await ledger.of(perfectIncident().resource.id)).map(({ key }) => key);
    expect([listed.length, listed[0], listed.includes('number-0')]).toEqual([100, 'number-100', false]);
    expect(await ledger.get('number-0')).not.toBeNull();
  });

  test('what is due is read again: a write that the index still lacks counts', async () => {
    const { ledger, clock } = await make();
    const stored = await ledger.put(perfectIncident({ dueAt: '2026-03-01T12:00:00.000Z' }));
    clock.advance(LISTED_AFTER);
    const moved = await ledger.put({ ...stored, dueAt: '2026-03-01T12:01:00.000Z' });
    expect((await ledger.due('2026-03-01T12:00:30.000Z', 10)).incidents).toEqual([]);
    expect((await ledger.due('2026-03-01T12:01:00.000Z', 10)).incidents).toEqual([moved]);
  });

  test('an incident untouched for 400 days counts as none, although nobody has deleted it', async () => {
    const { ledger, clock } = await make();
    await ledger.put(await ledger.put(perfectIncident()));
    clock.advance(401 * 86_400);
    expect(await ledger.get(perfectIncident().key)).toBeNull();
    expect(await ledger.recent(10)).toEqual([]);
    await ledger.put(perfectIncident({ updatedAt: clock.iso() }));
    expect((await ledger.get(perfectIncident().key))?.revision).toBe(1);
  });

  test('an incident with a very long life still fits, and keeps its newest occurrence', async () => {
    const { ledger } = await make();
    const seenRounds = Array.from({ length: 30_000 }, (_, index) => `sgr-${index}`.padEnd(20, '0'));
    await ledger.put(perfectIncident({ seenRounds }));
    expect((await ledger.get(perfectIncident().key))?.seenRounds.at(-1)).toBe(seenRounds.at(-1));
  });

  test.each<[string, Partial<Incident>]>([
    ['is too large', { noticesSent: ['x'.repeat(RECORD_LIMIT)] }],
    ['is larger than an item', { noticesSent: ['ж'.repeat(300_000)] }],
    ['has a key that is too long', { key: 'k'.repeat(2048) }],
    ['is about nothing', { resource: { type: 'security-group', id: '' } }],
    ['has a number that is none', { failures: Number.NaN }],
  ])('a record that %s is refused as one that cannot be stored, and nothing of it is', async (_title, given) => {
    const { ledger } = await make();
    const write = ledger.put(perfectIncident(given), 'request-refused');
    await expect(write).rejects.toBeInstanceOf(Unstorable);
    expect(await ledger.recent(10)).toEqual([]);
    expect(await ledger.knowsRequest('request-refused')).toBe(false);
  });

  test('a record just below the limit is stored', async () => {
    const { ledger } = await make();
    await ledger.put(perfectIncident({ noticesSent: ['x'.repeat(RECORD_LIMIT - 4_000)] }));
    expect((await ledger.get(perfectIncident().key))?.revision).toBe(1);
  });

  test('what undo needs is kept apart from the incident, whole, also of 1,000 rules with long descriptions', async () => {
    const { ledger } = await make();
    const rules = Array.from({ length: 1000 }, (_, at) => ruleNumber(at, { description: '字'.repeat(255) }));
    const inverse = { action: 'authorize-rules', rules } as const;
    const written = await ledger.put(perfectIncident({ inverse }));
    expect(written.inverse).toEqual(inverse);
    const stored = await ledger.get(perfectIncident().key);
    expect(stored?.inverse).toBeNull();
    expect(stored === null ? null : await ledger.inverseOf(stored)).toEqual(inverse);
    expect(await ledger.inverseOf(perfectIncident())).toBeNull();
  });

  test('what undo needs of one occurrence is never written over by that of another', async () => {
    const { ledger } = await make();
    const of = (...numbers: readonly number[]) =>
      ({ action: 'authorize-rules', rules: numbers.map((n) => ruleNumber(n)) }) as const;
    const first = await ledger.put(perfectIncident({ inverse: of(1, 2, 3) }));
    await ledger.put({ ...first, inverse: of(3) });
    const { inverse: _loaded, ...before } = first;
    expect(await ledger.inverseOf({ ...before, inverse: null })).toEqual(of(1, 2, 3));
    const stored = await ledger.get(perfectIncident().key);
    expect(stored === null ? null : await ledger.inverseOf(stored)).toEqual(of(3));
  });

  test.each<[string, Reading]>([
    ['a group', { ...GROUP, rules: SOURCES.map((source, at) => ruleNumber(at, { source })) }],
    ['a group that was never clean', { ...GROUP, cleanRuleIds: null }],
    ['an interface', { kind: 'network-interface', groupIds: ['sg-1', 'sg-2'] }],
    ['a prefix list', { kind: 'prefix-list', cidrs: ['192.0.2.0/24'] }],
    ['an expression', { kind: 'targets', ids: ['i-1', 'i-2'], cleared: ['i-1'] }],
    [
      'a principal that opens ports',
      {
        kind: 'loop',
        openings: [{ at: '2026-03-01T11:00:00Z', change: 'f0a1b2c3d4e5f60718293a4b', resource: 'sg-1' }],
        reportedAt: null,
      },
    ],
    [
      'who closed a rule',
      {
        kind: 'closing',
        at: '2026-03-01T11:00:00Z',
        name: 'RevokeSecurityGroupIngress',
        eventId: 'event-1',
        actor: perfectIncident().change.actor,
        egress: false,
        ours: false,
      },
    ],
    ['extended incidents', { kind: 'extended', keys: ['instance/i-1/session-started'] }],
    ['the judged resources of a change', { kind: 'judged', ids: ['sg-1'] }],
    ['what instances are launched from', { kind: 'baseline', accepted: { version: '2026-03-01T11:00:00Z' } }],
  ])('the last reading of %s comes back as it was recorded', async (_title, reading) => {
    const { ledger } = await make();
    expect(await ledger.lastReading('sg-1')).toBeNull();
    await ledger.recordReading('sg-1', reading, '2026-03-01T12:00:00.000Z');
    // As text, too: whoever compares readings does it so.
    expect(JSON.stringify(await ledger.lastReading('sg-1'))).toBe(JSON.stringify(reading));
    expect(await ledger.lastReading('sg-2')).toBeNull();
  });

  test('an older reading that arrives late changes nothing', async () => {
    const { ledger } = await make();
    const reading = (...cleanRuleIds: readonly string[]): Reading => ({ ...GROUP, cleanRuleIds });
    await ledger.recordReading('sg-1', reading('sgr-1'), '2026-03-01T12:00:00.000Z');
    await ledger.recordReading('sg-1', reading(), '2026-03-01T12:00:05.000Z');
    await ledger.recordReading('sg-1', reading('sgr-9'), '2026-03-01T12:00:04Z');
    expect(await ledger.lastReading('sg-1')).toEqual(reading());
    await ledger.recordReading('sg-1', reading('sgr-2'), '2026-03-01T12:00:05.000Z');
    expect(await ledger.lastReading('sg-1')).toEqual(reading('sgr-2'));
  });

  test('a reading of the largest group fits, with every description', async () => {
    const { ledger } = await make();
    const rules = Array.from({ length: 1000 }, (_, at) => ruleNumber(at, { description: 'x'.repeat(255) }));
    const reading: Reading = { ...GROUP, cleanRuleIds: rules.map(({ id }) => id), rules };
    await ledger.recordReading('sg-1', reading, '2026-03-01T12:00:00.000Z');
    expect(await ledger.lastReading('sg-1')).toEqual(reading);
  });
}
