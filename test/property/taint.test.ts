import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Entry, leftAlone, type Session } from '../../src/domain/taint.ts';

const RUNS = { numRuns: 5000 };
const NOON = Date.parse('2026-03-01T12:00:00.000Z');
const moment = fc.integer({ min: 0, max: 48 * 60 }).map((minutes) => new Date(NOON + minutes * 60_000).toISOString());
const session: fc.Arbitrary<Session> = fc.record({
  id: fc.constantFrom('s-1', 's-2', 's-3'),
  endedAt: fc.option(moment),
});
const entry: fc.Arbitrary<Entry> = fc
  .record({
    kind: fc.constantFrom('entered' as const, 'altered' as const, 'found' as const),
    at: moment,
    since: moment,
    sessionId: fc.option(fc.constant('s-1')),
    prolonged: fc.option(moment),
    sessions: fc.oneof(
      fc.constant(null),
      fc.constant({ kind: 'unread' as const, why: 'throttled' }),
      fc.array(session, { maxLength: 3 }).map((sessions) => ({ kind: 'read' as const, sessions })),
    ),
  })
  .map((made) => (made.since <= made.at ? made : { ...made, since: made.at }));
const grace = fc.integer({ min: 0, max: 1440 });
const maxHours = fc.integer({ min: 1, max: 168 });
const isLeft = (given: Entry, graceMinutes: number, hours: number, now: string) =>
  leftAlone(given, { graceMinutes, maxHours: hours }, new Date(now)) !== null;

describe('an instance that is left alone', () => {
  it('is never replaced sooner with a larger grace or a larger maximum', () => {
    fc.assert(
      fc.property(entry, grace, grace, maxHours, maxHours, moment, (given, one, other, hours, more, now) => {
        const [less, larger] = [Math.min(one, other), Math.max(one, other)];
        if (!isLeft(given, less, Math.min(hours, more), now)) return;
        expect(isLeft(given, larger, Math.max(hours, more), now)).toBe(true);
      }),
      RUNS,
    );
  });

  it('is never replaced sooner for a prolongation', () => {
    fc.assert(
      fc.property(entry, grace, maxHours, moment, moment, (given, minutes, hours, until, now) => {
        if (!isLeft({ ...given, prolonged: null }, minutes, hours, now)) return;
        expect(isLeft({ ...given, prolonged: until }, minutes, hours, now)).toBe(true);
      }),
      RUNS,
    );
  });

  it('is never left alone beyond the maximum, and is looked at again before', () => {
    fc.assert(
      fc.property(entry, grace, maxHours, moment, (given, graceMinutes, hours, now) => {
        const left = leftAlone(given, { graceMinutes, maxHours: hours }, new Date(now));
        const latest = Date.parse(given.since) + hours * 3_600_000;
        if (Date.parse(now) >= latest) expect(left).toBeNull();
        if (left === null) return;
        expect(left.next).toBeGreaterThan(Date.parse(now));
        expect(left.next).toBeLessThanOrEqual(latest);
      }),
      RUNS,
    );
  });
});
