/** Entries of the policy that select by what an event does not say: they may change a decision on an assumed state. */
import type { Decision } from '../../src/domain/decision.ts';
import type { Estate } from '../../src/domain/estate.ts';
import type { Policy, Selector } from '../../src/policy/policy.ts';
import { rulesReached, type SelectorPlace } from '../../src/policy/selector-keys.ts';
import { type Assumption, named } from './assumption.ts';

/** What no CloudTrail record of a change says. A group may be selected by its name. */
const UNKNOWN = ['vpc', 'securityGroup', 'autoScalingGroup', 'tag'] as const satisfies readonly (keyof Selector)[];

type Entry = {
  readonly place: SelectorPlace;
  readonly name: string;
  readonly rules: readonly string[] | null;
  readonly select: Selector | null;
};

function entriesOf({ modes, exemptions, budgets, replaceDespite }: Policy): readonly Entry[] {
  return [
    ...modes.map((it, index) => ({ ...it, place: 'modes' as const, name: `modes[${index}]` })),
    ...exemptions.map((it) => ({ ...it, place: 'exemptions' as const, name: `exemption ${it.id}` })),
    ...budgets.map((it, index) => ({ ...it, rules: it.reasons, place: 'budgets' as const, name: `budgets[${index}]` })),
    ...replaceDespite.map((it, index) => ({
      ...{ place: 'replaceDespite' as const, name: `replaceDespite[${index}]` },
      ...{ rules: null, select: it.select },
    })),
  ];
}

/** None where no entry about these rules selects so. */
export function entriesNotApplied(
  decisions: readonly Decision[],
  estates: readonly Estate[],
  policy: Policy,
): readonly Assumption[] {
  const judged = new Set(decisions.map(({ rule }) => rule));
  const ids = estates.flatMap((estate) => (estate.kind === 'security-group' ? [estate.group.id] : []));
  const names = entriesOf(policy)
    .filter(({ select }) => select !== null && UNKNOWN.some((key) => isUnknown(select, key, ids)))
    .filter(({ place, rules, select }) => rulesReached(select, rules, place).some((rule) => judged.has(rule)))
    .map(({ name }) => name);
  if (names.length === 0) return [];
  const text = `Of the policy, these do not apply, as they select by what the event does not say: ${named(names)}.`;
  return [{ about: 'policy-entries', text }];
}

/** A group that an entry selects by its id is known from the event. */
function isUnknown(select: Selector, key: (typeof UNKNOWN)[number], ids: readonly string[]): boolean {
  if (select[key] === undefined) return false;
  return (
    key !== 'securityGroup' || !select.securityGroup?.every((it) => ids.includes(it) || /^sg-[0-9a-f]+$/u.test(it))
  );
}
