import { at, checkPlace, listAt, type Report } from './check-parts.ts';

/** What instances may be replaced despite of, across its keys. */
export function checkReplaceDespite(document: unknown, report: Report): void {
  listAt(document, 'replaceDespite').forEach((entry, index) => {
    checkPlace(at(entry, 'select'), ['replaceDespite', index, 'select'], report, {
      actor: 'has no meaning here, as what would be lost does not depend on who made the change; leave the key out',
      tag: `replaceDespite[${index}] selects by tag: whoever may tag the Auto Scaling group can lift these holds`,
    });
    const what = listAt(entry, 'what');
    if (!what.includes('single-instance')) return;
    const message = `replaceDespite[${index}] lifts single-instance: the only instance of a group is terminated before its successor is launched, and there is an outage`;
    report.warnings.push({ path: ['replaceDespite', index, 'what', what.indexOf('single-instance')], message });
  });
}
