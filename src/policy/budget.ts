/** How many instances of a group may be out at once, of all the budgets that apply the least. */
import { type Allowance, shareOf } from '../domain/budget.ts';
import { isOpen } from '../domain/window.ts';
import type { BudgetEntry, Policy, RuleId, Selector } from './policy.ts';
import { matches, type Subject, type Verdict } from './select.ts';
import { keysFor } from './selector-keys.ts';

/** Never so in a policy that was loaded: it has the simple limit, or an entry that always applies. */
const NONE_APPLIES: Allowance = { limit: 0, because: 'no budget applies' };

/** @param total how many instances the group should have */
export function allowanceFor(
  rule: RuleId,
  subject: Subject,
  total: number,
  { budget, budgets }: Pick<Policy, 'budget' | 'budgets'>,
  now: Date,
): Allowance {
  const simple =
    budget.perGroup === null ? [] : [{ limit: shareOf(budget.perGroup, total), because: 'budget.perGroup' }];
  const listed = budgets.flatMap((entry, index): Allowance[] => {
    const applies = applicable(entry, rule, subject, now);
    if (applies === 'no') return [];
    const limit = applies === 'unknown' ? 0 : shareOf(entry.instances, total);
    return [{ limit, because: `budgets[${index}]` }];
  });
  const [first = NONE_APPLIES, ...others] = [...simple, ...listed];
  return others.reduce((least, other) => (other.limit < least.limit ? other : least), first);
}

/** `unknown`: its window cannot be evaluated, so that it counts as none. */
function applicable(entry: BudgetEntry, rule: RuleId, subject: Subject, now: Date): Verdict {
  if (entry.reasons !== null && !entry.reasons.includes(rule)) return 'no';
  if (entry.select !== null && selects(entry.select, rule, subject) === 'no') return 'no';
  if (entry.window === null) return 'yes';
  const open = isOpen(entry.window, now);
  if (open === null) return 'unknown';
  return open ? 'yes' : 'no';
}

/** Where it is not known whether the entry applies, it does: that is more cautious. */
function selects(select: Selector, rule: RuleId, subject: Subject): Verdict {
  return matches(select, subject, { keys: keysFor(rule, 'budgets'), vpcs: 'some' });
}
