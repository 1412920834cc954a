import { expect, test } from 'vitest';
import type { Severity } from '../../src/domain/decision.ts';
import type { Digest, MailBudget } from '../../src/roles.ts';

const of = (severity: Severity, subject: string) => ({ subject, severity });
const critical = (subject: string) => of('critical', subject);

const NONE: Digest = { subjects: [], count: 0, since: null };

/** What the flow relies on of the mail budget. `make` gives one that has sent nothing. */
export function mailBudgetSuite(make: () => Promise<MailBudget>): void {
  test('so many mails an hour, and the hour rolls', async () => {
    const mail = await make();
    expect(await mail.admit(critical('a'), '2026-03-01T12:00:00.000Z', 2)).toBe(true);
    expect(await mail.admit(critical('b'), '2026-03-01T12:30:00.000Z', 2)).toBe(true);
    expect(await mail.admit(critical('c'), '2026-03-01T12:59:59.999Z', 2)).toBe(false);
    expect(await mail.admit(critical('d'), '2026-03-01T13:00:00.000Z', 2)).toBe(true);
    expect(await mail.admit(critical('e'), '2026-03-01T13:00:01.000Z', 2)).toBe(false);
  });

  test('of ten at once, three are admitted by a budget of three', async () => {
    const mail = await make();
    const asked = Array.from({ length: 10 }, (_, n) => mail.admit(critical(`${n}`), '2026-03-01T12:00:00.000Z', 3));
    expect((await Promise.all(asked)).filter((admitted) => admitted)).toHaveLength(3);
    expect((await mail.dueDigest('2026-03-01T13:00:00.000Z')).count).toBe(7);
  });

  test('what waits comes as one digest an hour after the first began to wait, once', async () => {
    const mail = await make();
    expect(await mail.dueDigest('2026-03-01T12:00:00.000Z')).toEqual(NONE);
    await mail.admit(critical('a'), '2026-03-01T12:00:00.000Z', 0);
    await mail.admit(critical('b'), '2026-03-01T12:50:00.000Z', 0);
    expect(await mail.dueDigest('2026-03-01T12:59:59.999Z')).toEqual(NONE);
    const due = await mail.dueDigest('2026-03-01T13:00:00.000Z');
    expect(due).toEqual({ subjects: ['a', 'b'], count: 2, since: '2026-03-01T12:00:00.000Z' });
    expect(await mail.dueDigest('2026-03-01T13:00:00.000Z')).toEqual(due);
    await mail.digestSent(due, '2026-03-01T13:00:00.000Z');
    expect(await mail.dueDigest('2026-03-01T18:00:00.000Z')).toEqual(NONE);
  });

  test('what comes while a digest is sent waits for the next one', async () => {
    const mail = await make();
    await mail.admit(critical('a'), '2026-03-01T12:00:00.000Z', 0);
    const due = await mail.dueDigest('2026-03-01T13:00:00.000Z');
    await mail.admit(critical('b'), '2026-03-01T13:00:00.500Z', 0);
    await mail.digestSent(due, '2026-03-01T13:00:01.000Z');
    const next: Digest = { subjects: ['b'], count: 1, since: '2026-03-01T13:00:01.000Z' };
    expect(await mail.dueDigest('2026-03-01T14:00:01.000Z')).toEqual(next);
    // Another scheduler sent the same digest.
    await mail.digestSent(due, '2026-03-01T13:00:02.000Z');
    expect(await mail.dueDigest('2026-03-01T14:00:01.000Z')).toEqual(next);
  });

  test('a notice that was not published uses up no email, and waits for no digest', async () => {
    const mail = await make();
    const now = '2026-03-01T12:00:00.000Z';
    expect(await mail.admit(critical('a'), now, 1)).toBe(true);
    await mail.takeBack('a', now, true);
    expect(await mail.admit(critical('a'), now, 1)).toBe(true);
    expect(await mail.admit(critical('b'), now, 1)).toBe(false);
    await mail.takeBack('b', now, false);
    expect(await mail.dueDigest('2026-03-01T13:00:00.000Z')).toEqual(NONE);
    expect(await mail.admit(critical('c'), '2026-03-01T12:30:00.000Z', 1)).toBe(false);
  });

  test('a flood of low severity uses up a quarter of the hour, and what is worse still gets an email', async () => {
    const mail = await make();
    const now = '2026-03-01T12:00:00.000Z';
    const admitted = async (severity: Severity, many: number) => {
      let count = 0;
      for (let n = 0; n < many; n += 1) if (await mail.admit(of(severity, `${severity} ${n}`), now, 20)) count += 1;
      return count;
    };
    expect(await admitted('low', 100)).toBe(5);
    expect(await admitted('medium', 100)).toBe(5);
    expect(await admitted('high', 100)).toBe(5);
    expect(await admitted('critical', 6)).toBe(5);
    const { subjects, count } = await mail.dueDigest('2026-03-01T13:00:00.000Z');
    expect([subjects[0], subjects[1], subjects.length, count]).toEqual(['critical 5', 'high 51', 50, 286]);
  });

  test.each(['low', 'medium', 'high', 'critical'] as const)('an email an hour may be %s', async (severity) => {
    const mail = await make();
    expect(await mail.admit(of(severity, 'a'), '2026-03-01T12:00:00.000Z', 1)).toBe(true);
  });

  test('of a flood the last fifty subjects are kept, and all are counted', async () => {
    const mail = await make();
    for (let n = 0; n < 60; n += 1) await mail.admit(critical(`subject ${n}`), '2026-03-01T12:00:00.000Z', 0);
    const { subjects, count } = await mail.dueDigest('2026-03-01T13:00:00.000Z');
    expect([subjects.length, subjects[0], subjects[49], count]).toEqual([50, 'subject 10', 'subject 59', 60]);
  });

  test.each([[Number.NaN], [-1], [1.5]])('a budget of %s sends no mail', async (perHour) => {
    const mail = await make();
    expect(await mail.admit(critical('a'), '2026-03-01T12:00:00.000Z', perHour)).toBe(false);
  });
}
