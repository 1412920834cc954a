import { expect, test } from 'vitest';
import { type Ledger, type Outbox, type OwedNotice, Superseded } from '../../src/roles.ts';
import type { FakeClock } from '../fakes/clock.ts';
import { perfectIncident } from './incident.ts';
import { perfectNotice } from './notice.ts';

type OutboxWorld = { readonly ledger: Ledger; readonly outbox: Outbox; readonly clock: FakeClock };

/** Seconds after which a listing shows every write. */
const LISTED_AFTER = 1;
const NOW = '2026-03-01T12:01:00.000Z';
const LATER = '2026-03-01T12:02:00.000Z';

const owedNotice = (given: Partial<OwedNotice> = {}): OwedNotice => ({
  id: 'key#state',
  incidentKey: perfectIncident().key,
  revision: 0,
  kind: 'held',
  notice: perfectNotice(),
  mail: true,
  tryAt: NOW,
  ...given,
});

/** What the flow relies on of the outbox. `make` gives an empty ledger at 2026-03-01T12:00:00Z, and its outbox. */
export function outboxSuite(make: () => Promise<OutboxWorld>): void {
  test('a notice is owed with the incident that it reports, until it was sent', async () => {
    const { ledger, outbox, clock } = await make();
    await ledger.put(perfectIncident(), 'request-1', owedNotice());
    clock.advance(LISTED_AFTER);
    expect(await outbox.due('2026-03-01T12:00:59.999Z', 10)).toEqual([]);
    expect(await outbox.due(NOW, 10)).toEqual(['key#state']);
    const taken = await outbox.take('key#state', NOW, LATER);
    expect(taken).toMatchObject(owedNotice({ tryAt: expect.any(String) as string }));
    await outbox.sent(owedNotice());
    expect(await outbox.take('key#state', LATER, LATER)).toBeNull();
    clock.advance(LISTED_AFTER);
    expect(await outbox.due(LATER, 10)).toEqual([]);
    expect(await ledger.knowsRequest('request-1')).toBe(true);
  });

  test('a write that is superseded owes nothing', async () => {
    const { ledger, outbox, clock } = await make();
    await ledger.put(perfectIncident());
    await expect(ledger.put(perfectIncident(), null, owedNotice())).rejects.toBeInstanceOf(Superseded);
    clock.advance(LISTED_AFTER);
    expect(await outbox.due(NOW, 10)).toEqual([]);
    expect(await outbox.take('key#state', NOW, LATER)).toBeNull();
  });

  test('of many that take a notice, one sends it, and the others try again later', async () => {
    const { ledger, outbox, clock } = await make();
    await ledger.put(perfectIncident(), null, owedNotice());
    const taken = await Promise.all(Array.from({ length: 5 }, () => outbox.take('key#state', NOW, LATER)));
    expect(taken.filter((owed) => owed !== null)).toHaveLength(1);
    expect(await outbox.take('key#state', '2026-03-01T12:01:59.999Z', LATER)).toBeNull();
    clock.advance(LISTED_AFTER);
    expect(await outbox.due('2026-03-01T12:01:59.999Z', 10)).toEqual([]);
    expect(await outbox.due(LATER, 10)).toEqual(['key#state']);
    expect((await outbox.take('key#state', LATER, LATER))?.notice).toEqual(perfectNotice());
  });

  test('a newer notice takes the place of one that is being sent, and stays owed', async () => {
    const { ledger, outbox } = await make();
    const stored = await ledger.put(perfectIncident(), null, owedNotice());
    const older = await outbox.take('key#state', NOW, LATER);
    const newer = owedNotice({ kind: 'fixed', revision: stored.revision });
    await ledger.put(stored, null, newer);
    await outbox.sent(older ?? owedNotice());
    expect(await outbox.take('key#state', NOW, LATER)).toMatchObject({ kind: 'fixed', revision: 1 });
    await outbox.sent(newer);
    expect(await outbox.take('key#state', LATER, LATER)).toBeNull();
  });

  test('a notice is owed until it is sent, or a newer one has taken its place', async () => {
    const { ledger, outbox } = await make();
    expect(await outbox.isOwed(owedNotice())).toBe(false);
    const stored = await ledger.put(perfectIncident(), null, owedNotice());
    expect(await outbox.isOwed(owedNotice())).toBe(true);
    const newer = owedNotice({ kind: 'fixed', revision: stored.revision });
    await ledger.put(stored, null, newer);
    expect([await outbox.isOwed(owedNotice()), await outbox.isOwed(newer)]).toEqual([false, true]);
    await outbox.sent(newer);
    expect(await outbox.isOwed(newer)).toBe(false);
  });

  test('notices of other topics and other incidents stay as they are, the longest due first', async () => {
    const { ledger, outbox, clock } = await make();
    const early = '2026-03-01T12:00:30.000Z';
    const stored = await ledger.put(perfectIncident(), null, owedNotice());
    await ledger.put(stored, null, owedNotice({ id: 'key#failed', kind: 'failed', revision: 1, tryAt: early }));
    await ledger.put(perfectIncident({ key: 'other' }), null, owedNotice({ id: 'other#state' }));
    clock.advance(LISTED_AFTER);
    const due = await outbox.due(NOW, 10);
    expect(due[0]).toBe('key#failed');
    expect([...due].sort()).toEqual(['key#failed', 'key#state', 'other#state']);
    expect(await outbox.due(NOW, 1)).toEqual(['key#failed']);
    expect(await outbox.due(NOW, 0)).toEqual([]);
  });

  test('a notice that is larger than SNS takes is shortened, and still owed', async () => {
    const { ledger, outbox } = await make();
    const notice = perfectNotice({ text: 'x'.repeat(600_000) });
    await ledger.put(perfectIncident(), null, owedNotice({ notice }));
    const taken = await outbox.take('key#state', NOW, LATER);
    expect(taken?.notice.subject).toBe(notice.subject);
  });
}
