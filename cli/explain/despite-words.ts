/** In words: which entries of the policy let an instance be replaced despite of something. */
import { subjectOf } from '../../src/decide/instance.ts';
import type { Change } from '../../src/domain/change.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { Estate, InstanceEstate } from '../../src/domain/estate.ts';
import { clean } from '../../src/notice/plain.ts';
import { wrap } from '../../src/notice/wrap.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { despiteFor } from '../../src/policy/replace-despite.ts';
import type { PlaceOf } from './drift-words.ts';

type Asked = {
  readonly change: Change;
  readonly estates: readonly Estate[];
  readonly decisions: readonly Decision[];
  readonly policy: Policy;
  readonly placeOf: PlaceOf | null;
};

const LONGEST = 800;

/** The lines about every instance with a finding; none where no entry is about it. */
export function despiteWords({ change, estates, decisions, policy, placeOf }: Asked): readonly string[] {
  if (decisions.every(({ kind }) => kind === 'ignore')) return [];
  return estates.flatMap((estate) => {
    const lines = estate.kind === 'instance' ? ofInstance(change, estate, policy, placeOf) : [];
    return lines.length === 0 ? [] : ['', ...lines];
  });
}

function ofInstance(
  change: Change,
  estate: InstanceEstate,
  policy: Policy,
  placeOf: PlaceOf | null,
): readonly string[] {
  const lifted = Object.entries(despiteFor(subjectOf(change, estate), policy));
  return policy.replaceDespite.flatMap(({ reason }, entry) => {
    const words = lifted.filter(([, it]) => it.entry === entry).map(([word]) => word);
    if (words.length === 0) return [];
    const place = placeOf === null ? '' : ` (${placeOf(['replaceDespite', entry])})`;
    const text = `${estate.instance.id} is not held for ${words.join(', ')}, by replaceDespite[${entry}]${place}: ${reason}`;
    return wrap(clean(text, LONGEST), '  ');
  });
}
