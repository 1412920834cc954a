import { checkChosen } from './check-chosen.ts';
import { at, listAt, type Path, type Report, textAt } from './check-parts.ts';
import { checkSelector, listedRules, reachedBy } from './check-selectors.ts';
import { CAUTION } from './mode.ts';
import { RULES, type RuleId } from './policy.ts';
import { SPATIAL_RULES } from './select.ts';
import { SETTABLE_RULES } from './selector-keys.ts';

export function checkModes(document: unknown, report: Report): void {
  listAt(document, 'modes').forEach((entry, index) => {
    const path = ['modes', index];
    checkEntry(entry, path, report);
    checkTag(entry, path, report);
    if (textAt(entry, 'mode') !== 'enforce') {
      checkChosen(at(entry, 'select'), reachedBy(entry, 'modes'), [...path, 'select'], report);
    }
    checkActor(entry, path, report);
    warnIfIdle(document, entry, path, report);
  });
  for (const rule of RULES) warnIfIdle(document, at(document, 'rules', rule), ['rules', rule], report);
}

function checkEntry(entry: unknown, path: Path, report: Report): void {
  if (typeof entry !== 'object' || entry === null) return;
  if (at(entry, 'rules') === undefined && at(entry, 'select') === undefined) {
    report.faults.push({ path, message: 'found neither rules nor select; write one, or set the top-level mode' });
  }
  checkSelector(at(entry, 'select'), listedRules(entry, 'rules'), 'modes', [...path, 'select'], report);
}

function checkTag(entry: unknown, path: Path, report: Report): void {
  const lowered = lowers(entry, SETTABLE_RULES);
  if (lowered === undefined || at(entry, 'select', 'tag') === undefined) return;
  const message = `found a tag that lowers the rule ${lowered}, but anyone who can change a resource can usually tag it; select otherwise`;
  report.faults.push({ path: [...path, 'select', 'tag'], message });
}

/** For `pipeline-only` the actor is always known: it is about nothing else. */
function checkActor(entry: unknown, path: Path, report: Report): void {
  const lowered = lowers(entry, SPATIAL_RULES);
  if (lowered === undefined || at(entry, 'select', 'actor') === undefined) return;
  const message = `modes[${path[1]}] lowers the rule ${lowered} by actor: who opened a port is often not known (a Config verdict, for one), and then the lower mode applies`;
  report.warnings.push({ path: [...path, 'select', 'actor'], message });
}

/** The first of these rules that the entry may hold back from acting. */
function lowers(entry: unknown, rules: readonly RuleId[]): RuleId | undefined {
  if (textAt(entry, 'mode') === 'enforce') return undefined;
  return reachedBy(entry, 'modes').find((rule) => rules.includes(rule));
}

/** The most cautious setting wins, so a bolder one below a cautious top level does nothing: say so. */
function warnIfIdle(document: unknown, entry: unknown, path: Path, report: Report): void {
  const words: readonly string[] = CAUTION;
  const top = words.indexOf(textAt(document, 'mode') ?? '');
  const own = words.indexOf(textAt(entry, 'mode') ?? '');
  if (top < 0 || own <= top) return;
  const where = path[0] === 'modes' ? `modes[${path[1]}]` : path.join('.');
  const message = `${where} says ${words[own]}, but the top-level mode ${words[top]} is more cautious and wins; to act there, raise or remove the top-level mode`;
  report.warnings.push({ path, message });
}
