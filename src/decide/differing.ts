/** An instance against the template that it was launched from, as far as the policy lets differences count. */

import { type Ignore, ignore } from '../domain/decision.ts';
import type { Drift, InstanceEstate, Untold } from '../domain/estate.ts';
import { firstOf } from '../domain/first-of.ts';
import { entryName, type Sifted, siftDifferences } from '../policy/ignored-differences.ts';
import type { Policy } from '../policy/policy.ts';
import type { Subject } from '../policy/select.ts';
import type { InstanceRule, Sighted } from '../rules/instance-rules.ts';

/** What these rules see in the differences; or why there is nothing to put right. */
export function differing(
  rules: readonly InstanceRule[],
  { instance, group, drift }: InstanceEstate,
  subject: Subject,
  policy: Policy,
): { readonly found: readonly Sighted[] } | Ignore {
  if (group === null)
    return ignore(`${instance.id} belongs to no Auto Scaling group: there is no template to compare with`);
  if (drift === null || drift.kind === 'unknown') {
    const why = `${instance.id} could not be compared with its template: ${drift?.why ?? 'it was not read'}`;
    return { ...ignore(why), unread: true };
  }
  const sifted = siftDifferences(drift.differences, subject, policy);
  const found = rules.flatMap((rule) => {
    const seen = [
      ...sifted.counted.map((difference) => rule.byDifference?.(difference) ?? null),
      rule.byDifferences?.(sifted.counted) ?? null,
    ];
    return seen.flatMap((sighting): Sighted[] => (sighting === null ? [] : [{ rule, sighting }]));
  });
  return found.length > 0
    ? { found }
    : ignore(`${instance.id} ${nothingFound(sifted, drift.baseline)}${notCompared(drift.untold ?? [])}`);
}

function nothingFound({ counted, ignored }: Sifted, baseline: string): string {
  if (counted.length > 0) {
    return `differs from its template (${baseline}) only in what was not asked: ${pathsOf(counted)}`;
  }
  if (ignored.length === 0) return `is as its template says (${baseline})`;
  const entries = [...new Set(ignored.map(entryName))].join(', ');
  const paths = pathsOf(ignored.map(({ difference }) => difference));
  return `differs from its template (${baseline}) only in what the policy leaves alone: ${paths} (${entries})`;
}

function notCompared(untold: readonly Untold[]): string {
  const [first] = untold;
  return first === undefined
    ? ''
    : `, but it could not be compared in ${pathsOf(untold)} (${first.path}: ${first.why})`;
}

const MOST = 12;

function pathsOf(differences: readonly { readonly path: string }[]): string {
  return firstOf(
    differences.map(({ path }) => path),
    MOST,
  );
}

/** Lines for people: what differs, what the policy leaves alone of it, and what could not be compared. */
export function driftEvidence(drift: Drift | null, subject: Subject, policy: Policy): readonly string[] {
  if (drift?.kind !== 'compared') return [];
  const { counted, ignored } = siftDifferences(drift.differences, subject, policy);
  const lines = [
    ...counted.map(({ path, expected, found }) => `${path}: ${drift.baseline} says ${expected}, found ${found}`),
    ...ignored.map((it) => `${it.difference.path}: differs, and is left alone by ${entryName(it)}`),
    ...(drift.untold ?? []).map(({ path, why }) => `${path}: not compared, ${why}`),
  ];
  return lines.length > MOST ? [...lines.slice(0, MOST), `and ${lines.length - MOST} lines more`] : lines;
}
