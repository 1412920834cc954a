import { expect, test } from 'vitest';
import type { Pause, SwitchWatch } from '../../src/roles.ts';

const PAUSE: Pause = {
  until: '2026-03-01T14:00:00.000Z',
  reason: 'game day',
  by: 'arn:aws:iam::123456789012:user/ann',
  at: '2026-03-01T11:00:00.000Z',
};
const LONGER: Pause = { ...PAUSE, until: '2026-03-01T15:00:00.000Z' };

/** What the recheck relies on, so that each change of the switch is told once. `make` gives one that was told nothing. */
export function switchWatchSuite(make: () => Promise<SwitchWatch>): void {
  test('what was told last is remembered', async () => {
    const watch = await make();
    expect(await watch.last()).toBeNull();
    expect(await watch.remember(PAUSE, null)).toBe(true);
    expect(await watch.last()).toEqual(PAUSE);
    expect(await watch.remember(null, PAUSE)).toBe(true);
    expect(await watch.last()).toBeNull();
  });

  test('whoever knows an older state tells nothing', async () => {
    const watch = await make();
    await watch.remember(PAUSE, null);
    expect(await watch.remember(LONGER, null)).toBe(false);
    expect(await watch.remember(null, LONGER)).toBe(false);
    expect(await watch.last()).toEqual(PAUSE);
  });

  test('of many that see the same change, one tells it', async () => {
    const watch = await make();
    const told = await Promise.all(Array.from({ length: 6 }, () => watch.remember(PAUSE, null)));
    expect(told.filter((mine) => mine)).toHaveLength(1);
  });
}
