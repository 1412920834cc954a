import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NONE_BEGUN } from '../../src/aws/slot-hour.ts';
import { NO_SLOTS } from '../../src/aws/slot-records.ts';
import { release, take } from '../../src/aws/slots.ts';
import { shareOf } from '../../src/domain/budget.ts';
import { allowanceFor } from '../../src/policy/budget.ts';
import type { BudgetEntry } from '../../src/policy/policy.ts';
import type { SlotRequest } from '../../src/roles.ts';
import { WEB_INSTANCE } from '../unit/policy/subjects.ts';

const NOW = new Date('2026-03-02T10:00:00.000Z');
const share = fc.oneof(
  fc.integer({ min: 0, max: 60 }),
  fc.integer({ min: 0, max: 100 }).map((n) => `${n}%`),
);
const broken = fc.oneof(
  fc.double({ min: -1e6, max: -Number.MIN_VALUE }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0.5, '101%', '5', 'x%', '', '-1%', '1e1%'),
);
const window = fc.constantFrom(
  null,
  { schedule: '0 9 * * 1-5', seconds: 8 * 3600, timeZone: 'UTC' },
  { schedule: '0 22 * * *', seconds: 3600, timeZone: 'Europe/Berlin' },
  { schedule: 'whenever', seconds: 3600, timeZone: 'UTC' },
);
const entry: fc.Arbitrary<BudgetEntry> = fc.record({
  instances: fc.oneof(share, broken),
  select: fc.constantFrom(
    null,
    { autoScalingGroup: ['web'] },
    { autoScalingGroup: ['db'] },
    { tag: { Env: ['prod'] } },
  ),
  reasons: fc.constantFrom(null, ['user-data-changed'], ['session-started']),
  window,
});
const limitOf = (perGroup: number | string | null, budgets: readonly BudgetEntry[], total: number) =>
  allowanceFor('user-data-changed', WEB_INSTANCE, total, { budget: { perGroup, perHour: 3 }, budgets }, NOW).limit;

/** A day in the life of one group: who asks for a slot, and who gives one back. Each asks for the same budget. */
type Step = { readonly instance: number; readonly act: 'ask' | 'return'; readonly wait: number };
const steps = fc.array(
  fc.record({
    instance: fc.integer({ min: 0, max: 9 }),
    act: fc.constantFrom('ask' as const, 'ask' as const, 'return' as const),
    wait: fc.integer({ min: 0, max: 900 }),
  }),
  { maxLength: 40 },
);

/** How many got a slot, and how many held one at most. */
function live(life: readonly Step[], perGroup: number, perHour: number) {
  let [group, account, now, got, most] = [NO_SLOTS, NONE_BEGUN, NOW.getTime(), 0, 0];
  for (const { instance, act, wait } of life) {
    now += wait * 1000;
    const at = new Date(now).toISOString();
    const instanceId = `i-${instance}`;
    if (act === 'return') {
      const over = { group: 'web', instanceId, incidentKey: instanceId, successor: null };
      const after = release(group, account, over, at);
      group = after.group ?? group;
      account = after.account ?? account;
    } else {
      const until = new Date(now + 1200_000).toISOString();
      const request: SlotRequest = {
        group: 'web',
        instanceId,
        incidentKey: instanceId,
        perGroup,
        perHour,
        severity: 'high',
        now: at,
        until,
      };
      const after = take(group, account, request);
      if (after.answer.kind === 'taken' && after.account !== null) got += 1;
      group = after.group ?? group;
      account = after.account ?? account;
    }
    const living = Object.values(group.slots).filter(({ until }) => Date.parse(until) > now);
    most = Math.max(most, living.length);
  }
  return { got, most };
}

describe('budgets', () => {
  it('the most restrictive wins: one more never allows more, and their order is nothing', () => {
    fc.assert(
      fc.property(share, fc.array(entry, { maxLength: 4 }), entry, fc.nat(200), (perGroup, budgets, more, total) => {
        const limit = limitOf(perGroup, budgets, total);
        expect(limit).toBeLessThanOrEqual(shareOf(perGroup, total));
        const parts = budgets.map((it) => limitOf(perGroup, [it], total));
        expect(limit).toBe(Math.min(shareOf(perGroup, total), ...parts));
        expect(limitOf(perGroup, [...budgets, more], total)).toBeLessThanOrEqual(limit);
        expect(limitOf(perGroup, budgets.toReversed(), total)).toBe(limit);
      }),
    );
  });

  it('a broken one is none', () => {
    fc.assert(
      fc.property(broken, share, fc.nat(200), (wrong, perGroup, total) => {
        expect(shareOf(wrong, total)).toBe(0);
        expect(limitOf(wrong, [], total)).toBe(0);
        expect(limitOf(perGroup, [{ instances: wrong, select: null, reasons: null, window: null }], total)).toBe(0);
      }),
    );
  });

  it('a per cent is rounded up, and never more than the group', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 1000 }), (percent, total) => {
        const limit = shareOf(`${percent}%`, total);
        expect(limit * 100).toBeGreaterThanOrEqual(total * percent);
        expect((limit - 1) * 100).toBeLessThan(total * percent);
        expect(limit).toBeLessThanOrEqual(total);
      }),
    );
  });
});

describe('slots', () => {
  it('never are more than the budget, of the group or of the hour', () => {
    fc.assert(
      fc.property(steps, fc.nat(6), fc.nat(12), (life, perGroup, perHour) => {
        expect(live(life, perGroup, perHour).most).toBeLessThanOrEqual(perGroup);
        expect(
          live(
            life.map((step) => ({ ...step, wait: 0 })),
            perGroup,
            perHour,
          ).got,
        ).toBeLessThanOrEqual(perHour);
      }),
    );
  });

  it('a lower budget of the hour never lets more go', () => {
    fc.assert(
      fc.property(steps, fc.nat(12), fc.nat(12), (life, a, b) => {
        const asks = life.map((step) => ({ ...step, wait: 0 }));
        expect(live(asks, 10, Math.min(a, b)).got).toBeLessThanOrEqual(live(asks, 10, Math.max(a, b)).got);
      }),
    );
  });

  it('a lower budget of the group never lets more go', () => {
    fc.assert(
      fc.property(steps, fc.nat(6), fc.nat(6), (life, a, b) => {
        const asks = life.filter(({ act }) => act === 'ask').map((step) => ({ ...step, wait: 0 }));
        expect(live(asks, Math.min(a, b), 1000).got).toBeLessThanOrEqual(live(asks, Math.max(a, b), 1000).got);
      }),
    );
  });

  it('a broken one lets none go', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY), (life, wrong) => {
        expect(live(life, wrong, 10).got).toBe(0);
        expect(live(life, 10, wrong).got).toBe(0);
      }),
    );
  });
});
