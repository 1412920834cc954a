import { describe, expect, it } from 'vitest';
import type { GuardName } from '../../../src/domain/decision.ts';
import type { Incident, NoticeKind } from '../../../src/domain/incident.ts';
import { noticeDue, noticeKey, toldRounds } from '../../../src/notice/dedupe.ts';
import { closed, observed } from './incident.ts';

/** The rounds, from the first to the last, of which people are told. */
function told(incident: Incident, kind: NoticeKind, last: number): readonly number[] {
  let sent: readonly string[] = [];
  const rounds: number[] = [];
  for (let round = 1; round <= last; round += 1) {
    const now = { ...incident, rounds: round, noticesSent: sent };
    if (!noticeDue(now, kind)) continue;
    rounds.push(round);
    sent = [...sent, noticeKey(kind, incident.guard, round)];
  }
  return rounds;
}

describe('the rounds that are told', () => {
  it.each([
    [1, true],
    [2, true],
    [3, false],
    [9, false],
    [10, true],
    [11, false],
    [20, false],
    [99, false],
    [100, true],
    [1000, true],
    [1001, false],
    [0, false],
  ])('%i: %s', (round, expected) => {
    expect(toldRounds(round)).toBe(expected);
  });

  it('make three notices of fifty re-openings', () => {
    expect(told(closed, 'fixed', 50)).toEqual([1, 2, 10]);
    expect(told(observed, 'held', 50)).toEqual([1, 2, 10]);
    expect(told(closed, 'fixed', 1000)).toEqual([1, 2, 10, 100, 1000]);
  });
});

describe('whether it is told now', () => {
  const at = (rounds: number, guard: GuardName | null, closedAt: string | null, sent: readonly string[]): Incident => ({
    ...observed,
    rounds,
    guard,
    closedAt,
    noticesSent: sent,
  });
  const CLOSED = '2026-05-01T12:00:04.000Z';

  it.each<readonly [string, Incident, NoticeKind, boolean]>([
    ['a hold, once', at(1, 'observe', null, []), 'held', true],
    ['the same hold again', at(1, 'observe', null, ['held/observe/1']), 'held', false],
    ['another guard in the same round', at(1, 'budget', null, ['held/observe/1']), 'held', true],
    ['a new guard in a later round', at(5, 'budget', null, ['held/observe/1', 'held/observe/2']), 'held', true],
    ['the same guard in a later round', at(5, 'budget', null, ['held/budget/4']), 'held', false],
    ['closed after a hold in the first round', at(1, null, CLOSED, ['held/observe/1']), 'fixed', true],
    ['closed in a round that is not told', at(5, null, CLOSED, ['fixed/-/1', 'fixed/-/2']), 'fixed', false],
    ['closed and escalated in such a round', at(5, null, CLOSED, ['fixed/-/1', 'fixed/-/2']), 'escalated', false],
    ['still open and escalated in such a round', at(5, null, null, ['fixed/-/1']), 'escalated', true],
    ['and only once', at(6, null, null, ['fixed/-/1', 'escalated/-/5']), 'escalated', false],
    ['a first failure in such a round', at(5, null, null, ['fixed/-/1']), 'failed', true],
  ])('%s', (_, incident, kind, expected) => {
    expect(noticeDue(incident, kind)).toBe(expected);
  });

  it('the key tells holds apart by guard, and nothing else', () => {
    expect(noticeKey('held', 'budget', 2)).toBe('held/budget/2');
    expect(noticeKey('fixed', 'budget', 2)).toBe('fixed/-/2');
    expect(noticeKey('escalated', null, 2)).toBe('escalated/-/2');
    expect(noticeKey('escalated', null, 2, 'day 3')).toBe('escalated/day 3/2');
    expect(noticeKey('fixed', null, 2, 'day 3')).toBe('fixed/-/2');
  });
});
