import { expect, test } from 'vitest';
import type { Ledger, SlotRequest } from '../../src/roles.ts';
import type { LedgerWorld } from './ledger.suite.ts';

/** One that fits any budget, and what is given. */
function request(given: Partial<SlotRequest> = {}): SlotRequest {
  return {
    group: 'web',
    instanceId: 'i-1',
    incidentKey: 'incident of i-1',
    perGroup: 1,
    perHour: 10,
    severity: 'medium',
    now: '2026-03-01T12:00:00.000Z',
    until: '2026-03-01T12:20:00.000Z',
    ...given,
  };
}
const ofInstance = (n: number, given: Partial<SlotRequest> = {}) =>
  request({ instanceId: `i-${n}`, incidentKey: `incident of i-${n}`, ...given });

/** The end of the incident of that instance. */
const over = (n: number, successor: string | null = null, group = 'web') => ({
  group,
  instanceId: `i-${n}`,
  incidentKey: `incident of i-${n}`,
  successor,
});

const TAKEN = { kind: 'taken' };
const full = (why: string) => ({ kind: 'full', guard: 'budget', why, retryAfter: 3600 });
const CAUSE = {
  incidentId: '7f3a9c1e',
  rule: 'user-data-changed',
  drift: 'instance//user-data-changed',
  actor: 'arn:aws:iam::123456789012:user/kim',
  changedAt: '2026-03-01T11:59:00.000Z',
};

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

  test('a successor is paired with one of two that see it at once, and stays with it', async () => {
    const { ledger } = await make();
    for (const n of [1, 2]) await ledger.takeSlot(ofInstance(n, { perGroup: 2 }));
    const pair = (n: number) => ledger.takeSlot(ofInstance(n, { perGroup: 2, underWay: true, successor: 'i-9' }));
    const answers = await Promise.all([pair(1), pair(2)]);
    const first = answers[0]?.kind === 'taken' ? 1 : 2;
    expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['full', 'taken']);
    expect(await pair(first)).toEqual(TAKEN);
    await ledger.releaseSlot(over(first, 'i-9'));
    expect(await pair(3 - first)).toMatchObject({ kind: 'full' });
  });

  test('the same incident renews its slot without a further replacement being counted', async () => {
    const { ledger } = await make();
    expect(await ledger.takeSlot(request({ perHour: 1 }))).toEqual(TAKEN);
    const renewed = request({ perHour: 1, now: '2026-03-01T12:10:00.000Z', until: '2026-03-01T12:30:00.000Z' });
    expect(await ledger.takeSlot(renewed)).toEqual(TAKEN);
    const other = await ledger.takeSlot(ofInstance(2, { now: '2026-03-01T12:25:00.000Z' }));
    expect(other).toEqual(full('1 of 1 instances of web that may be out at once are out'));
  });

  test('an instance that is being replaced for one incident is not for another', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request({ perGroup: 5 }));
    const other = await ledger.takeSlot(request({ perGroup: 5, incidentKey: 'another' }));
    expect(other).toEqual(full('i-1 is already being replaced for another incident'));
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
      guard: 'blast-radius',
      why: '1 of 1 replacements an hour have begun',
      retryAfter: 3600,
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
    await ledger.releaseSlot(over(1, 'i-9'));
    await ledger.releaseSlot(over(1, 'i-9'));
    expect(await ledger.pairedSuccessors('web')).toEqual(['i-9']);
    expect(await ledger.pairedSuccessors('api')).toEqual([]);
    expect(await ledger.takeSlot(ofInstance(2))).toEqual(TAKEN);
  });

  test('releasing what was never taken is nothing', async () => {
    const { ledger } = await make();
    await ledger.releaseSlot(over(1));
    expect(await ledger.pairedSuccessors('web')).toEqual([]);
  });

  test('what is out by itself takes of the budget, and what holds a slot is not counted twice', async () => {
    const { ledger } = await make();
    const peers = (missing: number, ...serving: string[]) => ({ total: 10, missing, serving });
    // i-1 is out by us, and is what the group lacks.
    await ledger.takeSlot(ofInstance(1, { perGroup: 3, peers: peers(0, 'i-2', 'i-3') }));
    expect(await ledger.takeSlot(ofInstance(2, { perGroup: 2, peers: peers(1, 'i-3') }))).toEqual(TAKEN);
    // i-2 is about to leave, i-1 has left, and one more is out by itself: three.
    const third = { perGroup: 3, peers: peers(2, 'i-2', 'i-4') };
    expect(await ledger.takeSlot(ofInstance(3, third))).toEqual(
      full('3 of 3 instances of web that may be out at once are out'),
    );
    expect(await ledger.takeSlot(ofInstance(3, { ...third, perGroup: 4 }))).toEqual(TAKEN);
  });

  test('a slot under way is renewed whatever the budget says, and taken anew when it has ended', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request());
    const later = { now: '2026-03-01T12:30:00.000Z', until: '2026-03-01T12:50:00.000Z', perGroup: 0 } as const;
    expect((await ledger.takeSlot(request(later))).kind).toBe('full');
    expect(await ledger.takeSlot(request({ ...later, underWay: true }))).toEqual(TAKEN);
    expect((await ledger.takeSlot(ofInstance(2, { ...later, perGroup: 1 }))).kind).toBe('full');
    expect(await ledger.takeSlot(ofInstance(2, { ...later, perGroup: 2, perHour: 3 }))).toEqual(TAKEN);
  });

  test('the last slot of a group is left to the more severe that waits, and to nobody else', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request());
    expect((await ledger.takeSlot(ofInstance(2, { severity: 'high' }))).kind).toBe('full');
    await ledger.releaseSlot(over(1));
    const waits = 'the last slot of web is left to an incident of severity high that waits';
    expect(await ledger.takeSlot(ofInstance(3))).toEqual(full(waits));
    expect(await ledger.takeSlot(ofInstance(3, { perGroup: 2 }))).toEqual(TAKEN);
    expect(await ledger.takeSlot(ofInstance(4, { perGroup: 2, severity: 'critical' }))).toEqual(TAKEN);
  });

  test('who waited and had its turn keeps nobody from the last slot any more', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request());
    await ledger.takeSlot(ofInstance(2, { severity: 'high' }));
    await ledger.releaseSlot(over(1));
    expect(await ledger.takeSlot(ofInstance(2, { severity: 'high' }))).toEqual(TAKEN);
    expect(await ledger.takeSlot(ofInstance(3, { perGroup: 2 }))).toEqual(TAKEN);
  });

  test('nor does who waited and is over, of the group and of the hour', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request({ perHour: 2 }));
    await ledger.takeSlot(ofInstance(2, { severity: 'high', perHour: 2 }));
    await ledger.takeSlot(ofInstance(3, { severity: 'high', perHour: 1, group: 'api' }));
    await ledger.releaseSlot(over(1));
    expect((await ledger.takeSlot(ofInstance(4, { perHour: 3 }))).kind).toBe('full');
    expect((await ledger.takeSlot(ofInstance(5, { perHour: 2, group: 'db' }))).kind).toBe('full');
    expect(await ledger.releaseSlot(over(2))).toBe(false);
    expect(await ledger.releaseSlot(over(3, null, 'api'))).toBe(false);
    expect(await ledger.takeSlot(ofInstance(4, { perHour: 3 }))).toEqual(TAKEN);
  });

  test('as many of the last slots are left as there are worse ones that wait', async () => {
    const { ledger } = await make();
    for (const n of [1, 2]) await ledger.takeSlot(ofInstance(n, { perGroup: 2 }));
    await ledger.takeSlot(ofInstance(3, { perGroup: 2, severity: 'high' }));
    await ledger.takeSlot(ofInstance(4, { perGroup: 2, severity: 'critical' }));
    for (const n of [1, 2]) await ledger.releaseSlot(over(n));
    const waits = 'the last 2 slots of web are left to 2 incidents that wait, the worst of severity critical';
    expect(await ledger.takeSlot(ofInstance(5, { perGroup: 2 }))).toEqual(full(waits));
    expect(await ledger.takeSlot(ofInstance(3, { perGroup: 2, severity: 'high' }))).toEqual(TAKEN);
    const waitsStill = 'the last slot of web is left to an incident of severity critical that waits';
    expect(await ledger.takeSlot(ofInstance(5, { perGroup: 2 }))).toEqual(full(waitsStill));
  });

  test('whoever is refused for a worse one has a claim as well, of the hour too', async () => {
    const { ledger } = await make();
    const groupOf = (n: number, given: Partial<SlotRequest> = {}) => ofInstance(n, { group: `g-${n}`, ...given });
    await ledger.takeSlot(groupOf(1, { perHour: 1 }));
    await ledger.takeSlot(groupOf(2, { perHour: 1, severity: 'critical' }));
    await ledger.takeSlot(groupOf(3, { perHour: 2, severity: 'high' }));
    await ledger.releaseSlot(over(2, null, 'g-2'));
    expect(await ledger.takeSlot(groupOf(4, { perHour: 2 }))).toEqual(
      full('the last replacement of this hour is left to an incident of severity high that waits'),
    );
    expect(await ledger.takeSlot(groupOf(3, { perHour: 2, severity: 'high' }))).toEqual(TAKEN);
  });

  test('a slot is freed by the incident that holds it, and by no other', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request());
    expect(await ledger.releaseSlot({ ...over(1), incidentKey: 'another' })).toBe(false);
    expect((await ledger.takeSlot(ofInstance(2))).kind).toBe('full');
    expect(await ledger.releaseSlot(over(1))).toBe(true);
    expect(await ledger.releaseSlot(over(1))).toBe(false);
    expect(await ledger.takeSlot(ofInstance(2))).toEqual(TAKEN);
  });

  test('nobody is waited for longer than until it must have been looked at again', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request());
    await ledger.takeSlot(ofInstance(2, { severity: 'high' }));
    await ledger.releaseSlot(over(1));
    expect((await ledger.takeSlot(ofInstance(3, { now: '2026-03-01T14:01:59.999Z' }))).kind).toBe('full');
    expect(await ledger.takeSlot(ofInstance(3, { now: '2026-03-01T14:02:00.000Z' }))).toEqual(TAKEN);
  });

  test('the last replacement of an hour is left to the more severe that waits', async () => {
    const { ledger } = await make();
    const groupOf = (n: number, given: Partial<SlotRequest> = {}) => ofInstance(n, { group: `g-${n}`, ...given });
    await ledger.takeSlot(groupOf(1, { perHour: 1 }));
    await ledger.takeSlot(groupOf(2, { perHour: 1, severity: 'high' }));
    expect(await ledger.takeSlot(groupOf(3, { perHour: 2 }))).toEqual(
      full('the last replacement of this hour is left to an incident of severity high that waits'),
    );
    expect(await ledger.takeSlot(groupOf(3, { perHour: 3 }))).toEqual(TAKEN);
    expect(await ledger.takeSlot(groupOf(2, { perHour: 3, severity: 'high' }))).toEqual(TAKEN);
  });

  test('above the hourly limit each is refused, and one begins when the first is an hour old', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request({ perHour: 1 }));
    const asks = (n: number, now: string) =>
      ledger.takeSlot(ofInstance(n, { group: `g-${n}`, perHour: 1, now, until: '2026-03-01T18:00:00.000Z' }));
    expect(await asks(2, '2026-03-01T12:00:10.000Z')).toMatchObject({ guard: 'blast-radius' });
    expect(await asks(3, '2026-03-01T12:59:59.999Z')).toMatchObject({ guard: 'blast-radius' });
    expect(await asks(3, '2026-03-01T13:00:00.000Z')).toEqual(TAKEN);
  });

  test('the last replacement of an hour is left to other groups than the one that took the rest', async () => {
    const { ledger } = await make();
    const inWeb = (n: number) => ofInstance(n, { perGroup: 9, perHour: 3 });
    for (const n of [1, 2]) expect(await ledger.takeSlot(inWeb(n))).toEqual(TAKEN);
    expect(await ledger.takeSlot(inWeb(3))).toMatchObject({
      guard: 'blast-radius',
      why: '2 of the 3 replacements an hour have begun in web: the last is left to other groups',
    });
    expect(await ledger.takeSlot(ofInstance(4, { group: 'api', perHour: 3 }))).toEqual(TAKEN);
    expect(await ledger.takeSlot(ofInstance(5, { group: 'db', perHour: 3 }))).toMatchObject({ guard: 'blast-radius' });
  });

  test.each([
    [0, 0],
    [1, 1],
    [2, 1],
    [3, 2],
  ])('of %i replacements an hour one group may take %i', async (perHour, share) => {
    const { ledger } = await make();
    const asked = [1, 2, 3, 4].map((n) => ofInstance(n, { perGroup: 9, perHour }));
    let taken = 0;
    for (const it of asked) taken += (await ledger.takeSlot(it)).kind === 'taken' ? 1 : 0;
    expect(taken).toBe(share);
  });

  test('more severe ones of a group that has had its share keep the last of the hour from nobody', async () => {
    const { ledger } = await make();
    for (const n of [1, 2]) await ledger.takeSlot(ofInstance(n, { perGroup: 9, perHour: 3 }));
    for (const n of [3, 4, 5]) await ledger.takeSlot(ofInstance(n, { perGroup: 9, perHour: 3, severity: 'critical' }));
    expect(await ledger.takeSlot(ofInstance(6, { group: 'api', perHour: 3, severity: 'low' }))).toEqual(TAKEN);
  });

  test('what its own group refuses keeps no replacement of the hour from others', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request({ group: 'db', perHour: 1 }));
    await ledger.takeSlot(ofInstance(2, { perHour: 1, severity: 'critical' }));
    const api = ofInstance(3, { group: 'api', perHour: 2 });
    expect((await ledger.takeSlot(api)).kind).toBe('full');
    const frozen = ofInstance(2, { perHour: 2, perGroup: 0, severity: 'critical' });
    expect(await ledger.takeSlot(frozen)).toMatchObject({ guard: 'budget' });
    expect(await ledger.takeSlot(api)).toEqual(TAKEN);
  });

  test('the hour is asked by itself, takes nothing, and has a claim for whom it refuses', async () => {
    const { ledger } = await make();
    const asked = ofInstance(2, { group: 'api', perHour: 1, severity: 'high' });
    expect(await ledger.askHour(asked)).toBeNull();
    expect(await ledger.askHour(asked)).toBeNull();
    expect(await ledger.begunLately()).toEqual([]);
    await ledger.takeSlot(request({ perHour: 1 }));
    expect(await ledger.begunLately()).toEqual([{ at: '2026-03-01T12:00:00.000Z', group: 'web' }]);
    expect(await ledger.askHour(asked)).toMatchObject({ guard: 'blast-radius', retryAfter: 3600 });
    const last = 'the last replacement of this hour is left to an incident of severity high that waits';
    expect(await ledger.askHour(ofInstance(3, { group: 'db', perHour: 2 }))).toEqual(full(last));
  });

  test('the records of a group name who holds a slot now', async () => {
    const { ledger } = await make();
    expect(await ledger.groupRecords('web')).toEqual({ holders: [], warming: [], past: [] });
    await ledger.takeSlot(request({ until: '2026-03-01T12:00:00.001Z', perGroup: 2 }));
    await ledger.takeSlot(ofInstance(2, { until: '2026-03-01T11:59:59.999Z', perGroup: 2 }));
    expect((await ledger.groupRecords('web')).holders).toEqual(['i-1']);
    expect((await ledger.groupRecords('api')).holders).toEqual([]);
  });

  test('a replacement that warms up keeps the slot of what it replaced, until its lease ends', async () => {
    const { ledger, clock } = await make();
    await ledger.takeSlot(request());
    await ledger.takeSlot(request({ underWay: true, successor: 'i-9' }));
    const warmsUntil = '2026-03-01T12:10:00.000Z';
    expect(await ledger.releaseSlot({ ...over(1, 'i-9'), warmsUntil })).toBe(false);
    expect(await ledger.groupRecords('web')).toMatchObject({ holders: [], warming: ['i-9'] });
    expect(await ledger.pairedSuccessors('web')).toEqual(['i-9']);
    const out =
      '1 of 1 instances of web that may be out at once are out; replacements that do not carry load yet count: i-9';
    expect(await ledger.takeSlot(ofInstance(2, { now: '2026-03-01T12:09:59.999Z' }))).toEqual(full(out));
    clock.advance(600);
    expect(await ledger.groupRecords('web')).toMatchObject({ holders: [], warming: [] });
    expect(await ledger.takeSlot(ofInstance(2, { now: warmsUntil }))).toEqual(TAKEN);
  });

  test('a replacement that carries load gives the slot back, once', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request());
    await ledger.releaseSlot({ ...over(1, 'i-9'), warmsUntil: '2026-03-01T12:10:00.000Z' });
    expect(await ledger.releaseSlot(over(1, 'i-9'))).toBe(true);
    expect(await ledger.releaseSlot({ ...over(1, 'i-9'), warmsUntil: '2026-03-01T12:10:00.000Z' })).toBe(false);
    expect(await ledger.groupRecords('web')).toMatchObject({ holders: [], warming: [] });
  });

  test('a replacement that is replaced while it warms up is counted once, and its slot ends with it', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request());
    await ledger.releaseSlot({ ...over(1, 'i-9'), warmsUntil: '2026-03-01T12:10:00.000Z' });
    expect(await ledger.takeSlot(ofInstance(9))).toEqual(TAKEN);
    expect(await ledger.groupRecords('web')).toMatchObject({ holders: ['i-9'], warming: [] });
    expect((await ledger.takeSlot(ofInstance(2))).kind).toBe('full');
    expect(await ledger.releaseSlot(over(9))).toBe(true);
    expect(await ledger.takeSlot(ofInstance(2))).toEqual(TAKEN);
  });

  test.each([
    [
      'AWS refuses its own replacement',
      async (ledger: Ledger) => ledger.releaseSlot({ ...over(9), nothingBegun: true }),
    ],
    ['the worker that began its own replacement is dead', async () => undefined],
  ])('a replacement that warms up keeps its slot when %s', async (_what, end) => {
    const { ledger, clock } = await make();
    await ledger.takeSlot(request());
    await ledger.releaseSlot({ ...over(1, 'i-9'), warmsUntil: '2026-03-01T12:40:00.000Z' });
    await ledger.takeSlot(ofInstance(9));
    await end(ledger);
    clock.advance(1800);
    expect(await ledger.groupRecords('web')).toMatchObject({ holders: [], warming: ['i-9'] });
    expect((await ledger.takeSlot(ofInstance(2, { now: '2026-03-01T12:30:00.000Z' }))).kind).toBe('full');
  });

  test('a replacement that warms up counts beside peers that are out by themselves', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request({ perGroup: 2 }));
    await ledger.releaseSlot({ ...over(1, 'i-9'), warmsUntil: '2026-03-01T12:10:00.000Z' });
    const peers = { total: 4, missing: 1, serving: ['i-3', 'i-9'] };
    expect((await ledger.takeSlot(ofInstance(2, { perGroup: 2, peers }))).kind).toBe('full');
    const gone = { total: 4, missing: 1, serving: ['i-3', 'i-4'] };
    expect(await ledger.takeSlot(ofInstance(2, { perGroup: 2, peers: gone }))).toEqual(TAKEN);
  });

  test('whose drift came back twice, as is recorded by now, gets no slot, and is decided again in a minute', async () => {
    const { ledger } = await make();
    // Another actor each time: what makes it a fight is that each instance succeeded the one before.
    const by = (n: number) => ({ ...CAUSE, actor: `arn:aws:iam::123456789012:user/${n}` });
    for (const n of [1, 2]) {
      expect(await ledger.takeSlot(ofInstance(n, { cause: by(n) }))).toEqual(TAKEN);
      await ledger.releaseSlot(over(n, `i-${n + 1}`));
    }
    const again = await ledger.takeSlot(ofInstance(3, { cause: by(3) }));
    expect(again).toMatchObject({ kind: 'full', guard: 'budget', retryAfter: 60 });
    const drift = 'instance//instance-profile-changed';
    expect(await ledger.takeSlot(ofInstance(3, { cause: { ...by(3), drift } }))).toEqual(TAKEN);
  });

  test('a fourth successor gets no slot, whatever the machines before it were replaced for', async () => {
    const { ledger } = await make();
    const by = (n: number) => ({ ...CAUSE, actor: `arn:aws:iam::123456789012:user/${n}`, drift: `drift-${n}` });
    for (const n of [1, 2, 3, 4]) {
      expect(await ledger.takeSlot(ofInstance(n, { cause: by(n), perHour: 1000 }))).toEqual(TAKEN);
      await ledger.releaseSlot(over(n, `i-${n + 1}`));
    }
    const again = await ledger.takeSlot(ofInstance(5, { cause: by(5), perHour: 1000 }));
    expect(again).toMatchObject({ kind: 'full', guard: 'budget', retryAfter: 60 });
    expect(await ledger.takeSlot(ofInstance(6, { cause: by(6), perHour: 1000 }))).toEqual(TAKEN);
  });

  test('a group of which 400 instances were replaced within a day gets no further slot until the first is a day old', async () => {
    const { ledger } = await make();
    const by = (n: number) => ({ ...CAUSE, drift: `drift-${n}`, actor: `arn:aws:iam::123456789012:user/${n}` });
    const asked = (n: number, now: string) => ofInstance(n, { cause: by(n), perGroup: 1000, perHour: 1000, now });
    // Each slot ends by itself after the lease.
    const at = (n: number) => new Date(Date.parse('2026-03-01T12:00:00.000Z') + n * 60_000).toISOString();
    for (let n = 0; n < 400; n += 1)
      expect(await ledger.takeSlot({ ...asked(n, at(n)), until: at(n + 1) })).toEqual(TAKEN);
    const why = '400 instances of the group were replaced within a day, and its record has room for no more';
    expect(await ledger.takeSlot(asked(400, at(400)))).toMatchObject({ kind: 'full', guard: 'budget', why });
    expect((await ledger.groupRecords('web')).past).toHaveLength(400);
    expect(await ledger.takeSlot(asked(400, '2026-03-02T12:00:00.000Z'))).toEqual(TAKEN);
  });

  test('what was replaced is remembered with its cause, and its successor once it is there', async () => {
    const { ledger, clock } = await make();
    const begun = { ...CAUSE, instanceId: 'i-1', begunAt: '2026-03-01T12:00:00.000Z', successor: null, doneAt: null };
    await ledger.takeSlot(request({ cause: CAUSE }));
    await ledger.takeSlot(request({ cause: CAUSE, now: '2026-03-01T12:01:00.000Z' }));
    expect((await ledger.groupRecords('web')).past).toEqual([begun]);
    clock.advance(300);
    await ledger.releaseSlot(over(1, 'i-9'));
    const done = { ...begun, successor: 'i-9', doneAt: '2026-03-01T12:05:00.000Z' };
    expect((await ledger.groupRecords('web')).past).toEqual([done]);
    await ledger.takeSlot(ofInstance(2, { cause: CAUSE, now: '2026-03-01T12:10:00.000Z' }));
    expect((await ledger.groupRecords('web')).past.map(({ instanceId }) => instanceId)).toEqual(['i-2', 'i-1']);
  });

  test('what was begun and came to nothing is forgotten, and what is a day old', async () => {
    const { ledger } = await make();
    await ledger.takeSlot(request({ cause: CAUSE }));
    await ledger.releaseSlot(over(1));
    expect((await ledger.groupRecords('web')).past).toEqual([]);
    await ledger.takeSlot(request({ cause: CAUSE }));
    await ledger.releaseSlot(over(1, 'i-9'));
    await ledger.takeSlot(ofInstance(2, { cause: CAUSE, now: '2026-03-02T12:00:00.000Z', perGroup: 2 }));
    expect((await ledger.groupRecords('web')).past.map(({ instanceId }) => instanceId)).toEqual(['i-2']);
  });
}
