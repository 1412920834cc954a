import type { PrefixList, SecurityGroupRule } from '../domain/estate.ts';
import { parseCidr } from '../net/cidr.ts';
import { ALL_PORTS, parseProtocol } from '../net/protocols.ts';
import type { ExposureSettings } from '../policy/policy.ts';
import { type Excused, exposureOf, type Slice } from './exposure.ts';
import { overlaps, prepare } from './protected.ts';
import { reachesOf, trafficOf, widthOf } from './reach.ts';
import { takeOut } from './take-out.ts';

/**
 * "A protected port may not be reached from more of the internet than the limit", and the same for what may be reached
 * from inside. Who opened it does not matter.
 *
 * What is measured is the union over all rules, so halves of the internet and prefix lists count like the whole. The
 * rules are of one direction, and of one group or of all groups of an interface.
 */
export type Openings = {
  /** Rules to revoke, so that what is left is within the limit and none of them could have stayed. */
  readonly offending: readonly SecurityGroupRule[];
  /** The slices that are open, for words. */
  readonly open: readonly Slice[];
};

export type RuleOrder = {
  /** Rule ids that the change named. */
  readonly named: ReadonlySet<string>;
  /** Rule ids at the last clean reading of the group; null when there was none. */
  readonly lastClean: ReadonlySet<string> | null;
};

/**
 * What stands open, and the irredundant set of rules whose revocation closes it: first what the change named, then what
 * is newer than the last clean reading, then the rest.
 */
export function openings(
  rules: readonly SecurityGroupRule[],
  prefixLists: readonly PrefixList[],
  settings: ExposureSettings,
  { named, lastClean }: RuleOrder,
  excused?: Excused,
): Openings {
  const { open, audiences, reaches } = exposureOf(rules, prefixLists, settings, excused);
  const rank = (id: string) => (named.has(id) ? 0 : lastClean !== null && !lastClean.has(id) ? 1 : 2);
  const candidates = reaches.map(({ rule: { id }, sizes }) => ({
    name: id,
    rank: rank(id),
    width: widthOf(sizes, settings.limit),
  }));
  // Never null: every rule that lets somebody in is a candidate.
  const ids = takeOut(candidates, audiences, ({ rule }) => rule.id) ?? [];
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return { offending: ids.flatMap((id) => byId.get(id) ?? []), open };
}

/**
 * Of the rules to revoke, those that still must go when the excused space does not count. Only rules of `offending` are
 * considered, in their order, so that an exemption never makes another rule go instead.
 */
export function stillOffending(
  rules: readonly SecurityGroupRule[],
  prefixLists: readonly PrefixList[],
  settings: ExposureSettings,
  offending: readonly SecurityGroupRule[],
  excused: Excused,
): readonly SecurityGroupRule[] {
  const { audiences } = exposureOf(rules, prefixLists, settings, excused);
  const candidates = offending.map(({ id }, rank) => ({ name: id, rank, width: 0n }));
  const ids = takeOut(candidates, audiences, ({ rule }) => rule.id);
  return ids === null ? offending : offending.filter(({ id }) => ids.includes(id));
}

/** Whether any rule lets any counted address of the internet reach anything protected. Cheaper than to measure. */
export function letsIn(
  rules: readonly SecurityGroupRule[],
  prefixLists: readonly PrefixList[],
  settings: ExposureSettings,
): boolean {
  return reachesOf(rules, prefixLists, settings).length > 0;
}

/** Rules on protected ports of which nobody knows what they let in: a list that could not be read, a source or protocol that is none. */
export function unreadable(
  rules: readonly SecurityGroupRule[],
  prefixLists: readonly PrefixList[],
  settings: ExposureSettings,
): readonly SecurityGroupRule[] {
  return rules.filter((rule) => !isReadable(rule, prefixLists) && mayReach(rule, settings));
}

function isReadable({ protocol, source }: SecurityGroupRule, prefixLists: readonly PrefixList[]): boolean {
  if (parseProtocol(protocol) === null) return false;
  if (source.kind === 'security-group') return true;
  if (source.kind !== 'prefix-list') return parseCidr(source.cidr) !== null;
  const list = prefixLists.find(({ id }) => id === source.id);
  return list?.cidrs.every((cidr) => parseCidr(cidr) !== null) ?? false;
}

/** Whether the rule would reach something protected, were it for everybody. A protocol that is none may be any. */
function mayReach(rule: SecurityGroupRule, settings: ExposureSettings): boolean {
  const traffic = trafficOf(rule) ?? { protocol: 'all', ports: ALL_PORTS };
  return prepare(settings).protects.some((guarded) => overlaps(traffic, guarded));
}
