import { at, listAt, type Report } from './check-parts.ts';
import { checkSelector } from './check-selectors.ts';

/** What instances may be replaced despite of, across its keys. */
export function checkReplaceDespite(document: unknown, report: Report): void {
  listAt(document, 'replaceDespite').forEach((entry, index) => {
    const path = ['replaceDespite', index, 'select'];
    checkSelector(at(entry, 'select'), null, 'replaceDespite', path, report);
    if (at(entry, 'select', 'tag') !== undefined) {
      const message = `replaceDespite[${index}] selects by tag: anyone who can tag the Auto Scaling group can lift these holds`;
      report.warnings.push({ path: [...path, 'tag'], message });
    }
    const what = listAt(entry, 'what');
    if (!what.includes('single-instance')) return;
    const message = `replaceDespite[${index}] lifts single-instance: the only instance of a group is terminated before its successor is launched, and there is an outage`;
    report.warnings.push({ path: ['replaceDespite', index, 'what', what.indexOf('single-instance')], message });
  });
}
