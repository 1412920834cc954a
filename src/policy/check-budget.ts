import { checkChosen } from './check-chosen.ts';
import { at, listAt, type Path, type Report } from './check-parts.ts';
import { checkSelector, listedRules } from './check-selectors.ts';
import { INSTANCE_RULES } from './policy.ts';

/** Budgets across their keys. */
export function checkBudgets(document: unknown, report: Report): void {
  const always = alwaysOf(document);
  listAt(document, 'budgets').forEach((entry, index) => {
    const path = ['budgets', index];
    checkWindow(entry, path, report);
    checkSelector(at(entry, 'select'), listedRules(entry, 'reasons'), 'budgets', [...path, 'select'], report);
    checkChosen(at(entry, 'select'), INSTANCE_RULES, [...path, 'select'], report);
    warnIfIdle(entry, always, index, report);
  });
  for (const key of ['perGroup', 'perHour']) {
    const value = at(document, 'budget', key);
    if (value !== 0 && value !== '0%') continue;
    report.warnings.push({ path: ['budget', key], message: `budget.${key} is 0: no instance is ever replaced` });
  }
}

/** Half a window would be one that never opens, or never closes. */
function checkWindow(entry: unknown, path: Path, report: Report): void {
  const given = (key: string) => at(entry, key) !== undefined;
  if (given('schedule') !== given('duration')) {
    const [is, lacks] = given('schedule') ? ['schedule', 'duration'] : ['duration', 'schedule'];
    report.faults.push({ path: [...path, is], message: `stands without ${lacks}; write both, or neither` });
  }
  if (given('timeZone') && !given('schedule')) {
    report.faults.push({
      path: [...path, 'timeZone'],
      message: 'stands without schedule; add it, or leave the key out',
    });
  }
}

type Limit = { readonly name: string; readonly instances: unknown };

/** What always applies: the simple limit, and entries that name no group, rule or hour. */
function alwaysOf(document: unknown): readonly Limit[] {
  const entries = listAt(document, 'budgets').flatMap((entry, index) =>
    ['select', 'reasons', 'schedule'].every((key) => at(entry, key) === undefined)
      ? [{ name: `budgets[${index}]`, instances: at(entry, 'instances') }]
      : [],
  );
  return [{ name: 'budget.perGroup', instances: at(document, 'budget', 'perGroup') }, ...entries];
}

/** The most restrictive wins, so an entry above what always applies does nothing. A count and a percent cannot be compared. */
function warnIfIdle(entry: unknown, always: readonly Limit[], index: number, report: Report): void {
  const own = at(entry, 'instances');
  const less = always.find(({ instances }) => isLess(instances, own));
  if (less === undefined) return;
  const message = `budgets[${index}] allows ${own}, but ${less.name} ${less.instances} is less and always applies; to allow more, raise or remove that`;
  report.warnings.push({ path: ['budgets', index, 'instances'], message });
}

function isLess(one: unknown, other: unknown): boolean {
  if (typeof one === 'number' && typeof other === 'number') return one < other;
  return typeof one === 'string' && typeof other === 'string' && Number.parseInt(one, 10) < Number.parseInt(other, 10);
}
