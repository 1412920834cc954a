import { at, checkNarrows, listAt, type Report } from './check-parts.ts';

/** What no comparison with a template knows. */
const MEANINGLESS: Readonly<Record<string, string>> = {
  group: 'never fits an instance; select by fleet, instance, tag or VPC',
  port: 'has no meaning for instances; leave the key out',
  range: 'has no meaning for instances; leave the key out',
  actor: 'has no meaning here, as a difference does not say who made it; leave the key out',
};

/** Ignored differences across their keys. */
export function checkIgnoredDifferences(document: unknown, report: Report): void {
  listAt(document, 'ignoredDifferences').forEach((entry, index) => {
    const path = ['ignoredDifferences', index, 'select'];
    const select = at(entry, 'select');
    checkNarrows(select, path, report);
    for (const [key, message] of Object.entries(MEANINGLESS)) {
      if (at(select, key) !== undefined) report.faults.push({ path: [...path, key], message });
    }
    if (at(select, 'tag') === undefined) return;
    const message = `ignoredDifferences[${index}] selects by tag: whoever may tag the Auto Scaling group can have these differences ignored`;
    report.warnings.push({ path: [...path, 'tag'], message });
  });
}
