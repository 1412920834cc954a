/** In words: how an instance differs from its template, path by path, and what the policy leaves alone of it. */

import { subjectOf } from '../../src/decide/instance.ts';
import type { Change } from '../../src/domain/change.ts';
import { type Difference, type Estate, type InstanceEstate, memberOf } from '../../src/domain/estate.ts';
import { clean } from '../../src/notice/plain.ts';
import { wrap } from '../../src/notice/wrap.ts';
import { entryName, type IgnoredDifference, siftDifferences } from '../../src/policy/ignored-differences.ts';
import type { Policy } from '../../src/policy/policy.ts';

/** Where an entry of the policy stands: `policy.yml:84`. */
export type PlaceOf = (path: readonly (string | number)[]) => string;

/** Longer than any tag and any list of security groups. */
const LONGEST = 400;

/** The lines about every instance that was, or could not be, compared; none where nothing was read. */
export function driftWords(change: Change, estates: readonly Estate[], policy: Policy, placeOf: PlaceOf | null) {
  return estates.flatMap((estate) => {
    if (estate.kind !== 'instance' || estate.drift === null) return [];
    return ['', ...ofInstance(change, estate, policy, placeOf)];
  });
}

function ofInstance(
  change: Change,
  estate: InstanceEstate,
  policy: Policy,
  placeOf: PlaceOf | null,
): readonly string[] {
  const { instance, drift } = estate;
  if (drift === null) return [];
  if (drift.kind === 'unknown') {
    return paragraph(`${instance.id} could not be compared with its template: ${drift.why}.`, '  ');
  }
  const { counted, ignored } = siftDifferences(drift.differences, subjectOf(change, estate), policy);
  const untold = (drift.untold ?? []).map(({ path, why }) => `not compared: ${path}, ${why}`);
  const same = untold.length === 0 ? 'It is as the template says.' : 'What was compared is as the template says.';
  const none = drift.differences.length === 0 ? [`    ${same}`] : [];
  return [
    ...paragraph(`${instance.id} against ${drift.baseline}, which it was launched from (- template, + instance)`, '  '),
    ...none,
    ...counted.flatMap((it) => [...paragraph(it.path, '    '), ...sides(it)]),
    ...ignored.flatMap((it) => [...paragraph(leftAlone(it, placeOf), '    '), ...sides(it.difference)]),
    ...untold.flatMap((line) => paragraph(line, '    ')),
    ...behind(estate),
  ];
}

/** A newer version is no difference, but worth knowing. What `$Latest` is by now the file does not say. */
function behind(estate: InstanceEstate): readonly string[] {
  const own = memberOf(estate)?.launchTemplate ?? null;
  const now = estate.group?.launchesFrom.find((it) => it.kind === 'template' && it.id === own?.id);
  if (own === null || now?.kind !== 'template' || now.version === own.version || !/^\d+$/.test(now.version)) return [];
  return paragraph(`Its group launches from version ${now.version} by now, which is no difference.`, '    ');
}

/** One line each: what is compared is short, and user data is a digest already. */
function sides({ expected, found }: Difference): readonly string[] {
  return [`      - ${clean(expected, LONGEST)}`, `      + ${clean(found, LONGEST)}`];
}

function leftAlone(it: IgnoredDifference, placeOf: PlaceOf | null): string {
  const place = placeOf === null ? '' : ` (${placeOf(['ignoredDifferences', it.entry])})`;
  return `${it.difference.path}, left alone by ${entryName(it)}${place}: ${it.reason}`;
}

function paragraph(text: string, indent: string): readonly string[] {
  return wrap(clean(text, LONGEST * 2), indent);
}
