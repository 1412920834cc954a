import { expect, test } from 'vitest';
import type { ReportedMessages } from '../../src/roles.ts';

const NOW = '2026-03-01T12:05:00.000Z';

/** What workers rely on, so that a message is reported once. `make` gives one that knows no message. */
export function reportedMessagesSuite(make: () => Promise<ReportedMessages>): void {
  test('a message that was added is known, and no other', async () => {
    const reported = await make();
    expect(await reported.has('m1')).toBe(false);
    await reported.add('m1', NOW);
    expect([await reported.has('m1'), await reported.has('m2')]).toEqual([true, false]);
  });

  test('a message may be added again: two workers had it at once', async () => {
    const reported = await make();
    await Promise.all([reported.add('m1', NOW), reported.add('m1', NOW)]);
    expect(await reported.has('m1')).toBe(true);
  });
}
