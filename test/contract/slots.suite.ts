import { expect, test } from 'vitest';
import type { SlotRequest } from '../../src/roles.ts';
import type { LedgerWorld } from './ledger.suite.ts';

/** One that fits any budget, and what is given. */
function request(given: Partial<SlotRequest> = {}): SlotRequest {
  return {
    group: 'web',
    instanceId: 'i-1',
    incidentKey: 'incident of i-1',
    perGroup: 1,
    perHour: 10,
    now: '2026-03-01T12:00:00.000Z',
    until: '2026-03-01T12:20:00.000Z',
    ...given,
  };
}
const ofInstance = (n: number, given: Partial<SlotRequest> = {}) =>
  request({ instanceId: `i-${n}`, incidentKey: `incident of i-${n}`, ...given });

const TAKEN = { kind: 'taken' };

/** What the flow relies on of the disruption budgets. */
export function slotsSuite(make: () => Promise<LedgerWorld>): void {
  test('of twenty that ask at once, three get a budget of three', async () => {
    const { ledger } = await make();
    const asked = Array.from({ length: 20 }, (_, n) => ledger.takeSlot(ofInstance(n, { perGroup: 3, perHour: 20 })));
    const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'taken')).toHaveLength(3);
  });

  test('of twenty in groups of their own that ask at once, four get an hour of four', async () => {
    const { ledger } = await make();
    const asked = Array.from({ length: 20 }, (_, n) => ledger.takeSlot(ofInstance(n, { group: `g-${n}`, perHour: 4 })));
    const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'taken')).toHaveLength(4);
  });

  test('the same incident renews its slot without a further replacement being counted', async () => {
    const { ledger } = await make();
    expect(await ledger.takeSlot(request({ perHour: 1 }))).toEqual(TAKEN);
    const renewed = request({ perHour: 1, now: '2026-03-01T12:10:00.000Z', until: '2026-03-01T12:30:00.000Z' });
    expect(await ledger.takeSlot(renewed)).toEqual(TAKEN);
    const other = await ledger.takeSlot(ofInstance(2, { now: '2026-03-01T12:25:00.000Z' }));
    expect(other).toEqual({ kind: 'full', why: '1 of 1 instances of web that may be out at once are out' });
  });

  test('an instance that is being replaced for one incident is not for another', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request({ perGroup: 5 }));
    const other = await ledger.takeSlot(request({ perGroup: 5, incidentKey: 'another' }));
    expect(other).toEqual({ kind: 'full', why: 'i-1 is already being replaced for another incident' });
  });

  test('a slot ends by itself, at its instant', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request());
    expect((await ledger.takeSlot(ofInstance(2, { now: '2026-03-01T12:19:59.999Z' }))).kind).toBe('full');
    const later = ofInstance(2, { now: '2026-03-01T12:20:00.000Z', until: '2026-03-01T12:40:00.000Z' });
    expect(await ledger.takeSlot(later)).toEqual(TAKEN);
  });

  test('an hour after it began a replacement no longer counts', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request({ perHour: 1 }));
    const at = (now: string) =>
      ledger.takeSlot(ofInstance(2, { group: 'api', perHour: 1, now, until: '2026-03-01T14:00:00Z' }));
    expect(await at('2026-03-01T12:59:59.999Z')).toEqual({
      kind: 'full',
      why: '1 of 1 replacements an hour have begun',
    });
    expect(await at('2026-03-01T13:00:00.000Z')).toEqual(TAKEN);
  });

  test('a refused request takes nothing of either budget', async () => {
    const { ledger } = await make();
    expect((await ledger.takeSlot(request({ perGroup: 0 }))).kind).toBe('full');
    expect((await ledger.takeSlot(request({ perHour: 0 }))).kind).toBe('full');
    expect(await ledger.takeSlot(request({ perHour: 1 }))).toEqual(TAKEN);
  });

  test.each([[-1], [0.5], [Number.NaN], [Number.POSITIVE_INFINITY]])('a budget of %s is none', async (broken) => {
    const { ledger } = await make();
    expect((await ledger.takeSlot(request({ perGroup: broken }))).kind).toBe('full');
    expect((await ledger.takeSlot(request({ perHour: broken }))).kind).toBe('full');
  });

  test('a released slot is free, and its successor is remembered once', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request());
    expect(await ledger.pairedSuccessors('web')).toEqual([]);
    await ledger.releaseSlot('web', 'i-1', 'i-9');
    await ledger.releaseSlot('web', 'i-1', 'i-9');
    expect(await ledger.pairedSuccessors('web')).toEqual(['i-9']);
    expect(await ledger.pairedSuccessors('api')).toEqual([]);
    expect(await ledger.takeSlot(ofInstance(2))).toEqual(TAKEN);
  });

  test('releasing what was never taken is nothing', async () => {
    const { ledger } = await make();
    await ledger.releaseSlot('web', 'i-1', null);
    expect(await ledger.pairedSuccessors('web')).toEqual([]);
  });
}
