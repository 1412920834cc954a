import { describe, expect, it } from 'vitest';
import type { GuardName } from '../../../src/domain/decision.ts';
import type { Incident, NoticeKind } from '../../../src/domain/incident.ts';
import { noticeDue, noticeKey } from '../../../src/notice/dedupe.ts';
import { observed } from './incident.ts';

describe('whether a notice is due', () => {
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
    ['a new guard in a later occurrence', at(5, 'budget', null, ['held/observe/1', 'held/observe/2']), 'held', true],
    ['the same guard in a later occurrence', at(5, 'budget', null, ['held/budget/4']), 'held', true],
    ['closed after a hold in the first round', at(1, null, CLOSED, ['held/observe/1']), 'fixed', true],
    ['closed in the fifth occurrence', at(5, null, CLOSED, ['fixed/-/1', 'fixed/-/2']), 'fixed', true],
    ['the same end again', at(5, null, CLOSED, ['fixed/-/5']), 'fixed', false],
    ['still open and escalated in the fifth occurrence', at(5, null, null, ['fixed/-/1']), 'escalated', true],
    ['and only once', at(5, null, null, ['fixed/-/1', 'escalated/-/5']), 'escalated', false],
    ['a failure in the fifth occurrence', at(5, null, null, ['fixed/-/1']), 'failed', true],
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
