import type { PrefixList, SecurityGroupRule } from '../domain/estate.ts';
import { networkOf } from '../net/cidr.ts';
import type { ExposureSettings } from '../policy/policy.ts';
import { exposureOf } from './exposure.ts';
import { widthOf } from './reach.ts';
import { takeOut } from './take-out.ts';

export type EntryOrder = {
  /** CIDRs that the change added. */
  readonly added: ReadonlySet<string>;
  /** CIDRs of the list at the last clean reading; null when there was none. */
  readonly before: ReadonlySet<string> | null;
};

type Rules = { readonly rules: readonly SecurityGroupRule[] };

/**
 * The irredundant set of entries of one list whose removal brings each of the groups within the limit: first what the
 * change added, then what is newer than the last clean reading, then the rest; inside each the widest first, then by text.
 * Each group is judged by itself; its rules are of one direction.
 * @returns no CIDRs when every group is within the limit; null when removing entries of this list cannot bring all there
 */
export function entriesToRemove(
  groups: readonly Rules[],
  list: PrefixList,
  prefixLists: readonly PrefixList[],
  settings: ExposureSettings,
  order: EntryOrder,
): { readonly cidrs: readonly string[] } | null {
  const entryOf = new Map<string, string>();
  const exposures = groups.map(({ rules }) => {
    const expanded = rules.flatMap((rule) => expand(rule, list, entryOf));
    return exposureOf(expanded, prefixLists, settings);
  });
  const rank = ranking(order);
  const widths = new Map<string, bigint>();
  for (const { rule, sizes } of exposures.flatMap(({ reaches }) => reaches)) {
    const entry = entryOf.get(rule.id);
    if (entry !== undefined) widths.set(entry, widthOf(sizes, settings.limit));
  }
  const candidates = [...widths].map(([name, width]) => ({ name, rank: rank(name), width }));
  const audiences = exposures.flatMap((exposure) => exposure.audiences);
  const cidrs = takeOut(candidates, audiences, ({ rule }) => entryOf.get(rule.id));
  return cidrs === null ? null : { cidrs };
}

/** A rule that names the list, as one rule for each entry: then an entry is measured as a rule is. */
function expand(rule: SecurityGroupRule, list: PrefixList, entryOf: Map<string, string>): SecurityGroupRule[] {
  if (rule.source.kind !== 'prefix-list' || rule.source.id !== list.id) return [rule];
  return list.cidrs.map((cidr) => {
    const id = `${rule.id} ${cidr}`;
    entryOf.set(id, cidr);
    return { ...rule, id, source: { kind: cidr.includes(':') ? 'ipv6' : 'ipv4', cidr } };
  });
}

/** An event and a reading may spell one range differently: they are compared by their networks. */
function ranking({ added, before }: EntryOrder): (cidr: string) => number {
  const network = (cidr: string) => networkOf(cidr) ?? cidr;
  const [isNew, known] = [new Set([...added].map(network)), before && new Set([...before].map(network))];
  return (cidr) => (isNew.has(network(cidr)) ? 0 : known !== null && !known.has(network(cidr)) ? 1 : 2);
}
