import type { GroupWithRules, PrefixList } from '../domain/estate.ts';
import { union } from '../net/space.ts';
import type { ExposureSettings } from '../policy/policy.ts';
import { type Excused, exposureOf } from './exposure.ts';
import type { Kind } from './protected.ts';
import { type Reach, type Sizes, sizesOf, widthOf } from './reach.ts';
import { takeOut } from './take-out.ts';

/**
 * The irredundant set of groups, out of those that were attached, whose removal from an interface brings the rest of its
 * groups together within the limit; the widest first, then by id.
 * @param groups every group of the interface, with its rules of one direction
 * @returns none when the interface is within the limit; null when it cannot be done with a group left
 */
export function groupsToDetach(
  groups: readonly GroupWithRules[],
  prefixLists: readonly PrefixList[],
  settings: ExposureSettings,
  attached: ReadonlySet<string>,
  excused?: Excused,
): readonly string[] | null {
  const rules = groups.flatMap((group) => group.rules);
  const groupOf = new Map(groups.flatMap(({ group, rules }) => rules.map(({ id }) => [id, group.id])));
  const { audiences, reaches } = exposureOf(rules, prefixLists, settings, excused);
  const candidates = groups
    .filter(({ group }) => attached.has(group.id))
    .map(({ group: { id } }) => {
      const own = reaches.filter(({ rule }) => groupOf.get(rule.id) === id);
      return { name: id, rank: 0, width: widthOf(together(own), settings.limit) };
    });
  const out = takeOut(candidates, audiences, ({ rule }) => groupOf.get(rule.id));
  // All of them go only where each would be too much alone, as the first that is put back meets no other.
  return out?.length === groups.length && groups.length > 0 ? null : out;
}

function together(reaches: readonly Reach[]): Sizes {
  const all = (kind: Kind) => union(...reaches.map(({ counted }) => counted[kind]));
  return sizesOf({ ipv4: all('ipv4'), ipv6: all('ipv6'), embedded: all('embedded') });
}
