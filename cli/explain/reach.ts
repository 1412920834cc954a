/** Who reaches what, and through which rules: the engine's slices, with those that the same rules open told as one. */
import type { PrefixList, SecurityGroupRule } from '../../src/domain/estate.ts';
import type { Family } from '../../src/net/cidr.ts';
import { type Space, size, union } from '../../src/net/space.ts';
import type { ExposureSettings } from '../../src/policy/policy.ts';
import { exposureOf, type Slice } from '../../src/rules/exposure.ts';

export type Reach = {
  readonly family: Family;
  /** Open to the same rules, so to the same addresses. */
  readonly slices: readonly Slice[];
  /** Widest first, each with the public addresses that it lets through by itself. */
  readonly rules: readonly { readonly rule: SecurityGroupRule; readonly addresses: bigint }[];
  /** Addresses that get through one rule or another; strictly more than the limit is open. */
  readonly addresses: bigint;
  readonly limit: bigint;
};

/** Rules of one direction. What stands open comes first. */
export function reachesOf(
  rules: readonly SecurityGroupRule[],
  prefixLists: readonly PrefixList[],
  settings: ExposureSettings,
): readonly Reach[] {
  // With a limit of none, what anybody at all gets through is open.
  const { open, reaches } = exposureOf(rules, prefixLists, { ...settings, limit: { ipv4: 0n, ipv6: 0n } });
  const alike = new Map<string, Slice[]>();
  for (const slice of open) {
    const key = `${slice.family} ${[...slice.ruleIds].sort().join(' ')}`;
    alike.set(key, [...(alike.get(key) ?? []), slice]);
  }
  const told = [...alike.values()].flatMap((slices): Reach[] => {
    const [first] = slices;
    if (first === undefined) return [];
    const { family, ruleIds } = first;
    const parts = reaches.filter(({ rule }) => ruleIds.includes(rule.id));
    const through = parts.map(({ rule, counted }) => ({ rule, space: counted[family] }));
    return [{ family, slices, limit: settings.limit[family], ...measured(through) }];
  });
  return [...told.filter(isOpen), ...told.filter((reach) => !isOpen(reach))];
}

export function isOpen({ addresses, limit }: Reach): boolean {
  return addresses > limit;
}

function measured(through: readonly { readonly rule: SecurityGroupRule; readonly space: Space }[]) {
  const rules = through.map(({ rule, space }) => ({ rule, addresses: size(space) }));
  const byWidth = (a: bigint, b: bigint) => (a > b ? -1 : a < b ? 1 : 0);
  return {
    rules: rules.sort((a, b) => byWidth(a.addresses, b.addresses)),
    addresses: size(union(...through.map(({ space }) => space))),
  };
}
