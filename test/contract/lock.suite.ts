import { expect, test } from 'vitest';
import type { LedgerWorld } from './ledger.suite.ts';

const NOW = '2026-03-01T12:00:00.000Z';
const UNTIL = '2026-03-01T12:01:30.000Z';

/** What the flow relies on of the locks of resources. */
export function lockSuite(make: () => Promise<LedgerWorld>): void {
  test('of ten that want a lock at once, one gets it', async () => {
    const { ledger } = await make();
    const keys = await Promise.all(Array.from({ length: 10 }, () => ledger.lock('sg-1', NOW, UNTIL)));
    expect(keys.filter((key) => key !== null)).toHaveLength(1);
    expect(await ledger.lock('sg-2', NOW, UNTIL)).not.toBeNull();
  });

  test('a lock is free once it is given back, or its time is over', async () => {
    const { ledger } = await make();
    const first = await ledger.lock('sg-1', NOW, UNTIL);
    await ledger.unlock('sg-1', first ?? '');
    const second = await ledger.lock('sg-1', NOW, UNTIL);
    expect(second).not.toBeNull();
    expect(await ledger.lock('sg-1', '2026-03-01T12:01:29.000Z', UNTIL)).toBeNull();
    expect(await ledger.lock('sg-1', UNTIL, '2026-03-01T12:03:00.000Z')).not.toBeNull();
  });

  test('whose time is over cannot give back what is another’s by now', async () => {
    const { ledger } = await make();
    const late = await ledger.lock('sg-1', NOW, UNTIL);
    const later = '2026-03-01T12:02:00.000Z';
    expect(await ledger.lock('sg-1', later, '2026-03-01T12:03:30.000Z')).not.toBeNull();
    await ledger.unlock('sg-1', late ?? '');
    expect(await ledger.lock('sg-1', later, '2026-03-01T12:03:30.000Z')).toBeNull();
  });
}
