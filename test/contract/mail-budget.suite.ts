import { expect, test } from 'vitest';
import type { MailBudget } from '../../src/roles.ts';

const NONE = { subjects: [], count: 0 };

/** What the flow relies on of the mail budget. `make` gives one that has sent nothing. */
export function mailBudgetSuite(make: () => Promise<MailBudget>): void {
  test('so many mails an hour, and the hour rolls', async () => {
    const mail = await make();
    expect(await mail.admit('a', '2026-03-01T12:00:00.000Z', 2)).toBe(true);
    expect(await mail.admit('b', '2026-03-01T12:30:00.000Z', 2)).toBe(true);
    expect(await mail.admit('c', '2026-03-01T12:59:59.999Z', 2)).toBe(false);
    expect(await mail.admit('d', '2026-03-01T13:00:00.000Z', 2)).toBe(true);
    expect(await mail.admit('e', '2026-03-01T13:00:01.000Z', 2)).toBe(false);
  });

  test('of ten at once, three are admitted by a budget of three', async () => {
    const mail = await make();
    const asked = Array.from({ length: 10 }, (_, n) => mail.admit(`${n}`, '2026-03-01T12:00:00.000Z', 3));
    expect((await Promise.all(asked)).filter((admitted) => admitted)).toHaveLength(3);
    expect((await mail.takeDigest('2026-03-01T13:00:00.000Z')).count).toBe(7);
  });

  test('what waits comes as one digest an hour after the first began to wait, once', async () => {
    const mail = await make();
    expect(await mail.takeDigest('2026-03-01T12:00:00.000Z')).toEqual(NONE);
    await mail.admit('a', '2026-03-01T12:00:00.000Z', 0);
    await mail.admit('b', '2026-03-01T12:50:00.000Z', 0);
    expect(await mail.takeDigest('2026-03-01T12:59:59.999Z')).toEqual(NONE);
    const both = ['2026-03-01T13:00:00.000Z', '2026-03-01T13:00:00.000Z'].map((now) => mail.takeDigest(now));
    const taken = (await Promise.all(both)).filter(({ count }) => count > 0);
    expect(taken).toEqual([{ subjects: ['a', 'b'], count: 2 }]);
    expect(await mail.takeDigest('2026-03-01T18:00:00.000Z')).toEqual(NONE);
  });

  test('a digest that could not be sent is due again at once, with what came since', async () => {
    const mail = await make();
    await mail.admit('a', '2026-03-01T12:00:00.000Z', 0);
    const taken = await mail.takeDigest('2026-03-01T13:00:00.000Z');
    await mail.admit('b', '2026-03-01T13:00:01.000Z', 0);
    await mail.putBack(taken, '2026-03-01T13:00:02.000Z');
    expect(await mail.takeDigest('2026-03-01T13:00:03.000Z')).toEqual({ subjects: ['a', 'b'], count: 2 });
    expect(await mail.takeDigest('2026-03-01T18:00:00.000Z')).toEqual(NONE);
  });

  test('of a flood the last fifty subjects are kept, and all are counted', async () => {
    const mail = await make();
    for (let n = 0; n < 60; n += 1) await mail.admit(`subject ${n}`, '2026-03-01T12:00:00.000Z', 0);
    const { subjects, count } = await mail.takeDigest('2026-03-01T13:00:00.000Z');
    expect([subjects.length, subjects[0], subjects[49], count]).toEqual([50, 'subject 10', 'subject 59', 60]);
  });

  test.each([[Number.NaN], [-1], [1.5]])('a budget of %s sends no mail', async (perHour) => {
    const mail = await make();
    expect(await mail.admit('a', '2026-03-01T12:00:00.000Z', perHour)).toBe(false);
  });
}
