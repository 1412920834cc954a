import { expect, test } from 'vitest';
import type { PauseReading } from '../../src/domain/pause.ts';
import type { PauseCopy } from '../../src/roles.ts';

const READING: PauseReading = { value: '{"paused":false}', version: 3, readAt: '2026-03-01T12:00:00.000Z' };

/** What the workers and the scheduler rely on of the copy of the pause flag. `make` gives one that holds nothing. */
export function pauseCopySuite(make: () => Promise<PauseCopy>): void {
  test('nothing was copied yet', async () => {
    expect(await (await make()).read()).toBeNull();
  });

  test.each([
    [
      'the value of a later version, also when its reader has a slow clock',
      { version: 4, readAt: '2026-03-01T11:59:00.000Z' },
    ],
    ['a later reading of the same version', { readAt: '2026-03-01T12:00:00.001Z' }],
    ['the same reading once more', {}],
    [
      'a parameter that was deleted and created again, a minute later',
      { version: 1, readAt: '2026-03-01T12:01:00.001Z' },
    ],
    ['an empty value', { version: 4, value: '' }],
  ])('%s replaces the copy', async (_title, given) => {
    const copy = await make();
    await copy.write(READING);
    const next = { ...READING, value: 'stopped', ...given };
    await copy.write(next);
    expect(await copy.read()).toEqual(next);
  });

  test.each([
    ['an earlier version, which SSM still showed for a moment', { version: 2, readAt: '2026-03-01T12:00:59.000Z' }],
    ['an earlier reading of the same version', { readAt: '2026-03-01T11:59:59.999Z' }],
  ])('%s changes nothing', async (_title, given) => {
    const copy = await make();
    await copy.write(READING);
    await copy.write({ ...READING, value: 'stopped', ...given });
    expect(await copy.read()).toEqual(READING);
  });
}
