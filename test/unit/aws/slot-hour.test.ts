import { expect, it } from 'vitest';
import { begunLately, takeSlot } from '../../../src/aws/ledger-slots.ts';
import type { Item, Table } from '../../../src/aws/table.ts';
import { FakeClock } from '../../fakes/clock.ts';

const NOW = '2026-03-01T12:00:00.000Z';
/** As it was written before the group of each replacement was kept, and that somebody told of the limit. */
const OLD: Item = {
  pk: 'budget#account',
  version: 4,
  begun: ['2026-03-01T11:10:00.000Z', '2026-03-01T11:20:00.000Z', '2026-03-01T10:00:00.000Z'],
  waiting: { high: [{ incidentKey: 'old', until: '2026-03-01T12:04:00.000Z' }] },
  told: { incidentKey: 'old', at: '2026-03-01T11:30:00.000Z' },
};

function tableWith(account: Item) {
  const written: Item[] = [];
  const table: Table = {
    get: async (pk) => (pk === account.pk ? account : null),
    write: async (writes) => written.push(...writes.map(({ item }) => item)) > 0,
    query: async () => [],
  };
  const chance = { clock: new FakeClock(NOW), random: () => 0, newId: () => 'write' };
  return { table, chance, written };
}

const request = { group: 'web', instanceId: 'i-1', incidentKey: 'new', perGroup: 1, now: NOW, until: NOW };

it('what an older version recorded of the hour counts for the account, and for no group', async () => {
  const { table, chance } = tableWith(OLD);
  expect(await begunLately(table, chance)).toEqual([
    { at: '2026-03-01T11:10:00.000Z', group: '' },
    { at: '2026-03-01T11:20:00.000Z', group: '' },
  ]);
  expect(await takeSlot(table, chance, { ...request, perHour: 2, severity: 'high' })).toMatchObject({ kind: 'full' });
  expect(await takeSlot(table, chance, { ...request, perHour: 3, severity: 'high' })).toEqual({ kind: 'taken' });
});

it('a claim of before its group was kept still has the last of the hour', async () => {
  const { table, chance } = tableWith(OLD);
  expect(await takeSlot(table, chance, { ...request, perHour: 3, severity: 'low' })).toMatchObject({
    why: 'the last replacement of this hour is left to an incident of severity high that waits',
  });
});

it('a record that is written again keeps the claims, and what was told is gone', async () => {
  const { table, chance, written } = tableWith(OLD);
  await takeSlot(table, chance, { ...request, perHour: 3, severity: 'high' });
  const account = written.find(({ pk }) => pk === 'budget#account');
  expect(account).toMatchObject({ waiting: OLD.waiting });
  expect(account).not.toHaveProperty('told');
});
