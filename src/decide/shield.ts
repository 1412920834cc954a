import type { NetworkInterface, SecurityGroup, SecurityGroupRule } from '../domain/estate.ts';
import { type Keeper, keeperOf } from '../domain/keepers.ts';
import { isCallOf } from '../policy/keeper-calls.ts';
import { type Case, firstRulesOf, namedBy, namesUnknown } from './case.ts';

/** The service that keeps a group, in words, and the rules that are left to it. */
export type Shield = { readonly by: string | null; readonly covers: (rule: SecurityGroupRule) => boolean };

/**
 * A service that keeps a group shields what it made itself: the rules of the first snapshot that the change does not name, and those
 * that its own call adds. Anybody may add others to the group, and these are closed.
 */
export function shieldOf(
  group: SecurityGroup,
  users: readonly NetworkInterface[] | undefined,
  rules: readonly SecurityGroupRule[],
  given: Case,
): Shield {
  const keeper = keeperOf(group, users);
  if (keeper === null) return { by: null, covers: () => false };
  const { change, context, history } = given;
  const named = namedBy(given, rules);
  const byService = isCallOf(keeper, change.actor, context.account);
  const first = firstRulesOf(given, rules);
  // Where the group was never read, this is the first snapshot. What a record does not name may be any of its rules.
  const isFirst = history.lastReading === null && !namesUnknown(change);
  const isOwn = ({ id }: SecurityGroupRule) => (named.has(id) ? byService : (first?.has(id) ?? isFirst));
  // What a prefix list holds is decided by whoever owns the list.
  return { by: wordsOf(keeper, group), covers: (rule) => rule.source.kind !== 'prefix-list' && isOwn(rule) };
}

function wordsOf({ name, by, groupName }: Keeper, group: SecurityGroup): string {
  const why = by.kind === 'tag' ? `it has the tag ${by.key}` : 'every interface that has it is of that service';
  return `${name} (${why}${groupName.test(group.name) ? ', and its name is of the form that the service uses' : ''})`;
}
