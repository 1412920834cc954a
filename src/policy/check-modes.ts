import { at, checkNarrows, coversRule, listAt, type Path, type Report, textAt } from './check-parts.ts';
import { CAUTION } from './mode.ts';
import { RULES } from './policy.ts';

export function checkModes(document: unknown, report: Report): void {
  listAt(document, 'modes').forEach((entry, index) => {
    const path = ['modes', index];
    checkEntry(entry, path, report);
    checkTag(entry, path, report);
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
  checkNarrows(at(entry, 'select'), [...path, 'select'], report);
  for (const key of ['port', 'range']) {
    if (at(entry, 'select', key) === undefined) continue;
    const message = 'is not for modes, as a group has one mode and not one per port; leave the key out';
    report.faults.push({ path: [...path, 'select', key], message });
  }
}

function checkTag(entry: unknown, path: Path, report: Report): void {
  const lowers = coversRule(entry, 'internet') && textAt(entry, 'mode') !== 'enforce';
  if (!lowers || at(entry, 'select', 'tag') === undefined) return;
  const message =
    'found a tag that lowers the rule internet, but whoever can open a port can usually set a tag; select otherwise, or list other rules';
  report.faults.push({ path: [...path, 'select', 'tag'], message });
}

function checkActor(entry: unknown, path: Path, report: Report): void {
  const lowers = coversRule(entry, 'internet') && textAt(entry, 'mode') !== 'enforce';
  if (!lowers || at(entry, 'select', 'actor') === undefined) return;
  report.warnings.push(
    `modes[${path[1]}] lowers the rule internet by actor: who opened a port is often not known (a Config verdict, for one), and then the lower mode applies`,
  );
}

/** The most cautious setting wins, so a bolder one below a cautious top level does nothing: say so. */
function warnIfIdle(document: unknown, entry: unknown, path: Path, report: Report): void {
  const words: readonly string[] = CAUTION;
  const top = words.indexOf(textAt(document, 'mode') ?? '');
  const own = words.indexOf(textAt(entry, 'mode') ?? '');
  if (top < 0 || own <= top) return;
  const where = path[0] === 'modes' ? `modes[${path[1]}]` : path.join('.');
  report.warnings.push(
    `${where} says ${words[own]}, but the top-level mode ${words[top]} is more cautious and wins; to act there, raise or remove the top-level mode`,
  );
}
