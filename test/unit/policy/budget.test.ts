import { describe, expect, it } from 'vitest';
import { allowanceFor } from '../../../src/policy/budget.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import type { BudgetEntry, Policy } from '../../../src/policy/policy.ts';
import type { Subject } from '../../../src/policy/select.ts';
import { MINIMAL, NOW } from './documents.ts';
import { WEB_INSTANCE } from './subjects.ts';

const MONDAY_AT_TEN = new Date('2026-03-02T10:00:00.000Z');
const ALWAYS: BudgetEntry = { instances: 2, select: null, reasons: null, window: null };
const OFFICE = { schedule: '0 9 * * 1-5', seconds: 8 * 3600, timeZone: 'UTC' };

const entry = (given: Partial<BudgetEntry>): BudgetEntry => ({ ...ALWAYS, ...given });
function allowed(
  perGroup: Policy['budget']['perGroup'],
  budgets: readonly BudgetEntry[],
  subject: Subject = WEB_INSTANCE,
) {
  const { limit, because } = allowanceFor(
    'user-data-changed',
    subject,
    50,
    { budget: { perGroup, perHour: 3 }, budgets },
    MONDAY_AT_TEN,
  );
  return `${limit} by ${because}`;
}

describe('the budget of a group', () => {
  it.each<[string, string | number | null, readonly BudgetEntry[], string]>([
    ['is the simple one where nothing else applies', 3, [], '3 by budget.perGroup'],
    ['may be a per cent', '10%', [], '5 by budget.perGroup'],
    ['is the most restrictive of all', 5, [entry({ instances: 4 }), entry({ instances: '5%' })], '3 by budgets[1]'],
    ['is not raised by an entry', 1, [entry({ instances: '50%' })], '1 by budget.perGroup'],
    ['is the list alone where that always applies', null, [entry({ instances: '50%' })], '25 by budgets[0]'],
    ['is none where nothing says anything', null, [], '0 by no budget applies'],
    ['is none where the simple one is broken', 'many', [], '0 by budget.perGroup'],
    ['is none where an entry is broken', 5, [entry({ instances: -1 })], '0 by budgets[0]'],
    ['heeds an entry for this rule', 5, [entry({ reasons: ['user-data-changed'] })], '2 by budgets[0]'],
    ['leaves out one for another rule', 5, [entry({ reasons: ['session-started'] })], '5 by budget.perGroup'],
    ['heeds an entry for this fleet', 5, [entry({ select: { autoScalingGroup: ['web'] } })], '2 by budgets[0]'],
    ['leaves out one for another fleet', 5, [entry({ select: { autoScalingGroup: ['db'] } })], '5 by budget.perGroup'],
    ['heeds an entry whose window is open', 5, [entry({ instances: 0, window: OFFICE })], '0 by budgets[0]'],
    [
      'leaves out one whose window is shut',
      5,
      [entry({ window: { ...OFFICE, seconds: 3600 } })],
      '5 by budget.perGroup',
    ],
    ['is none where a window cannot be told', 5, [entry({ window: { ...OFFICE, timeZone: 'x' } })], '0 by budgets[0]'],
  ])('%s', (_what, perGroup, budgets, expected) => expect(allowed(perGroup, budgets)).toBe(expected));

  it('heeds an entry of which it cannot be told whether it applies', () => {
    const byGroup = entry({ select: { autoScalingGroup: ['db'] } });
    expect(allowed(5, [byGroup])).toBe('5 by budget.perGroup');
    expect(allowed(5, [byGroup], { ...WEB_INSTANCE, autoScalingGroup: undefined })).toBe('2 by budgets[0]');
  });
});

describe('without perGroup', () => {
  const perGroup = (budgets: string) =>
    loadPolicy(`${MINIMAL}budgets:\n${budgets}`, 'policy.yml', NOW).policy.budget.perGroup;

  it('an entry that always applies takes its place', () => expect(perGroup('  - instances: "10%"\n')).toBeNull());

  it.each([
    ['only selects', '  - { instances: 5, select: { autoScalingGroup: [web] } }\n'],
    ['has a reason', '  - { instances: 5, reasons: [user-data-changed] }\n'],
    ['has a window', '  - { instances: 5, schedule: "@daily", duration: 1h }\n'],
  ])('one that %s does not: one at a time', (_what, text) => expect(perGroup(text)).toBe(1));
});
