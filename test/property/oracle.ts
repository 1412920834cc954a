/**
 * What is open, told in another way than the engine does it: port by port, rule by rule, with a parser of its own, and
 * by walking over the borders of all ranges while counting how many of them are open. Slow and plain.
 */
import type { PrefixList, SecurityGroupRule } from '../../src/domain/estate.ts';
import type { Family } from '../../src/net/cidr.ts';
import { NOT_INTERNET } from '../../src/net/internet.ts';
import type { Protocol } from '../../src/net/protocols.ts';
import type { ExposureSettings } from '../../src/policy/policy.ts';
import type { Excused } from '../../src/rules/exposure.ts';

type Range = { readonly first: bigint; readonly last: bigint };
const BITS = { ipv4: 32, ipv6: 128 } as const;

function addressOf(text: string): bigint {
  if (!text.includes(':')) return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = [], tail = []] = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const groups = [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail];
  return groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

const parsed = new Map<string, { readonly family: Family; readonly range: Range }>();

export function rangeOf(text: string): { readonly family: Family; readonly range: Range } {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const [address = '', prefix = ''] = text.split('/');
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const size = 2n ** BigInt(BITS[family] - Number(prefix));
  const first = (addressOf(address) / size) * size;
  const result = { family, range: { first, last: first + size - 1n } } as const;
  parsed.set(text, result);
  return result;
}

/** IPv4 that IPv6 writes: of translators, and mapped. */
const EMBEDDING = ['64:ff9b::/96', '0:0:0:0:0:ffff:0:0/96'].map((text) => rangeOf(text).range);
const KINDS = ['ipv4', 'ipv6', 'embedded'] as const;
type Kind = (typeof KINDS)[number];

function rangesOf(kind: Kind, cidrs: readonly string[]): readonly Range[] {
  return cidrs.flatMap((text) => {
    const { family, range } = rangeOf(text);
    if (kind !== 'embedded') return family === kind ? [range] : [];
    if (family === 'ipv4') return [];
    return EMBEDDING.filter((block) => range.first <= block.last && block.first <= range.last).map((block) =>
      range.first <= block.first ? block : range,
    );
  });
}

const embedding = (ranges: readonly Range[]): readonly Range[] =>
  EMBEDDING.flatMap((block) =>
    ranges.map(({ first, last }) => ({ first: block.first + first, last: block.first + last })),
  );

/** What never counts, whatever is excused. */
function neverOf(kind: Kind, allowed: readonly string[]): readonly Range[] {
  if (kind !== 'embedded') return [...NOT_INTERNET[kind], ...rangesOf(kind, allowed)];
  return [...embedding([...NOT_INTERNET.ipv4, ...rangesOf('ipv4', allowed)]), ...rangesOf('ipv6', allowed)];
}

/** How many addresses are in some of the ranges and in none of what is taken. */
function measure(ranges: readonly Range[], taken: readonly Range[]): bigint {
  const borders = [
    ...ranges.flatMap(({ first, last }) => [
      { at: first, in: 1, out: 0 },
      { at: last + 1n, in: -1, out: 0 },
    ]),
    ...taken.flatMap(({ first, last }) => [
      { at: first, in: 0, out: 1 },
      { at: last + 1n, in: 0, out: -1 },
    ]),
  ].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  let [sum, at, inside, outside] = [0n, 0n, 0, 0];
  for (const border of borders) {
    if (inside > 0 && outside === 0) sum += border.at - at;
    at = border.at;
    inside += border.in;
    outside += border.out;
  }
  return sum;
}

const NUMBERS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58 };

function lets(rule: SecurityGroupRule, protocol: Protocol, port: number): boolean {
  if (rule.protocol === '-1') return true;
  const own = NUMBERS[rule.protocol] ?? Number(rule.protocol);
  if (own !== protocol) return false;
  if (own === 1 || own === 58) return rule.fromPort === -1 || rule.fromPort === port;
  return (own !== 6 && own !== 17) || rule.fromPort === -1 || (rule.fromPort <= port && port <= rule.toPort);
}

