import type { PrefixList, SecurityGroupRule } from '../domain/estate.ts';
import { embeddedIn } from '../net/embedded.ts';
import { spaceOf } from '../net/internet.ts';
import { parseProtocol, portsOf } from '../net/protocols.ts';
import { size, subtract } from '../net/space.ts';
import type { ExposureLimit, ExposureSettings } from '../policy/policy.ts';
import { type Kind, overlaps, prepare, type Spaces, type Traffic } from './protected.ts';

export type Sizes = Readonly<Record<Kind, bigint>>;

/** A rule that lets counted addresses of the internet reach something protected. */
export type Reach = Traffic & {
  readonly rule: SecurityGroupRule;
  /** The rule's addresses without those that never count. */
  readonly counted: Spaces;
  readonly sizes: Sizes;
  /** Its number among those that were found with it. */
  readonly place: number;
};

type Found = Omit<Reach, 'place'>;

/**
 * The rules that matter, by their lowest address and then by id, in whatever order they are read. Prefix lists count
 * with all their entries; rules whose source is another security group let in no address.
 */
export function reachesOf(
  rules: readonly SecurityGroupRule[],
  prefixLists: readonly PrefixList[],
  settings: ExposureSettings,
): Reach[] {
  const { protects, never } = prepare(settings);
  const countedOf = counter(prefixLists, never);
  const found: Found[] = [];
  for (const rule of rules) {
    const traffic = trafficOf(rule);
    if (traffic === null || !protects.some((guarded) => overlaps(traffic, guarded))) continue;
    const counted = countedOf(rule);
    const sizes = sizesOf(counted);
    if (sizes.ipv4 + sizes.ipv6 + sizes.embedded > 0n) found.push({ ...traffic, rule, counted, sizes });
  }
  return found.sort(byAddress).map((reach, place) => ({ ...reach, place }));
}

/** Null when the protocol is none. */
export function trafficOf({ protocol: text, fromPort, toPort }: SecurityGroupRule): Traffic | null {
  const protocol = parseProtocol(text);
  return protocol === null ? null : { protocol, ports: portsOf(protocol, fromPort, toPort) };
}

/** Reads each prefix list once, however many rules name it. */
function counter(prefixLists: readonly PrefixList[], never: Spaces): (rule: SecurityGroupRule) => Spaces {
  const count = (cidrs: readonly string[]): Spaces => {
    const ipv6 = spaceOf('ipv6', cidrs);
    return {
      ipv4: subtract(spaceOf('ipv4', cidrs), never.ipv4),
      ipv6: subtract(ipv6, never.ipv6),
      embedded: subtract(embeddedIn(ipv6), never.embedded),
    };
  };
  const cidrsOf = new Map(prefixLists.map(({ id, cidrs }) => [id, cidrs]));
  const read = new Map<string, Spaces>();
  return ({ source }) => {
    if (source.kind === 'security-group') return count([]);
    if (source.kind !== 'prefix-list') return count([source.cidr]);
    const counted = read.get(source.id) ?? count(cidrsOf.get(source.id) ?? []);
    read.set(source.id, counted);
    return counted;
  };
}

/** Sorted by address, unions have little left to sort. */
function byAddress(a: Found, b: Found): number {
  const [left, right] = [lowest(a), lowest(b)];
  if (left !== right) return left < right ? -1 : 1;
  return a.rule.id < b.rule.id ? -1 : 1;
}

const lowest = ({ counted: { ipv4, ipv6, embedded } }: Found): bigint =>
  (ipv4[0] ?? ipv6[0] ?? embedded[0])?.first ?? 0n;

export const sizesOf = ({ ipv4, ipv6, embedded }: Spaces): Sizes => ({
  ipv4: size(ipv4),
  ipv6: size(ipv6),
  embedded: size(embedded),
});

/** How wide a space is: its addresses relative to the limit of their kind, as a comparable integer. */
export function widthOf({ ipv4, ipv6, embedded }: Sizes, limit: ExposureLimit): bigint {
  return (ipv4 + embedded) * limit.ipv6 + ipv6 * limit.ipv4;
}
