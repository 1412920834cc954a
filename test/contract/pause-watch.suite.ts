import { expect, test } from 'vitest';
import type { PauseTold, PauseWatch } from '../../src/roles.ts';

const PAUSE = {
  kind: 'paused',
  until: '2026-03-01T14:00:00.000Z',
  reason: 'game day',
  by: 'arn:aws:iam::123456789012:user/ann',
  at: '2026-03-01T11:00:00.000Z',
} as const;
const NOTHING: PauseTold = { value: { kind: 'running' }, unreadable: false };
const PAUSED: PauseTold = { value: PAUSE, unreadable: false };
const LONGER: PauseTold = { value: { ...PAUSE, until: '2026-03-01T15:00:00.000Z' }, unreadable: false };

/** What the scheduler relies on, so that each change of the pause flag is told once. `make` gives one that was told nothing. */
export function pauseWatchSuite(make: () => Promise<PauseWatch>): void {
  test.each<[PauseTold]>([
    [PAUSED],
    [{ value: { kind: 'stopped', why: 'not valid JSON' }, unreadable: false }],
    [{ value: PAUSE, unreadable: true }],
  ])('what was told last is remembered: %j', async (told) => {
    const watch = await make();
    expect(await watch.last()).toEqual(NOTHING);
    expect(await watch.remember(told, NOTHING)).toBe(true);
    expect(await watch.last()).toEqual(told);
    expect(await watch.remember(NOTHING, told)).toBe(true);
    expect(await watch.last()).toEqual(NOTHING);
  });

  test('a run that knows an older state notifies of nothing', async () => {
    const watch = await make();
    await watch.remember(PAUSED, NOTHING);
    expect(await watch.remember(LONGER, NOTHING)).toBe(false);
    expect(await watch.remember(NOTHING, LONGER)).toBe(false);
    expect(await watch.last()).toEqual(PAUSED);
  });

  test('of many runs that see the same change, one notifies of it', async () => {
    const watch = await make();
    const told = await Promise.all(Array.from({ length: 6 }, () => watch.remember(PAUSED, NOTHING)));
    expect(told.filter((mine) => mine)).toHaveLength(1);
  });
}
