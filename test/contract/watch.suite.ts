import { expect, test } from 'vitest';
import type { Watch } from '../../src/roles.ts';

/** What the scheduler relies on, so that people are notified of each change once. `make` gives one that nothing was left to. */
export function watchSuite<T>(make: () => Promise<Watch<T>>, nothing: T, states: readonly [T, T, ...T[]]): void {
  const [first, second] = states;

  test.each(states.map((state) => [state]))('what was left last comes back: %j', async (state) => {
    const watch = await make();
    expect(await watch.last()).toEqual(nothing);
    expect(await watch.remember(state, nothing)).toBe(true);
    expect(await watch.last()).toEqual(state);
    expect(await watch.remember(nothing, state)).toBe(true);
    expect(await watch.last()).toEqual(nothing);
  });

  test('a run that knows an older state changes nothing', async () => {
    const watch = await make();
    await watch.remember(first, nothing);
    expect(await watch.remember(second, nothing)).toBe(false);
    expect(await watch.remember(nothing, second)).toBe(false);
    expect(await watch.last()).toEqual(first);
  });

  test('of many runs that see the same change, one has its way', async () => {
    const watch = await make();
    const told = await Promise.all(Array.from({ length: 6 }, () => watch.remember(first, nothing)));
    expect(told.filter((mine) => mine)).toHaveLength(1);
  });
}
