import type { PrefixList, SecurityGroupRule } from '../domain/estate.ts';
import { type Family, parseCidr } from '../net/cidr.ts';
import { NOT_INTERNET, spaceOf } from '../net/internet.ts';
import { type Ports, type Protocol, parseProtocol, portsOf } from '../net/protocols.ts';
import { type Space, size, subtract, union } from '../net/space.ts';
import type { ExposureLimit, ProtectedPorts } from '../policy/policy.ts';

/** A protected protocol and port interval in one address family, inside which the same rules apply throughout. */
export type Slice = {
  readonly name: string;
  readonly protocol: Protocol;
  readonly ports: Ports;
  readonly family: Family;
  /** By rule id: the internet addresses that the rule lets in, allowed ranges taken out. Never empty. */
  readonly reach: ReadonlyMap<string, Space>;
};

/** Address space of a rule that does not count, by slice: exempted ranges. */
export type Excused = (slice: { readonly protocol: Protocol; readonly ports: Ports; readonly family: Family }) => Space;

export type ExposureInput = {
  readonly rules: readonly SecurityGroupRule[];
  readonly prefixLists: readonly PrefixList[];
  readonly protects: readonly ProtectedPorts[];
  readonly allowedRanges: readonly string[];
  readonly excused?: Excused;
};

type Reach = {
  readonly id: string;
  readonly protocol: Protocol;
  readonly ports: Ports;
  /** The rule's addresses without those that never count. */
  readonly counted: Record<Family, Space>;
};
type Interval = { readonly name: string; readonly protocol: Protocol; readonly ports: Ports };

const FAMILIES: readonly Family[] = ['ipv4', 'ipv6'];

/**
 * Cuts what the policy protects at the borders of the rules and says, for each piece, who is let in by which rule.
 * Prefix lists count with all their entries; rules whose source is another security group let in no address.
 */
export function slices(input: ExposureInput): Slice[] {
  const { excused, allowedRanges } = input;
  const never = {
    ipv4: union(NOT_INTERNET.ipv4, spaceOf('ipv4', allowedRanges)),
    ipv6: union(NOT_INTERNET.ipv6, spaceOf('ipv6', allowedRanges)),
  };
  const reaches = input.rules.flatMap((rule) => reachOf(rule, input.prefixLists, never));
  const found: Slice[] = [];
  for (const interval of input.protects.flatMap(intervalsOf)) {
    for (const ports of cut(interval, reaches)) {
      for (const family of FAMILIES) {
        const piece = { ...interval, ports, family };
        const taken = excused === undefined ? [] : union(excused(piece));
        const reach = new Map<string, Space>();
        for (const rule of reaches) {
          if (!covers(rule, piece)) continue;
          const left = subtract(rule.counted[family], taken);
          if (left.length > 0) reach.set(rule.id, left);
        }
        if (reach.size > 0) found.push({ ...piece, reach });
      }
    }
  }
  return found;
}

/** Open means strictly more addresses than the limit, over all rules that are not left out. */
export function isOpen(slice: Slice, limit: ExposureLimit, leftOut: ReadonlySet<string>): boolean {
  return exposureOf(slice, leftOut) > limit[slice.family];
}

function exposureOf(slice: Slice, leftOut: ReadonlySet<string> = new Set()): bigint {
  const spaces = [...slice.reach].filter(([id]) => !leftOut.has(id)).map(([, space]) => space);
  return size(union(...spaces));
}

/** How wide a rule is: its addresses relative to the limit of their family, as a comparable integer. */
export function widthOf(rule: SecurityGroupRule, prefixLists: readonly PrefixList[], limit: ExposureLimit): bigint {
  const space = spaceOfRule(rule, prefixLists);
  return space === null ? 0n : size(space.ipv4) * limit.ipv6 + size(space.ipv6) * limit.ipv4;
}

function reachOf(
  rule: SecurityGroupRule,
  prefixLists: readonly PrefixList[],
  never: Readonly<Record<Family, Space>>,
): Reach[] {
  const protocol = parseProtocol(rule.protocol);
  const ports = protocol === null ? null : portsOf(protocol, rule.fromPort, rule.toPort);
  const space = spaceOfRule(rule, prefixLists);
  if (protocol === null || ports === null || space === null) return [];
  const counted = { ipv4: subtract(space.ipv4, never.ipv4), ipv6: subtract(space.ipv6, never.ipv6) };
  return [{ id: rule.id, protocol, ports, counted }];
}

function spaceOfRule(rule: SecurityGroupRule, prefixLists: readonly PrefixList[]): Record<Family, Space> | null {
  const { source } = rule;
  if (source.kind === 'security-group') return null;
  const cidrs =
    source.kind === 'prefix-list' ? (prefixLists.find((list) => list.id === source.id)?.cidrs ?? []) : [source.cidr];
  const parsed = cidrs.flatMap((text) => parseCidr(text) ?? []);
  const of = (family: Family) =>
    union(parsed.filter((cidr) => cidr.family === family).flatMap((cidr) => [cidr.interval]));
  return { ipv4: of('ipv4'), ipv6: of('ipv6') };
}

const EVERY_PORT: Ports = { from: 0, to: 65535 };

/** `protocols: all` names no ports: it is about rules for all traffic, which open every one. */
function intervalsOf({ name, protocols, ports }: ProtectedPorts): Interval[] {
  if (protocols === 'all') return [{ name, protocol: 'all', ports: EVERY_PORT }];
  return protocols.flatMap((protocol) => ports.map((interval) => ({ name, protocol, ports: interval })));
}

function covers(rule: Reach, interval: Interval): boolean {
  if (rule.protocol !== 'all' && rule.protocol !== interval.protocol) return false;
  return rule.ports.from <= interval.ports.from && rule.ports.to >= interval.ports.to;
}

/** The pieces of an interval between the borders of the rules that overlap it. */
function cut(interval: Interval, rules: readonly Reach[]): Ports[] {
  const { from, to } = interval.ports;
  const starts = new Set([from]);
  for (const { protocol, ports } of rules) {
    if (protocol !== 'all' && protocol !== interval.protocol) continue;
    if (ports.from > from && ports.from <= to) starts.add(ports.from);
    if (ports.to >= from && ports.to < to) starts.add(ports.to + 1);
  }
  const sorted = [...starts].sort((a, b) => a - b);
  return sorted.map((start, index) => ({ from: start, to: (sorted[index + 1] ?? to + 1) - 1 }));
}
