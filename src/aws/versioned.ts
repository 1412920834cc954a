/** Read, change, write if nobody wrote in between; else again. */
import { type Clock, Retryable } from '../roles.ts';
import type { Item, Table, Write } from './table.ts';

export type Chance = {
  readonly clock: Clock;
  /** 0 ≤ x < 1: spreads the retries of those that collided. */
  readonly random: () => number;
  /** A name for one write, so that a write whose answer was lost is known again. */
  readonly newId: () => string;
};

const ATTEMPTS = 8;
/** Milliseconds, doubled per attempt, before jitter. */
const BACKOFF = 20;

export type Step<T> = {
  readonly answer: T;
  readonly writes: readonly { readonly before: Item | null; readonly after: Item }[];
};

/**
 * Runs `step` on fresh reads until its writes went through. A step without writes only answers.
 * @throws Retryable when others were faster each time
 */
export async function optimistically<T>(table: Table, chance: Chance, step: () => Promise<Step<T>>): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { answer, writes } = await step();
    if (writes.length === 0) return answer;
    const writeId = chance.newId();
    if (
      await wrote(
        table,
        writes.map((write) => conditioned(write, writeId)),
      )
    )
      return answer;
    // The condition also fails when our own write went through, its answer was lost and the SDK sent it again.
    const stored = await table.get(String(writes[0]?.after.pk));
    if (stored?.writeId === writeId) return answer;
    await chance.clock.sleep(chance.random() * BACKOFF * 2 ** attempt);
  }
  throw new Retryable('the ledger is busy: others changed the same record each time');
}

/** A transaction that met another one is a collision too: nothing was written. */
async function wrote(table: Table, writes: readonly Write[]): Promise<boolean> {
  try {
    return await table.write(writes);
  } catch (error) {
    if (error instanceof Retryable && error.message.includes('TransactionConflict')) return false;
    throw error;
  }
}

function conditioned(
  { before, after }: { readonly before: Item | null; readonly after: Item },
  writeId: string,
): Write {
  const version = typeof before?.version === 'number' ? before.version : null;
  const item = { ...after, version: (version ?? 0) + 1, writeId };
  if (version === null) return { item, condition: 'attribute_not_exists(pk)' };
  return { item, condition: 'version = :version', values: { ':version': version } };
}
