import { at, listAt, type Path, type Report } from './check-parts.ts';
import { checkSelector, listedRules } from './check-selectors.ts';

/** Budgets across their keys. */
export function checkBudgets(document: unknown, report: Report): void {
  const least = at(document, 'budget', 'perGroup');
  listAt(document, 'budgets').forEach((entry, index) => {
    const path = ['budgets', index];
    checkWindow(entry, path, report);
    checkSelector(at(entry, 'select'), listedRules(entry, 'reasons'), 'budgets', [...path, 'select'], report);
    warnIfIdle(entry, least, index, report);
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

/** The most restrictive wins, so an entry above the simple limit does nothing. */
function warnIfIdle(entry: unknown, least: unknown, index: number, report: Report): void {
  const own = at(entry, 'instances');
  if (typeof own !== 'number' || typeof least !== 'number' || own <= least) return;
  const message = `budgets[${index}] allows ${own}, but budget.perGroup ${least} is less and always applies; to allow more, raise or remove that`;
  report.warnings.push({ path: ['budgets', index, 'instances'], message });
}
