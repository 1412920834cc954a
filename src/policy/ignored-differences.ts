import type { Difference } from '../domain/estate.ts';
import { fitsPath } from './difference-paths.ts';
import type { Policy } from './policy.ts';
import { matches, type SelectOptions, type Subject } from './select.ts';
import { keysFor } from './selector-keys.ts';

/** A difference that the policy leaves alone, and the entry of `ignoredDifferences` that says so. */
export type IgnoredDifference = {
  readonly difference: Difference;
  readonly entry: number;
  readonly reason: string;
};

export type Sifted = { readonly counted: readonly Difference[]; readonly ignored: readonly IgnoredDifference[] };

const SELECTION: SelectOptions = { keys: keysFor('differs-from-template', 'ignoredDifferences'), vpcs: 'every' };

/** Parts what counts from what is left alone. An entry of which it cannot be told whether it applies leaves nothing alone. */
export function siftDifferences(differences: readonly Difference[], subject: Subject, policy: Policy): Sifted {
  const applies = policy.ignoredDifferences.map(({ select }) => matches(select, subject, SELECTION) === 'yes');
  const entryFor = ({ path }: Difference) =>
    policy.ignoredDifferences.findIndex(
      ({ paths }, index) => applies[index] === true && paths.some((it) => fitsPath(it, path)),
    );
  const judged = differences.map((difference) => ({ difference, entry: entryFor(difference) }));
  return {
    counted: judged.filter(({ entry }) => entry < 0).map(({ difference }) => difference),
    ignored: judged
      .filter(({ entry }) => entry >= 0)
      .map((it) => ({ ...it, reason: policy.ignoredDifferences[it.entry]?.reason ?? '' })),
  };
}

/** As a path into `policy.yml`. */
export function entryName({ entry }: IgnoredDifference): string {
  return `ignoredDifferences[${entry}]`;
}
