import { describe, expect, test } from 'vitest';
import type { Item, Table, Write } from '../../../src/aws/table.ts';
import { optimistically } from '../../../src/aws/versioned.ts';
import { Retryable } from '../../../src/roles.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { counter } from '../../fakes/world.ts';

/** A table of one record that answers writes as `answers` says, one after the other, whatever it stores. */
function tableOf(...answers: ('stored' | 'lost' | 'beaten' | Error)[]) {
  let stored: Item | null = null;
  const written: Write[] = [];
  const table: Table = {
    get: async () => stored,
    query: async () => [],
    write: async ([write]) => {
      const answer = answers[written.length] ?? 'beaten';
      if (write !== undefined) written.push(write);
      if (answer === 'stored' || answer === 'lost') stored = write?.item ?? null;
      if (answer === 'beaten') stored = { pk: 'x', version: written.length * 10, writeId: 'of another' };
      if (answer instanceof Error) throw answer;
      return answer === 'stored';
    },
  };
  return { table, written };
}

function run(table: Table) {
  const clock = new FakeClock('2026-03-01T12:00:00.000Z');
  const chance = { clock, random: () => 0.5, newId: counter('write') };
  const step = async () => ({ answer: 'done', writes: [{ before: await table.get('x'), after: { pk: 'x' } }] });
  return { clock, done: optimistically(table, chance, step) };
}

describe('a record that others change too', () => {
  test('is written once when nobody is in the way', async () => {
    const { table, written } = tableOf('stored');
    expect(await run(table).done).toBe('done');
    expect(written).toEqual([
      { item: { pk: 'x', version: 1, writeId: 'write-1' }, condition: 'attribute_not_exists(pk)' },
    ]);
  });

  test('is read again and written over the newer version', async () => {
    const { table, written } = tableOf('beaten', 'stored');
    expect(await run(table).done).toBe('done');
    expect(written[1]).toMatchObject({
      item: { version: 11 },
      condition: 'version = :version',
      values: { ':version': 10 },
    });
  });

  test('is not written twice when the answer to our own write was lost', async () => {
    const { table, written } = tableOf('lost');
    expect(await run(table).done).toBe('done');
    expect(written).toHaveLength(1);
  });

  test('takes a collision of transactions for a collision', async () => {
    const { table, written } = tableOf(new Retryable('cancelled (TransactionConflict)'), 'stored');
    expect(await run(table).done).toBe('done');
    expect(written).toHaveLength(2);
  });

  test('lets other errors out', async () => {
    const { table } = tableOf(new Retryable('throttled'), 'stored');
    await expect(run(table).done).rejects.toThrow('throttled');
  });

  test('is given up, after longer and longer waits, when others are always faster', async () => {
    const { table, written } = tableOf();
    const { clock, done } = run(table);
    await expect(done).rejects.toBeInstanceOf(Retryable);
    expect(written).toHaveLength(8);
    expect(clock.iso()).toBe('2026-03-01T12:00:02.550Z');
  });
});
