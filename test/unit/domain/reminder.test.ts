import { describe, expect, it } from 'vitest';
import { type Reminded, readReminded, remind, type Trouble, type TroubleKind } from '../../../src/domain/reminder.ts';

const LETTERS: Trouble = { kind: 'dead-letters', queue: 'instances', count: 3 };
const SILENT: Trouble = { kind: 'silent', unit: 'networks', since: '2026-03-01T11:30:00.000Z' };
const hour = (hours: number) => new Date(Date.parse('2026-03-01T12:00:00.000Z') + hours * 3_600_000).toISOString();
const NONE: ReadonlySet<TroubleKind> = new Set();

/** The hours, of so many, at which people are notified of this trouble. */
function told(trouble: Trouble, hours: number): readonly number[] {
  let memory: Reminded = {};
  const found: number[] = [];
  for (let n = 0; n <= hours; n += 1) {
    const { due, next } = remind([trouble], NONE, memory, hour(n));
    memory = next;
    if (due.length > 0) found.push(n);
  }
  return found;
}

it('a reminder on record that cannot be read counts as none, and leaves the others', () => {
  const read = { stopped: { since: hour(0), told: null }, 'alarms-unheard': { since: hour(0), told: hour(1) } };
  const odd = { a: null, b: 7, c: {}, d: { since: hour(0) }, e: { since: 'today', told: null } };
  expect(readReminded({ ...odd, ...read })).toEqual(read);
  for (const told of [undefined, null, 7]) expect(readReminded(told)).toEqual({});
});

describe('people are reminded', () => {
  it.each<readonly [Trouble, readonly number[]]>([
    [LETTERS, [24, 48]],
    [{ kind: 'stopped', why: 'not valid JSON' }, [24, 48]],
    [{ kind: 'pause-unreadable' }, [24, 48]],
    [{ kind: 'alarms-unheard' }, [1, 25, 49]],
    [SILENT, [0, 24, 48]],
  ])('every day of %o', (trouble, hours) => {
    expect(told(trouble, 50)).toEqual(hours);
  });

  it('of each queue by itself', () => {
    const before: Reminded = { 'dead-letters instances': { since: hour(0), told: hour(24) } };
    const networks: Trouble = { ...LETTERS, queue: 'networks' };
    const { due, next } = remind([LETTERS, networks], NONE, before, hour(30));
    expect(due).toEqual([]);
    expect(next).toEqual({ ...before, 'dead-letters networks': { since: hour(30), told: null } });
  });

  it('anew of what ended and began again', () => {
    const { next } = remind([], NONE, { 'dead-letters instances': { since: hour(0), told: hour(24) } }, hour(30));
    expect(next).toEqual({});
  });

  it('at the same time although it could not be asked in between', () => {
    const before: Reminded = { 'dead-letters instances': { since: hour(0), told: null } };
    expect(remind([], new Set<TroubleKind>(['dead-letters']), before, hour(10))).toEqual({
      due: [],
      over: [],
      next: before,
    });
  });

  it('that it is over, if they were notified of it', () => {
    const before: Reminded = {
      'silent networks': { since: hour(0), told: hour(0) },
      'silent instances': { since: hour(0), told: null },
    };
    expect(remind([], NONE, before, hour(1)).over).toEqual(['silent networks']);
  });
});
