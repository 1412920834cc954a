import { expect, test } from 'vitest';
import { MAIL_KINDS } from '../../src/domain/mail-hour.ts';
import type { MailBudget } from '../../src/roles.ts';
import { perfectEmail } from './email.ts';

type MailWorld = { readonly mail: MailBudget };

const NOON = '2026-03-01T12:00:00.000Z';
const SOON = '2026-03-01T12:00:10.000Z';
/** The first run of the scheduler at which what waits since `SOON` would be too old at the next one. */
const RIPE = '2026-03-01T12:05:00.000Z';
const LATER = '2026-03-01T12:10:00.000Z';
const email = (id: string, given: Parameters<typeof perfectEmail>[0] = {}) => perfectEmail({ id, ...given });
const ids = (emails: readonly { readonly id: string }[]) => emails.map(({ id }) => id).sort();

/** What the flow relies on of the mail budget. `make` gives one that has sent nothing. */
export function mailBudgetSuite(make: () => Promise<MailWorld>): void {
  test('the first email of a kind goes out at once, and the next ones are one list within five minutes', async () => {
    const { mail } = await make();
    expect(await mail.admit(email('a'), NOON, 20)).toBe(true);
    expect(await mail.admit(email('b'), SOON, 20)).toBe(false);
    expect(await mail.admit(email('c'), '2026-03-01T12:01:00.000Z', 20)).toBe(false);
    expect(await mail.takeList('action', '2026-03-01T12:03:45.000Z', 20)).toEqual([]);
    expect(ids(await mail.takeList('action', RIPE, 20))).toEqual(['b', 'c']);
  });

  test('after an hour without an email of the kind the next one goes out at once again', async () => {
    const { mail } = await make();
    await mail.admit(email('a'), NOON, 20);
    expect(await mail.admit(email('b'), '2026-03-01T12:59:59.999Z', 20)).toBe(false);
    expect(await mail.admit(email('c'), '2026-03-01T13:00:00.000Z', 20)).toBe(true);
  });

  test('each kind has its own part of the hour', async () => {
    const { mail } = await make();
    for (const kind of MAIL_KINDS) expect(await mail.admit(email(`${kind} 1`, { kind }), NOON, 20)).toBe(true);
    for (const kind of MAIL_KINDS) expect(await mail.admit(email(`${kind} 2`, { kind }), SOON, 20)).toBe(false);
    expect(ids(await mail.takeList('action', RIPE, 20))).toEqual(['action 2']);
  });

  test('of ten at once one goes out, and nine wait', async () => {
    const { mail } = await make();
    const asked = Array.from({ length: 10 }, (_, n) => mail.admit(email(`${n}`), NOON, 20));
    expect((await Promise.all(asked)).filter((atOnce) => atOnce)).toHaveLength(1);
    expect(await mail.takeList('action', RIPE, 20)).toHaveLength(9);
  });

  test('a list waits on until it was sent, and only what was sent is removed', async () => {
    const { mail } = await make();
    await mail.admit(email('a'), NOON, 20);
    for (const id of ['b', 'c']) await mail.admit(email(id), SOON, 20);
    const list = await mail.takeList('action', RIPE, 20);
    // Another run of the scheduler at the same time sends no second one.
    expect(await mail.takeList('action', RIPE, 20)).toEqual([]);
    await mail.admit(email('c', { revision: 2 }), '2026-03-01T12:05:01.000Z', 20);
    await mail.admit(email('d'), '2026-03-01T12:05:01.000Z', 20);
    await mail.listed(list, RIPE);
    expect(ids(await mail.takeList('action', LATER, 20))).toEqual(['c', 'd']);
  });

  test('a list that was not published takes nothing of the hour, and is sent by the next run', async () => {
    const { mail } = await make();
    await mail.admit(email('a'), NOON, 20);
    await mail.admit(email('b'), SOON, 20);
    await mail.takeList('action', RIPE, 20);
    await mail.takeBack('action', RIPE);
    expect(ids(await mail.takeList('action', '2026-03-01T12:06:00.000Z', 20))).toEqual(['b']);
  });

  test('an email that was not published takes nothing of the hour', async () => {
    const { mail } = await make();
    expect(await mail.admit(email('a'), NOON, 20)).toBe(true);
    await mail.takeBack('action', NOON);
    await mail.takeBack('action', NOON);
    expect(await mail.admit(email('a'), SOON, 20)).toBe(true);
  });

  test('an email that was counted for a worker that died before it was published goes out at once, and counts once', async () => {
    const { mail } = await make();
    expect(await mail.admit(email('a'), NOON, 20)).toBe(true);
    expect(await mail.admit(email('a'), SOON, 20)).toBe(true);
    expect(await mail.admit(email('a', { revision: 2 }), SOON, 20)).toBe(false);
    expect(ids(await mail.takeList('action', RIPE, 20))).toEqual(['a']);
  });

  test('what comes later about an incident takes the place of what waits, and never the other way round', async () => {
    const { mail } = await make();
    await mail.admit(email('a'), NOON, 20);
    await mail.admit(email('b', { revision: 3, verdict: 'Needs you' }), SOON, 20);
    await mail.admit(email('b', { revision: 2, verdict: 'Failed' }), '2026-03-01T12:01:00.000Z', 20);
    const [waiting, ...others] = await mail.takeList('action', RIPE, 20);
    expect(others).toEqual([]);
    expect(waiting).toMatchObject({ revision: 3, verdict: 'Needs you', since: SOON });
  });

  test('a less severe occurrence does not take the place of a more severe one that is open', async () => {
    const { mail } = await make();
    await mail.admit(email('a'), NOON, 20);
    await mail.admit(email('b', { severity: 'critical', subject: 'worse' }), SOON, 20);
    await mail.admit(email('b', { severity: 'low', revision: 2 }), '2026-03-01T12:01:00.000Z', 20);
    const list = await mail.takeList('action', RIPE, 20);
    expect(list).toMatchObject([{ severity: 'critical', subject: 'worse', revision: 2 }]);
  });

  test('what was open and is closed before its list goes out stays in the list, as closed', async () => {
    const { mail } = await make();
    await mail.admit(email('a'), NOON, 20);
    await mail.admit(email('b'), SOON, 20);
    const closed = email('b', { kind: 'finding', over: true, verdict: 'Closed', revision: 2 });
    expect(await mail.admit(closed, '2026-03-01T12:01:00.000Z', 20)).toBe(false);
    expect(await mail.takeList('action', RIPE, 20)).toMatchObject([{ kind: 'action', verdict: 'Closed', since: SOON }]);
  });

  test('what was in a list is not in another one, unless it has changed', async () => {
    const { mail } = await make();
    await mail.admit(email('a'), NOON, 20);
    await mail.admit(email('b'), SOON, 20);
    await mail.listed(await mail.takeList('action', RIPE, 20), RIPE);
    await mail.admit(email('b'), '2026-03-01T12:05:01.000Z', 20);
    expect(await mail.takeList('action', LATER, 20)).toEqual([]);
    await mail.admit(email('b', { revision: 2 }), '2026-03-01T12:10:01.000Z', 20);
    expect(ids(await mail.takeList('action', '2026-03-01T12:15:00.000Z', 20))).toEqual(['b']);
  });

  test('one principal causes a quarter of the emails that can be thinned; the rest rides along with the next', async () => {
    const { mail } = await make();
    const own = (n: number, given = {}) =>
      email(`own ${n}`, { kind: 'finding', rule: `rule ${n}`, group: `sg-${n}`, ...given });
    await mail.admit(own(1), NOON, 20);
    await mail.admit(own(2), SOON, 20);
    await mail.listed(await mail.takeList('finding', RIPE, 20), RIPE);
    await mail.admit(own(3), '2026-03-01T12:06:00.000Z', 20);
    expect(await mail.takeList('finding', '2026-03-01T12:30:00.000Z', 20)).toEqual([]);
    await mail.admit(own(4, { principal: 'somebody else' }), '2026-03-01T12:30:00.000Z', 20);
    expect(ids(await mail.takeList('finding', '2026-03-01T12:35:00.000Z', 20))).toEqual(['own 3', 'own 4']);
  });

  test('names of any length are kept, cut', async () => {
    const { mail } = await make();
    await mail.admit(email('a'), NOON, 20);
    const long = 'x'.repeat(100_000);
    await mail.admit(email('b', { principal: long, group: long, resource: long }), SOON, 20);
    const [waiting] = await mail.takeList('action', RIPE, 20);
    expect(JSON.stringify(waiting).length).toBeLessThan(3_000);
  });

  test.each([[Number.NaN], [-1], [1.5], [0]])('a budget of %s sends no email', async (perHour) => {
    const { mail } = await make();
    expect(await mail.admit(email('a'), NOON, perHour)).toBe(false);
    expect(await mail.takeList('action', '2026-03-02T12:00:00.000Z', perHour)).toEqual([]);
  });
}
