import { at, listAt, type Report } from './check-parts.ts';
import { checkSelector } from './check-selectors.ts';

/** Ignored differences across their keys. */
export function checkIgnoredDifferences(document: unknown, report: Report): void {
  listAt(document, 'ignoredDifferences').forEach((entry, index) => {
    checkSelector(at(entry, 'select'), null, 'ignoredDifferences', ['ignoredDifferences', index, 'select'], report);
  });
}
