import { expect, test } from 'vitest';
import type { DeadLetters } from '../../src/roles.ts';

export type DeadLettersSetting = {
  readonly deadLetters: DeadLetters;
  add(count: number): Promise<void>;
};

/** What the scheduler relies on when it counts dead letters. `make` gives an empty queue. */
export function deadLettersSuite(make: () => Promise<DeadLettersSetting>): void {
  test('an empty queue has none', async () => {
    expect(await (await make()).deadLetters.count()).toBe(0);
  });

  test('every message counts', async () => {
    const { deadLetters, add } = await make();
    await add(3);
    expect(await deadLetters.count()).toBe(3);
  });
}
