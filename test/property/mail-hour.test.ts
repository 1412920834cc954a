/** Any stream of emails: never more than the hour allows, nothing urgent waits, nothing is lost, and no kind uses another's. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAIL_KINDS, type MailKind, splitOf, windowOf } from '../../src/domain/mail-hour.ts';
import { perfectEmail } from '../contract/email.ts';
import { FakeMailBudget } from '../fakes/mail-budget.ts';

const START = Date.parse('2026-03-01T12:00:00.000Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Came = { readonly seconds: number; readonly kind: MailKind; readonly about: number; readonly by: number };

/** Emails of three hours, by a few principals about a few groups; often in a burst. */
const stream = fc.array(
  fc.record({
    seconds: fc.oneof(fc.nat(3 * 3600), fc.constantFrom(0, 1, 59, 60, 61, 240, 300, 301)),
    kind: fc.constantFrom(...MAIL_KINDS),
    about: fc.nat(40),
    by: fc.nat(3),
  }),
  { maxLength: 150 },
);

type Sent = { readonly at: number; readonly kind: MailKind; readonly ids: readonly string[] };

/** What is sent while these come and the scheduler runs once a minute, from some second of the minute on. */
async function play(came: readonly Came[], perHour: number, offset: number) {
  const mail = new FakeMailBudget();
  const sent: Sent[] = [];
  const kindOf = new Map<string, MailKind>();
  const from = new Map<string, number>();
  const events = came.map((it, n) => ({ ...it, n, at: START + it.seconds * 1000 })).toSorted((a, b) => a.at - b.at);
  const run = async (at: number) => {
    for (const kind of MAIL_KINDS) {
      const now = new Date(at).toISOString();
      const list = await mail.takeList(kind, now, perHour);
      if (list.length > 0) sent.push({ at, kind, ids: list.map(({ id }) => id) });
      await mail.listed(list, now);
    }
  };
  let next = START + offset * 1000;
  const until = START + 5 * HOUR;
  for (const it of [...events, null]) {
    for (; next < (it?.at ?? until); next += MINUTE) await run(next);
    if (it === null) break;
    const id = `${it.kind} ${it.n}`;
    kindOf.set(id, it.kind);
    from.set(id, it.at);
    const given = { id, kind: it.kind, group: `sg-${it.about}`, principal: `user-${it.by}` };
    const atOnce = await mail.admit(perfectEmail(given), new Date(it.at).toISOString(), perHour);
    if (atOnce) sent.push({ at: it.at, kind: it.kind, ids: [id] });
  }
  return { sent, kindOf, from, mail };
}

function mostInAnHour(sent: readonly Sent[]): number {
  return Math.max(0, ...sent.map(({ at }) => sent.filter((it) => it.at > at - HOUR && it.at <= at).length));
}

describe('any stream of emails', () => {
  const perHour = fc.integer({ min: 3, max: 60 });
  const offset = fc.nat(59);

  it('is at most so many an hour, in total and of each kind', async () => {
    await fc.assert(
      fc.asyncProperty(stream, perHour, offset, async (came, most, second) => {
        const { sent } = await play(came, most, second);
        expect(mostInAnHour(sent)).toBeLessThanOrEqual(most);
        for (const kind of MAIL_KINDS)
          expect(mostInAnHour(sent.filter((it) => it.kind === kind))).toBeLessThanOrEqual(splitOf(most)[kind]);
      }),
      { numRuns: 60 },
    );
  });

  it('names each once, and with 20 emails an hour what asks for action within five minutes', async () => {
    await fc.assert(
      fc.asyncProperty(stream, fc.integer({ min: 20, max: 60 }), offset, async (came, most, second) => {
        const { sent, kindOf, from, mail } = await play(came, most, second);
        expect(sent.flatMap(({ ids }) => ids).toSorted()).toEqual([...kindOf.keys()].toSorted());
        expect(mail.waiting).toEqual([]);
        const waits = sent.flatMap(({ at, kind, ids }) =>
          kind === 'action' ? ids.map((id) => at - (from.get(id) ?? 0)) : [],
        );
        expect(Math.max(0, ...waits)).toBeLessThanOrEqual(5 * MINUTE);
      }),
      { numRuns: 60 },
    );
  });

  it('sends of a kind what it sends without the other kinds', async () => {
    await fc.assert(
      fc.asyncProperty(stream, perHour, offset, async (came, most, second) => {
        const numbered = came.map((it, n) => ({ ...it, n }));
        const { sent } = await play(numbered, most, second);
        for (const kind of MAIL_KINDS) {
          const alone = await play(
            numbered.filter((it) => it.kind === kind),
            most,
            second,
          );
          const times = (some: readonly Sent[]) => some.map(({ at, ids }) => [at, ids.length]);
          expect(times(sent.filter((it) => it.kind === kind))).toEqual(times(alone.sent));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('waits longer where the hour has fewer emails, and never less than five minutes', () => {
    expect([20, 30, 60].map((most) => windowOf('action', most))).toEqual([300, 300, 300]);
    expect(windowOf('action', 10)).toBeCloseTo(557, 0);
    expect(windowOf('action', 3)).toBe(3900);
  });
});