type World = {
  readonly rules: readonly SecurityGroupRule[];
  readonly prefixLists: readonly PrefixList[];
  readonly settings: ExposureSettings;
  readonly excused?: Excused;
};

export type Oracle = {
  /** Whether any protected port is open to more than the limit, by these of the rules. */
  isOpen(ids: ReadonlySet<string>): boolean;
  /** Whether one is that the rule lets somebody in to. */
  isOpenFor(id: string, ids: ReadonlySet<string>): boolean;
  /** How many addresses the rule lets in, measured by the limits of their families. */
  widthOf(id: string): bigint;
};

const limitOf = ({ limit }: ExposureSettings, kind: Kind): bigint => (kind === 'ipv6' ? limit.ipv6 : limit.ipv4);

/** Remembers what it measured. */
export function oracleOf({ rules, prefixLists, settings, excused }: World): Oracle {
  const cidrsOf = ({ source }: SecurityGroupRule): readonly string[] => {
    if (source.kind === 'security-group') return [];
    if (source.kind === 'prefix-list') return prefixLists.find(({ id }) => id === source.id)?.cidrs ?? [];
    return [source.cidr];
  };
  const never = (kind: Kind) => neverOf(kind, settings.allowedRanges);
  const fixed = { ipv4: never('ipv4'), ipv6: never('ipv6'), embedded: never('embedded') };
  const spots = pointsOf(settings).flatMap(({ protocol, port }) => {
    const ports = protocol === 'all' ? { from: 0, to: 65535 } : { from: port, to: port };
    const letIn = rules.filter((rule) => lets(rule, protocol, port));
    return KINDS.map((kind) => {
      const more = excused?.({ protocol, ports, family: kind === 'ipv4' ? 'ipv4' : 'ipv6' }) ?? [];
      return {
        kind,
        letIn,
        taken: [...fixed[kind], ...more],
        excuse: excused === undefined ? '' : `${protocol} ${port}`,
      };
    });
  });
  const known = new Map<string, bigint>();
  const measured = ({ kind, taken, excuse }: (typeof spots)[number], by: readonly SecurityGroupRule[]): bigint => {
    if (by.length === 0) return 0n;
    const key = `${kind} ${excuse} ${by.map(({ id }) => id)}`;
    const addresses = known.get(key) ?? measure(rangesOf(kind, by.flatMap(cidrsOf)), taken);
    known.set(key, addresses);
    return addresses;
  };
  const isOpenAt = (spot: (typeof spots)[number], ids: ReadonlySet<string>) =>
    measured(
      spot,
      spot.letIn.filter(({ id }) => ids.has(id)),
    ) > limitOf(settings, spot.kind);
  return {
    isOpen: (ids) => spots.some((spot) => isOpenAt(spot, ids)),
    isOpenFor: (id, ids) =>
      spots.some(
        (spot) =>
          measured(
            spot,
            spot.letIn.filter((rule) => rule.id === id),
          ) > 0n && isOpenAt(spot, ids),
      ),
    widthOf: (id) => {
      const cidrs = rules.filter((rule) => rule.id === id).flatMap(cidrsOf);
      const of = (kind: Kind) => measure(rangesOf(kind, cidrs), fixed[kind]);
      return (of('ipv4') + of('embedded')) * settings.limit.ipv6 + of('ipv6') * settings.limit.ipv4;
    },
  };
}

type Point = { readonly protocol: Protocol; readonly port: number };

/** Every protected protocol and port, one by one. */
function pointsOf({ protects }: ExposureSettings): readonly Point[] {
  return protects.flatMap(({ protocols, ports }): readonly Point[] => {
    if (protocols === 'all') return [{ protocol: 'all', port: 0 }];
    const each = ports.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, n) => from + n));
    return protocols.flatMap((protocol) => each.map((port) => ({ protocol, port })));
  });
}

export const idsOf = (rules: readonly { readonly id: string }[]): ReadonlySet<string> =>
  new Set(rules.map(({ id }) => id));

export const without = <T>(all: ReadonlySet<T>, gone: Iterable<T>): ReadonlySet<T> => {
  const rest = new Set(all);
  for (const it of gone) rest.delete(it);
  return rest;
};
