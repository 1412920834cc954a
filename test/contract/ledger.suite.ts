import { expect, test } from 'vitest';
import type { RuleSource } from '../../src/domain/estate.ts';
import type { Reading } from '../../src/domain/reading.ts';
import { type Ledger, Superseded } from '../../src/roles.ts';
import type { FakeClock } from '../fakes/clock.ts';
import { perfectIncident } from './incident.ts';
import { GROUP, ruleNumber } from './reading.ts';

export type LedgerWorld = { readonly ledger: Ledger; readonly clock: FakeClock };

const SOURCES: readonly RuleSource[] = [
  { kind: 'ipv4', cidr: '192.0.2.0/24' },
  { kind: 'ipv6', cidr: '2001:db8::/32' },
  { kind: 'prefix-list', id: 'pl-0123456789abcdef0' },
  { kind: 'security-group', id: 'sg-0123456789abcdef0' },
];

/** What the flow relies on of the ledger's incidents. `make` gives an empty ledger at 2026-03-01T12:00:00Z. */
export function ledgerSuite(make: () => Promise<LedgerWorld>): void {
  test('an incident comes back as it was written', async () => {
    const { ledger } = await make();
    const incident = perfectIncident({ attempts: [{ at: 'x', round: 'r', requestId: null, error: '' }] });
    await ledger.put(incident, null);
    expect(await ledger.get(incident.key)).toEqual(incident);
    expect(await ledger.get('another key')).toBeNull();
  });

  test.each([
    { title: 'there is one already', expected: null },
    { title: 'the stored fence is newer', expected: 0 },
    { title: 'the stored fence is older', expected: 2 },
  ])('a write is superseded when $title', async ({ expected }) => {
    const { ledger } = await make();
    await ledger.put(perfectIncident({ fence: 1 }), null);
    const write = ledger.put(perfectIncident({ fence: 9, rounds: 7 }), expected, 'request-refused');
    await expect(write).rejects.toBeInstanceOf(Superseded);
    expect(await ledger.get(perfectIncident().key)).toEqual(perfectIncident({ fence: 1 }));
    expect(await ledger.knowsRequest('request-refused')).toBe(false);
  });

  test('a write that expects a fence is superseded when there is no incident', async () => {
    const { ledger } = await make();
    await expect(ledger.put(perfectIncident({ fence: 2 }), 1)).rejects.toBeInstanceOf(Superseded);
  });

  test.each([[null], [1]])(
    'of many writers that expect fence %s, one wins, though they write the same',
    async (expected) => {
      const { ledger } = await make();
      if (expected !== null) await ledger.put(perfectIncident({ fence: expected }), null);
      const claim = perfectIncident({ fence: (expected ?? 0) + 1, status: 'acting' });
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => ledger.put(claim, expected)));
      const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      expect(lost).toHaveLength(7);
      for (const reason of lost) expect(reason).toBeInstanceOf(Superseded);
    },
  );

  test('a request id is known from the write that brought it, for 30 days', async () => {
    const { ledger, clock } = await make();
    await ledger.put(perfectIncident(), null, 'request-1');
    expect(await ledger.knowsRequest('request-1')).toBe(true);
    expect(await ledger.knowsRequest('request-2')).toBe(false);
    clock.advance(31 * 86_400);
    expect(await ledger.knowsRequest('request-1')).toBe(false);
  });

  test('what is due comes longest due first, what is not stays away', async () => {
    const { ledger } = await make();
    const at = { late: '2026-03-01T12:05:00.000Z', early: '2026-03-01T12:01:00Z', future: '2026-03-01T12:05:00.001Z' };
    for (const [key, dueAt] of Object.entries(at)) await ledger.put(perfectIncident({ key, dueAt }), null);
    await ledger.put(perfectIncident({ key: 'never', dueAt: null }), null);
    const due = async (limit: number) => (await ledger.due('2026-03-01T12:05:00.000Z', limit)).map(({ key }) => key);
    expect(await due(10)).toEqual(['early', 'late']);
    expect(await due(1)).toEqual(['early']);
    await ledger.put(perfectIncident({ key: 'early', dueAt: null, fence: 2 }), 1);
    expect(await due(10)).toEqual(['late']);
  });

  test('incidents of a resource, and the recent ones, come newest first', async () => {
    const { ledger } = await make();
    const other = { type: 'instance', id: 'i-0123456789abcdef0' } as const;
    await ledger.put(perfectIncident({ key: 'first', updatedAt: '2026-03-01T11:00:00Z' }), null);
    await ledger.put(perfectIncident({ key: 'third', updatedAt: '2026-03-01T11:00:02.000Z' }), null);
    await ledger.put(perfectIncident({ key: 'second', updatedAt: '2026-03-01T11:00:01.000Z', resource: other }), null);
    const keys = (incidents: readonly { key: string }[]) => incidents.map(({ key }) => key);
    expect(keys(await ledger.of('sg-0123456789abcdef0'))).toEqual(['third', 'first']);
    expect(keys(await ledger.of('i-0123456789abcdef0'))).toEqual(['second']);
    expect(keys(await ledger.recent(2))).toEqual(['third', 'second']);
  });

  test('an incident untouched for 400 days counts as none, although nobody has deleted it', async () => {
    const { ledger, clock } = await make();
    await ledger.put(perfectIncident({ fence: 5 }), null);
    clock.advance(401 * 86_400);
    expect(await ledger.get(perfectIncident().key)).toBeNull();
    expect(await ledger.recent(10)).toEqual([]);
    await ledger.put(perfectIncident({ updatedAt: clock.iso() }), null);
    expect((await ledger.get(perfectIncident().key))?.fence).toBe(1);
  });

  test('an incident with a very long life still fits', async () => {
    const { ledger } = await make();
    const seenRounds = Array.from({ length: 30_000 }, (_, index) => `sgr-${index}`.padEnd(20, '0'));
    await ledger.put(perfectIncident({ seenRounds }), null);
    expect((await ledger.get(perfectIncident().key))?.seenRounds.at(-1)).toBe(seenRounds.at(-1));
  });

  test.each<[string, Reading]>([
    ['a group', { ...GROUP, rules: SOURCES.map((source, at) => ruleNumber(at, { source })) }],
    ['a group that was never clean', { ...GROUP, cleanRuleIds: null }],
    ['an interface', { kind: 'network-interface', groupIds: ['sg-1', 'sg-2'] }],
    ['a prefix list', { kind: 'prefix-list', cidrs: ['192.0.2.0/24'] }],
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
