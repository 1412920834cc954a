import { warnIfWide } from './check-exposure.ts';
import { at, checkUnique, listAt, type Path, type Report, textAt } from './check-parts.ts';
import { didYouMean } from './fault.ts';
import { SPATIAL_RULES } from './select.ts';

/** Named lists of ranges, and the rules that name them. */
export function checkRangeLists(document: unknown, report: Report): void {
  checkUnique(document, ['rangeLists'], 'name', report);
  const lists = listAt(document, 'rangeLists');
  lists.forEach((entry, index) => {
    checkEntry(entry, ['rangeLists', index], report);
    const where = `rangeLists[${index}] (${textAt(entry, 'name')})`;
    const ranges = listAt(entry, 'ranges');
    for (const range of new Set(ranges)) {
      warnIfWide(range, where, ['rangeLists', index, 'ranges', ranges.indexOf(range)], report);
    }
  });
  const names = lists.flatMap((entry) => textAt(entry, 'name') ?? []);
  const used = SPATIAL_RULES.flatMap((rule) => checkNamed(document, ['rules', rule, 'allowedLists'], names, report));
  for (const name of new Set(names)) {
    if (used.includes(name)) continue;
    const message = `rangeLists: nothing uses ${name}; name it in allowedLists of a rule, or take it out`;
    report.warnings.push({ path: ['rangeLists', lists.findIndex((entry) => textAt(entry, 'name') === name)], message });
  }
}

function checkEntry(entry: unknown, path: Path, report: Report): void {
  if (typeof entry !== 'object' || entry === null) return;
  const file = at(entry, 'file');
  const ranges = at(entry, 'ranges');
  if (file !== undefined && ranges !== undefined) {
    report.faults.push({ path, message: 'found file and ranges; write exactly one' });
  } else if (file === undefined && ranges === undefined) {
    report.faults.push({ path, message: 'found neither file nor ranges; write exactly one' });
  } else if (typeof file === 'string' && file.trim() !== '') {
    const message = `found ${JSON.stringify(file)}, which was not read; ranges must stand in its place by now`;
    report.faults.push({ path: [...path, 'file'], message });
  }
}

/** The names that the rule uses. */
function checkNamed(document: unknown, path: Path, names: readonly string[], report: Report): readonly unknown[] {
  const used = listAt(document, ...path);
  used.forEach((name, index) => {
    if (typeof name !== 'string' || names.includes(name)) return;
    const meant = didYouMean(name, names);
    const known = names.length === 0 ? 'there are none' : `there are: ${names.join(', ')}`;
    const hint = meant === null ? known : `did you mean ${meant}?`;
    report.faults.push({ path: [...path, index], message: `found "${name}", which rangeLists has not; ${hint}` });
  });
  return used;
}
