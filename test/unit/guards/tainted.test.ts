import { describe, expect, it } from 'vitest';
import { tainted } from '../../../src/guards/tainted.ts';
import { INSTANCE_CASE } from './perfect.ts';

/** Entered ten minutes before the case is judged, at noon. */
const entered = {
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

  it('takes grace and maximum from the policy', () => {
    const policy = { ...INSTANCE_CASE.policy, taint: { graceMinutes: 11, maxHours: 1 } };
    expect(tainted.check({ ...INSTANCE_CASE, entered, policy })).toMatchObject({
      reason: expect.stringContaining('by 2026-03-01T12:50:00.000Z at the latest'),
      retryAfter: 60,
    });
    expect(
      tainted.check({ ...INSTANCE_CASE, entered, policy: { ...policy, taint: { graceMinutes: 10, maxHours: 1 } } }),
    ).toBeNull();
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
