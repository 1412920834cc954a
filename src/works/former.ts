import type { Finding, PutBack } from '../domain/decision.ts';
import type { SecurityGroupRule } from '../domain/estate.ts';

/** What was there before the change, for the record of the act that answers it. A rule that goes has no id to be changed back. */
export function formerIn({ putBack }: Finding): { readonly former?: PutBack } {
  if (putBack === undefined) return {};
  return { former: putBack.action === 'modify-rules' ? { ...putBack, action: 'authorize-rules' } : putBack };
}

/** Characters of JSON for the tags of all rules of an act: a rule may have 50, and whoever made it chose them. */
const TAGS_KEPT = 200_000;

/** The rules as the record of an act has them: what is written before the act must not delay it. */
export function recordable(rules: readonly SecurityGroupRule[]): readonly SecurityGroupRule[] {
  let left = TAGS_KEPT;
  return rules.map((rule) => {
    const { tags, ...rest } = rule;
    left -= tags === undefined ? 0 : JSON.stringify(tags).length;
    return tags === undefined || left >= 0 ? rule : { ...rest, tagsLeftOut: true };
  });
}
