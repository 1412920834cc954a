import { at, checkPlace, listAt, type Report } from './check-parts.ts';

/** Ignored differences across their keys. */
export function checkIgnoredDifferences(document: unknown, report: Report): void {
  listAt(document, 'ignoredDifferences').forEach((entry, index) => {
    checkPlace(at(entry, 'select'), ['ignoredDifferences', index, 'select'], report, {
      actor: 'has no meaning here, as a difference does not say who made it; leave the key out',
      tag: `ignoredDifferences[${index}] selects by tag: whoever may tag the Auto Scaling group can have these differences ignored`,
    });
  });
}
