import { expiry, lockPk } from './ledger-items.ts';
import type { Table } from './table.ts';
import { type Chance, optimistically, type Step } from './versioned.ts';

const KEPT = 86_400;

/** One record a resource: the key of who has it, and until when. */
export function lock(table: Table, chance: Chance, resourceId: string, now: string, until: string) {
  const pk = lockPk(resourceId);
  return optimistically(table, chance, async (): Promise<Step<string | null>> => {
    const before = await table.get(pk);
    if (before !== null && Date.parse(String(before.until)) > Date.parse(now)) return { answer: null, writes: [] };
    const key = chance.newId();
    return { answer: key, writes: [{ before, after: { pk, key, until, expiresAt: expiry(until, KEPT) } }] };
  });
}

/** Only with its own key: a lock whose time was over may be another's by now. */
export function unlock(table: Table, chance: Chance, resourceId: string, key: string): Promise<void> {
  const pk = lockPk(resourceId);
  return optimistically(table, chance, async (): Promise<Step<void>> => {
    const before = await table.get(pk);
    if (before?.key !== key) return { answer: undefined, writes: [] };
    const now = chance.clock.now().toISOString();
    return { answer: undefined, writes: [{ before, after: { pk, key, until: now, expiresAt: expiry(now, KEPT) } }] };
  });
}
