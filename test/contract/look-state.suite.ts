import { expect, test } from 'vitest';
import { beginLook } from '../../src/domain/region-look.ts';
import type { LookState, StoredLook } from '../../src/roles.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const awaiting = {
  incident: 'region/eu-west-1/unread-call',
  round: 'round',
  since: '2026-03-01T11:59:00.000Z',
  egress: false,
};
const LOOK = {
  ...beginLook([awaiting], NOW),
  cursor: 'page-2',
  unseen: [{ groupId: 'sg-1', egress: false, ruleIds: ['sgr-1'] }],
  unseenCount: 1,
};
const UNDER_WAY: StoredLook = { look: LOOK, until: '2026-03-01T12:01:00.000Z' };

/** What the scheduler relies on, so that one look goes on at a time. `make` gives one of which nothing is stored. */
export function lookStateSuite(make: () => Promise<LookState>): void {
  test('a look is stored, goes on and ends', async () => {
    const looks = await make();
    expect(await looks.read()).toEqual({ look: null, until: null, version: 0 });
    expect(await looks.write(UNDER_WAY, 0)).toBe(true);
    expect(await looks.read()).toEqual({ ...UNDER_WAY, version: 1 });
    expect(await looks.write({ look: null, until: null }, 1)).toBe(true);
    expect(await looks.read()).toEqual({ look: null, until: null, version: 2 });
  });

  test('a run that knows an older state writes nothing', async () => {
    const looks = await make();
    await looks.write(UNDER_WAY, 0);
    expect(await looks.write({ look: null, until: null }, 0)).toBe(false);
    expect(await looks.write({ look: null, until: null }, 7)).toBe(false);
    expect(await looks.read()).toEqual({ ...UNDER_WAY, version: 1 });
  });

  test('of many runs that begin a look, one has it', async () => {
    const looks = await make();
    const begun = await Promise.all(Array.from({ length: 6 }, () => looks.write(UNDER_WAY, 0)));
    expect(begun.filter((mine) => mine)).toHaveLength(1);
  });
}
