import { at, listAt, type Report } from './check-parts.ts';
import { checkSelector } from './check-selectors.ts';

/** Ignored differences across their keys. */
export function checkIgnoredDifferences(document: unknown, report: Report): void {
  listAt(document, 'ignoredDifferences').forEach((entry, index) => {
    const path = ['ignoredDifferences', index, 'select'];
    checkSelector(at(entry, 'select'), null, 'ignoredDifferences', path, report);
    if (at(entry, 'select', 'tag') === undefined) return;
    const message = `ignoredDifferences[${index}] selects by tag: anyone who can tag the Auto Scaling group can have these differences ignored`;
    report.warnings.push({ path: [...path, 'tag'], message });
  });
}
