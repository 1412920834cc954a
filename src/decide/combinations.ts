/** Which interfaces are looked at, and what their groups let in together. */
import type { Decision } from '../domain/decision.ts';
import type { GroupWithRules, NetworkInterface, PrefixList, SecurityGroupEstate } from '../domain/estate.ts';
import { type Openings, openings, stillOffending } from '../rules/openings.ts';
import { type Case, lastCleanOf, NO_ORDER, namedBy, rulesOf, type Side } from './case.ts';
import { listenersOf } from './excused.ts';
import { usersOf } from './exposure.ts';
import { type Combination, judgeOpen } from './together.ts';
import { comboKey, Users } from './users.ts';

/** The combinations that a group is part of. `rest`: the group without what it opens by itself. */
export function judgeNeighbours(
  side: Side,
  estate: SecurityGroupEstate,
  rest: GroupWithRules,
  given: Case,
): readonly Decision[] {
  const { surroundings, prefixLists } = estate;
  if (surroundings === null) return [];
  const groups = [rest, ...surroundings.neighbours.map((group) => withoutOwn(side, group, prefixLists))];
  const lastClean = lastCleanOf(given, estate.rules);
  const unchanged = surroundings.neighbours.flatMap(({ rules }) => rules.map(({ id }) => id));
  const before = lastClean === null ? null : new Set([...lastClean, ...unchanged]);
  const places = new Map(groups.map(({ group }, place) => [group.id, place]));
  const users = new Users(surroundings.interfaces);
  const combinations = combinationsOf(usersOf(estate) ?? []).map((interfaces): Combination => {
    const ids = interfaces[0]?.groupIds ?? [];
    const on = ids.flatMap((id) => places.get(id) ?? []).sort((a, b) => a - b);
    return {
      interfaces,
      groups: on.flatMap((place) => groups[place] ?? []),
      prefixLists,
      users,
      attached: null,
      before,
    };
  });
  const looked = combinations.map((combination) => ({ combination, found: look(side, combination, given) }));
  const open = looked.filter(({ found }) => found.offending.length > 0);
  const openIds = new Set(open.flatMap(({ combination }) => combination.interfaces.map(({ id }) => id)));
  return open.flatMap(({ combination, found }) => judgeOpen(side, combination, found, openIds, given));
}

/** One interface whose groups were set. */
export function judgeInterface(side: Side, combination: Combination, given: Case): readonly Decision[] {
  const found = look(side, combination, given);
  if (found.offending.length === 0) return [];
  const ids = new Set(combination.interfaces.map(({ id }) => id));
  return judgeOpen(side, combination, found, ids, given);
}

/** A group without the rules that go for what it opens by itself. */
export function withoutOwn(side: Side, group: GroupWithRules, prefixLists: readonly PrefixList[]): GroupWithRules {
  const own = openings(rulesOf(side, group), prefixLists, side.settings, NO_ORDER).offending;
  return { ...group, rules: group.rules.filter((rule) => !own.includes(rule)) };
}

function combinationsOf(interfaces: readonly NetworkInterface[]): readonly (readonly NetworkInterface[])[] {
  const byGroups = new Map<string, NetworkInterface[]>();
  for (const one of [...interfaces].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (one.groupIds.length < 2) continue;
    const key = comboKey(one.groupIds);
    const alike = byGroups.get(key);
    if (alike === undefined) byGroups.set(key, [one]);
    else alike.push(one);
  }
  return [...byGroups.values()];
}

/** Where groups were attached, their rules are newer there than what the other groups have, and go first. */
function olderOf({ before, attached, groups }: Combination): ReadonlySet<string> | null {
  if (before === null || attached === null) return before;
  const ofAttached = groups.filter(({ group }) => attached.has(group.id)).flatMap(({ rules }) => rules);
  const newer = new Set(ofAttached.map(({ id }) => id));
  return new Set([...before].filter((id) => !newer.has(id)));
}

function look(side: Side, combination: Combination, given: Case): Openings {
  const { groups, prefixLists, interfaces } = combination;
  const rules = groups.flatMap((group) => rulesOf(side, group));
  const order = { named: namedBy(given, rules), lastClean: olderOf(combination) };
  const found = openings(rules, prefixLists, side.settings, order, combination.excused);
  const listeners = listenersOf(side, given.policy.internet.loadBalancers, interfaces);
  if (listeners.kind !== 'only') return found;
  const offending = stillOffending(rules, prefixLists, side.settings, found.offending, listeners.excused);
  return { ...found, offending };
}
