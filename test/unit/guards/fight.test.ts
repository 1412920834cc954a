import { describe, expect, it } from 'vitest';
import type { PastReplacement } from '../../../src/domain/fight.ts';
import { budget } from '../../../src/guards/budget.ts';
import { fight } from '../../../src/guards/fight.ts';
import { INSTANCE_CASE } from './perfect.ts';

const KIM = 'arn:aws:iam::123456789012:user/kim';
const round = (n: number, given: Partial<PastReplacement> = {}): PastReplacement => ({
  incidentId: `incident-${n}`,
  instanceId: `i-${n}`,
  rule: 'user-data-changed',
  drift: 'instance//user-data-changed',
  actor: KIM,
  changedAt: `2026-03-01T0${n}:00:00.000Z`,
  begunAt: `2026-03-01T0${n}:01:00.000Z`,
  successor: `i-${n + 1}`,
  doneAt: `2026-03-01T0${n}:05:00.000Z`,
  ...given,
});

describe('the guard fight', () => {
  it.each([[[]], [[round(1)]]])('lets a drift go that came back less than twice', (rounds) => {
    expect(fight.check({ ...INSTANCE_CASE, rounds })).toBeNull();
  });

  it('holds what came back twice, for a day from the round before last, and names the incidents', () => {
    const rounds = [round(2), round(1)];
    expect(fight.check({ ...INSTANCE_CASE, rounds })).toEqual({
      reason:
        'drift under the rule user-data-changed in web came back after 2 replacements (incidents incident-2, incident-1): ' +
        'held until 2026-03-02T01:05:00.000Z, unless its cause is gone',
      retryAfter: 3600,
    });
  });

  it('holds the fourth successor of a machine, whatever each was replaced for, and names the incidents', () => {
    const line = [4, 3, 2, 1].map((n) => round(n, { drift: `instance//command-run/${n}`, rule: 'command-run' }));
    expect(fight.check({ ...INSTANCE_CASE, line: line.slice(0, 3) })).toBeNull();
    expect(fight.check({ ...INSTANCE_CASE, line })).toEqual({
      reason:
        'one machine of web and its successors were replaced 4 times within a day (incidents incident-4, incident-3, ' +
        'incident-2, incident-1): held until 2026-03-02T01:05:00.000Z, unless its cause is gone',
      retryAfter: 3600,
    });
  });

  it('holds until neither is one, where both are', () => {
    const line = [5, 4, 3, 2, 1].map((n) => round(n));
    const until = (...rounds: PastReplacement[]) => fight.check({ ...INSTANCE_CASE, line, rounds })?.reason;
    expect(until(round(5), round(1))).toContain('held until 2026-03-02T02:05:00.000Z');
    expect(until(round(5), round(4))).toContain('held until 2026-03-02T04:05:00.000Z');
    expect(until(round(5), round(4))).toContain('came back after 2 replacements');
  });

  it('looks again as soon as fewer than two are left of the day', () => {
    const now = new Date('2026-03-02T01:04:00.000Z');
    expect(fight.check({ ...INSTANCE_CASE, now, rounds: [round(2), round(1)] })?.retryAfter).toBe(61);
  });
});

describe('the guard budget', () => {
  it('lets go where one may be out', () => expect(budget.check(INSTANCE_CASE)).toBeNull());

  it('holds where none may be, and names the setting', () => {
    expect(budget.check({ ...INSTANCE_CASE, allowance: { limit: 0, because: 'budgets[1]' } })).toEqual({
      reason: 'no instance of web may be out now (budgets[1])',
      retryAfter: 3600,
    });
  });
});
