import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../src/domain/taint.ts';
import { tainted } from '../../../src/guards/tainted.ts';
import { INSTANCE_CASE } from './perfect.ts';

/** Entered ten minutes before the case is judged, at noon. */
const entered: Entry = {
  kind: 'entered',
  at: '2026-03-01T11:50:00.000Z',
  since: '2026-03-01T11:50:00.000Z',
  sessionId: 's-1',
  prolonged: null,
  sessions: null,
};

describe('the guard of an instance that was entered', () => {
  it('objects until the grace is over, and says when it is replaced', () => {
    expect(tainted.check({ ...INSTANCE_CASE, entered })).toEqual({
      reason:
        'i-1 is tainted, and left alone for now: it was entered. It is replaced 30 minutes after it was last entered or left, and by 2026-03-01T23:50:00.000Z at the latest',
      retryAfter: 1200,
    });
  });

  it('takes the maximum from the policy, and the grace of the rule', () => {
    const policy = { ...INSTANCE_CASE.policy, taint: { graceMinutes: 30, maxHours: 1 } };
    expect(tainted.check({ ...INSTANCE_CASE, entered, policy, graceMinutes: 11 })).toMatchObject({
      reason: expect.stringContaining('by 2026-03-01T12:50:00.000Z at the latest'),
      retryAfter: 60,
    });
    expect(tainted.check({ ...INSTANCE_CASE, entered, policy, graceMinutes: 10 })).toBeNull();
  });

  it.each([
    ['altered', 'it was altered. It is replaced 30 minutes after it was last altered so, and'],
    ['found', 'that was found. It is replaced 30 minutes after it was found so, and'],
  ] as const)('says of one that was %s what the grace counts from', (kind, words) => {
    expect(tainted.check({ ...INSTANCE_CASE, entered: { ...entered, kind } })?.reason).toContain(words);
  });

  it('has the incident looked at after a prolongation that is far ahead, within twelve hours', () => {
    const policy = { ...INSTANCE_CASE.policy, taint: { graceMinutes: 30, maxHours: 168 } };
    const prolonged = { ...entered, prolonged: '2026-03-02T11:00:00.000Z' };
    expect(tainted.check({ ...INSTANCE_CASE, policy, entered: prolonged })?.retryAfter).toBe(43_200);
  });

  it('has nothing to say of an instance that is replaced for something else', () => {
    expect(tainted.check({ ...INSTANCE_CASE, entered: null })).toBeNull();
  });
});
