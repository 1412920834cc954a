import { at, checkNarrows, checkUnique, coversRule, listAt, type Path, type Report, textAt } from './check-parts.ts';
import { readDate, yearAhead } from './dates.ts';
import { SPATIAL_RULES } from './select.ts';

/** Exemptions across their keys. Expiry is compared with `now` only where the document is checked, not at a cold start. */
export function checkExemptions(document: unknown, now: Date | null, report: Report): void {
  checkUnique(document, ['exemptions'], 'id', report);
  listAt(document, 'exemptions').forEach((entry, index) => {
    const path = ['exemptions', index];
    checkSelector(entry, path, report);
    checkTerm(entry, path, now, report);
  });
}

function checkSelector(entry: unknown, path: Path, report: Report): void {
  const select = at(entry, 'select');
  checkNarrows(select, [...path, 'select'], report);
  if (at(select, 'tag') !== undefined) {
    const message =
      'found a tag in an exemption, but whoever can open a port can usually set a tag; select by securityGroup, autoScalingGroup or vpc';
    report.faults.push({ path: [...path, 'select', 'tag'], message });
  }
  for (const key of ['port', 'range']) {
    if (at(select, key) === undefined || SPATIAL_RULES.some((rule) => coversRule(entry, rule))) continue;
    const message = 'only has a meaning for the rules internet and egress; add one of them, or leave the key out';
    report.faults.push({ path: [...path, 'select', key], message });
  }
  const measured = SPATIAL_RULES.find((rule) => coversRule(entry, rule));
  if (at(select, 'actor') !== undefined && measured !== undefined) {
    const message = `${name(entry, path)} selects the rule ${measured} by actor: who opened a port is often not known (a Config verdict, for one), and what cannot be told is held`;
    report.warnings.push({ path: [...path, 'select', 'actor'], message });
  }
}

function checkTerm(entry: unknown, path: Path, now: Date | null, report: Report): void {
  const expires = instant(entry, 'expires', 'end');
  const notBefore = instant(entry, 'notBefore', 'start');
  if (expires === null) return;
  const fault = (message: string) =>
    report.faults.push({ path: [...path, 'expires'], message: `found "${textAt(entry, 'expires')}", ${message}` });
  if (notBefore !== null && notBefore > expires) fault('which is before notBefore; write a later day');
  if (now === null) return;
  if (expires < now.toISOString()) fault('which has passed; remove the exemption, or agree on a new day');
  const limit = yearAhead(now);
  if (expires > limit) fault(`which is more than a year ahead; write ${limit.slice(0, 10)} or earlier`);
}

function instant(entry: unknown, key: string, edge: 'start' | 'end'): string | null {
  const text = textAt(entry, key);
  const read = text === undefined ? null : readDate(text, edge);
  return read !== null && 'instant' in read ? read.instant : null;
}

function name(entry: unknown, path: Path): string {
  return `exemption ${textAt(entry, 'id') ?? String(path[1])}`;
}
