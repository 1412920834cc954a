import { checkChosen, isFenced } from './check-chosen.ts';
import { at, checkUnique, listAt, type Path, type Report, textAt } from './check-parts.ts';
import { checkSelector, listedRules, reachedBy } from './check-selectors.ts';
import { readDate, yearAhead } from './dates.ts';
import type { Policy } from './policy.ts';
import { SPATIAL_RULES } from './select.ts';

/** Exemptions across their keys. Expiry is compared with `now` only where the document is checked, not at a cold start. */
export function checkExemptions(document: unknown, now: Date | null, report: Report): void {
  checkUnique(document, ['exemptions'], 'id', report);
  listAt(document, 'exemptions').forEach((entry, index) => {
    const path = ['exemptions', index];
    checkSelect(entry, path, report);
    checkTerm(entry, path, now, report);
  });
}

function checkSelect(entry: unknown, path: Path, report: Report): void {
  const select = at(entry, 'select');
  checkSelector(select, listedRules(entry, 'rules'), 'exemptions', [...path, 'select'], report);
  checkChosen(select, reachedBy(entry, 'exemptions'), [...path, 'select'], report);
  const measured = reachedBy(entry, 'exemptions').find((rule) => SPATIAL_RULES.some((it) => it === rule));
  // Beside a name the actor has to be there.
  const wanted = at(select, 'securityGroup') !== undefined && isFenced(select);
  if (at(select, 'actor') === undefined || measured === undefined || wanted) return;
  const message = `${name(entry, path)} selects the rule ${measured} by actor: who opened a port is often not known (a Config verdict, for one), and what cannot be told is held`;
  report.warnings.push({ path: [...path, 'select', 'actor'], message });
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

/** A port that none of the entry's rules protects is open to all, and needs no exemption. Asked of the finished policy. */
export function checkExemptedPorts({ exemptions, internet, egress }: Policy, report: Report): void {
  exemptions.forEach(({ rules, select }, index) => {
    const settings = { internet, egress };
    const asked = SPATIAL_RULES.filter((rule) => rules?.includes(rule) ?? true);
    const protects = asked.flatMap((rule) => settings[rule].protects.flatMap(({ ports }) => ports));
    (select.port ?? []).forEach(({ from, to }, position) => {
      if (protects.some((range) => range.from <= to && from <= range.to)) return;
      const path = ['exemptions', index, 'select', 'port', position];
      const found = from === to ? `${from}` : `"${from}-${to}"`;
      const message = `found ${found}, which is no port that ${asked.join(' or ')} protects; take it out`;
      report.faults.push({ path, message });
    });
  });
}
