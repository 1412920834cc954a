import { describe, expect, it } from 'vitest';
import { type Entry, isProlongedSince, leftAlone, type Session, taintOf } from '../../../src/domain/taint.ts';
import { replaced } from '../notice/incident.ts';

const STAY = { graceMinutes: 30, maxHours: 12 };
/** Entered at noon by a session. */
const NOON: Entry = {
  kind: 'entered',
  at: '2026-03-01T12:00:00.000Z',
  since: '2026-03-01T12:00:00.000Z',
  sessionId: 's-1',
  prolonged: null,
  sessions: null,
};
const read = (...sessions: readonly Session[]): Partial<Entry> => ({ sessions: { kind: 'read', sessions } });
const open: Session = { id: 's-1', endedAt: null };
const ended = (at: string, id = 's-1'): Session => ({ id, endedAt: `2026-03-01T${at}:00.000Z` });

type Row = readonly [what: string, now: string, given: Partial<Entry>, next: string | null];

describe('when an instance that was entered is looked at next', () => {
  it.each<Row>([
    ['within the grace from the entry nobody asks', '12:10', {}, '12:30'],
    ['nor where the sessions are known by chance', '12:10', read(open), '12:30'],
    ['at the end of the grace the sessions are to be read', '12:30', {}, null],
    ['an open session, every five minutes', '13:00', read(open), '13:05'],
    ['an ended session, thirty minutes after its end', '13:00', read(ended('12:50')), '13:20'],
    ['to the minute', '13:19', read(ended('12:50')), '13:20'],
    ['and no longer', '13:20', read(ended('12:50')), null],
    ['the last of several sessions counts', '13:00', read(ended('12:05'), ended('12:55', 's-2')), '13:25'],
    ['whatever their order', '13:00', read(ended('12:55', 's-2'), ended('12:05')), '13:25'],
    ['another open session counts as well', '13:00', read(ended('12:05'), { id: 's-2', endedAt: null }), '13:05'],
    ['a session that is not shown may be open', '13:00', read(ended('12:05', 's-2')), '13:05'],
    ['of a key nobody knows a session', '12:30', { sessionId: null, ...read() }, null],
    ['a key on a machine with an open session', '12:30', { sessionId: null, ...read(open) }, '12:35'],
    ['sessions that cannot be read', '13:00', { sessions: { kind: 'unread', why: 'denied' } }, '13:05'],
    ['prolonged', '13:00', { prolonged: '2026-03-01T15:00:00.000Z', ...read(ended('12:05')) }, '15:00'],
    ['prolonged for less than the grace', '12:10', { prolonged: '2026-03-01T12:20:00.000Z' }, '12:30'],
    ['prolonged, and that is over', '15:00', { prolonged: '2026-03-01T15:00:00.000Z', ...read(ended('12:05')) }, null],
  ])('%s: at %s', (_what, now, given, next) => {
    const left = leftAlone({ ...NOON, ...given }, STAY, new Date(`2026-03-01T${now}:00.000Z`));
    expect(left === null ? null : new Date(left.next).toISOString().slice(11, 16)).toBe(next);
  });

  const MIDNIGHT = '2026-03-02T00:00:00.000Z';
  it.each<readonly [string, Partial<Entry>]>([
    ['an open session', read(open)],
    ['sessions that cannot be read', { sessions: { kind: 'unread', why: 'denied' } }],
    ['a session that is not shown', read()],
    ['a prolongation beyond it', { prolonged: '2026-03-02T09:00:00.000Z' }],
    ['an entry a moment ago', { at: '2026-03-01T23:58:00.000Z' }],
    ['a session that ended a moment ago', read(ended('23:57'))],
  ])('%s does not outlive the maximum from the first entry', (_what, given) => {
    const before = leftAlone({ ...NOON, ...given }, STAY, new Date('2026-03-01T23:59:00.000Z'));
    expect([before?.next, before?.latest]).toEqual([Date.parse(MIDNIGHT), Date.parse(MIDNIGHT)]);
    expect(leftAlone({ ...NOON, ...given }, STAY, new Date(MIDNIGHT))).toBeNull();
  });

  it('a grace of nothing still waits for an open session', () => {
    const none = { graceMinutes: 0, maxHours: 12 };
    const now = new Date('2026-03-01T12:00:00.000Z');
    expect(leftAlone(NOON, none, now)).toBeNull();
    expect(leftAlone({ ...NOON, ...read(open) }, none, now)?.next).toBe(Date.parse('2026-03-01T12:05:00.000Z'));
  });
});

describe('when an instance that was altered is looked at next', () => {
  const LATEST = '2026-03-02T00:00:00.000Z';
  it.each<Row>([
    ['within the grace from the change', '12:10', {}, '12:30'],
    ['at the end of the grace it is replaced', '12:30', {}, null],
    ['whoever is inside', '12:30', read(open), null],
    ['prolonged', '13:00', { prolonged: '2026-03-01T15:00:00.000Z' }, '15:00'],
    ['and found so, the same', '12:10', { kind: 'found' }, '12:30'],
  ])('%s: at %s', (_what, now, given, next) => {
    const left = leftAlone({ ...NOON, kind: 'altered', ...given }, STAY, new Date(`2026-03-01T${now}:00.000Z`));
    expect(left === null ? null : new Date(left.next).toISOString().slice(11, 16)).toBe(next);
  });

  it('altered again and again, it does not outlive the maximum from the first change', () => {
    const again: Entry = { ...NOON, kind: 'altered', at: '2026-03-01T23:58:00.000Z' };
    expect(leftAlone(again, STAY, new Date('2026-03-01T23:59:00.000Z'))?.next).toBe(Date.parse(LATEST));
    expect(leftAlone(again, STAY, new Date(LATEST))).toBeNull();
  });
});

describe('what the ledger says of a taint', () => {
  const fact = { kind: 'session-started', sessionId: 's-1' } as const;
  const entry = { by: 'alice@bastion', reason: 'restoring', at: '2026-03-01T12:20:00.000Z' };
  const held = {
    ...replaced,
    status: 'held' as const,
    finding: { ...replaced.finding, rule: 'session-started' as const },
    since: '2026-03-01T12:00:00.000Z',
    change: { ...replaced.change, fact, at: '2026-03-01T12:10:00.000Z' },
    taint: [{ ...entry, until: '2026-03-01T15:00:00.000Z' }],
  };
  const taint = { key: held.key, since: '2026-03-01T12:00:00.000Z', until: '2026-03-01T15:00:00.000Z', entered: true };

  it('since when, and until when', () => {
    expect(taintOf(held)).toEqual(taint);
    expect(taintOf({ ...held, since: '2026-03-01T12:20:00.001Z' })?.until).toBeNull();
    expect(taintOf({ ...held, taint: [...held.taint, { ...entry, until: null }] })?.until).toBeNull();
    expect(taintOf({ ...held, status: 'closed' })).toBeNull();
    expect(taintOf({ ...held, finding: replaced.finding })).toEqual({ ...taint, entered: false });
  });

  it('a prolongation that the decision had not seen', () => {
    expect(isProlongedSince([taint], held)).toBe(false);
    expect(isProlongedSince([], held)).toBe(true);
    expect(isProlongedSince([{ ...taint, until: null }], held)).toBe(true);
    expect(isProlongedSince([], { ...held, taint: [] })).toBe(false);
  });
});
