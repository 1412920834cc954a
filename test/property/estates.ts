import fc from 'fast-check';
import type { PrefixList, SecurityGroupEstate, SecurityGroupRule } from '../../src/domain/estate.ts';
import { NOT_INTERNET, spaceOf } from '../../src/net/internet.ts';
import type { ExposureSettings } from '../../src/policy/policy.ts';
import type { Excused } from '../../src/rules/exposure.ts';
import { estateOf, prefixList, rule, sourceOf } from '../unit/rules/perfect.ts';
import { rangeOf } from './oracle.ts';

/** Ranges around the limits of a /8 and a /27, where decisions turn, and any others. */
const v4 = fc.oneof(
  fc.constantFrom('0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '64.0.0.0/2', '8.0.0.0/7', '208.236.235.254/0'),
  fc.constantFrom('8.0.0.0/8', '9.0.0.0/8', '10.0.0.0/8', '0.0.0.0/8', '8.0.0.0/9', '8.128.0.0/9', '9.9.9.9/32'),
  fc.tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 0, max: 14 })).map(([a, b, n]) => `${a}.${b}.0.0/${n}`),
);
const v6 = fc.oneof(
  fc.constantFrom('::/0', '::/1', '8000::/1', '2000::/3', '2600::/26', '2600::/27', '2600:20::/27', '2600::/28'),
  fc.constantFrom(
    '2600:10::/28',
    'fd00::/8',
    '2a00::1/128',
    '2a06:98c0::/29',
    '64:ff9b::/96',
    '64:ff9b::800:0/104',
    '::ffff:0:0/96',
    '::/15',
  ),
  fc.tuple(fc.nat(0xffff), fc.integer({ min: 0, max: 34 })).map(([a, n]) => `${a.toString(16)}::/${n}`),
);
export const cidr = fc.oneof(v4, v6);
const LISTS = ['pl-0', 'pl-1', 'pl-unknown'];

const ports = fc.constantFrom(
  ...[[22, 22] as const, [20, 25] as const, [0, 65535] as const, [23, 3389] as const],
  ...[[5900, 5901] as const, [5901, 5903] as const, [5902, 6000] as const, [5903, 5903] as const],
  ...[[443, 443] as const, [-1, -1] as const, [3389, 3389] as const, [0, 22] as const],
);
const protocol = fc.constantFrom('tcp', 'tcp', 'tcp', '6', 'udp', '-1', '132', 'icmp', '47');
const sourceWith = (range: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 8, arbitrary: range },
    { weight: 2, arbitrary: fc.constantFrom(...LISTS) },
    { weight: 1, arbitrary: fc.constant('sg-0fedcba9876543210') },
  );

const ruleWith = (range: fc.Arbitrary<string>): fc.Arbitrary<Omit<SecurityGroupRule, 'id'>> =>
  fc
    .record({ protocol, ports, source: sourceWith(range), egress: fc.constantFrom(false, false, false, false, true) })
    .map(({ protocol, ports: [fromPort, toPort], source, egress }) =>
      rule('', { protocol, fromPort, toPort, source: sourceOf(source), egress }),
    );

const listsWith = (range: fc.Arbitrary<string>): fc.Arbitrary<readonly PrefixList[]> =>
  fc
    .tuple(fc.array(range, { maxLength: 4 }), fc.array(range, { maxLength: 4 }))
    .map(([a, b]) => [prefixList('pl-0', ...a), prefixList('pl-1', ...b)]);

const estateWith = (range: fc.Arbitrary<string>) =>
  fc.record({ rules: fc.array(ruleWith(range), { maxLength: 7 }), lists: listsWith(range) }).map(({ rules, lists }) =>
    estateOf(
      rules.map((it, index) => ({ ...it, id: `r${index}` })),
      lists,
    ),
  );

/** Groups of up to seven rules, with prefix lists of which one cannot be read. */
export const anyEstate = estateWith(cidr);

const someIds = fc.subarray(['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6']);
export const anyOrder = fc.record({
  named: someIds.map((ids) => new Set(ids)),
  lastClean: fc.option(someIds.map((ids) => new Set(ids))),
});

/** Ranges that do not count, on one port or on all. */
export const anyExcuse = fc
  .record({ port: fc.option(fc.constantFrom(22, 3389, 5901)), ranges: fc.array(cidr, { maxLength: 3 }) })
  .map(
    ({ port, ranges }): Excused =>
      ({ ports, family }) =>
        port === null || (ports.from === port && ports.to === port) ? spaceOf(family, ranges) : [],
  );

/** Groups with IPv4 alone, to be laid out in IPv6. */
export const anyIpv4Estate = estateWith(v4);

/** 2600::/19 is to IPv6 what all of IPv4 is to IPv4: its /27s are the /8s. Nothing in it is special. */
function asIpv6(first: bigint, prefix: number): string {
  const address = (0x2600n << 112n) + (first << 77n);
  const groups = Array.from({ length: 8 }, (_, n) => ((address >> BigInt(112 - 16 * n)) & 0xffffn).toString(16));
  return `${groups.join(':')}/${prefix + 19}`;
}

const laidOut = (text: string): string => asIpv6(rangeOf(text).range.first, Number(text.split('/')[1]));

/** What is special in IPv4 is allowed in IPv6, so that it counts as little there. */
export function toIpv6(estate: SecurityGroupEstate, settings: ExposureSettings) {
  const rules = estate.rules.map((it) =>
    'cidr' in it.source ? { ...it, source: { kind: 'ipv6' as const, cidr: laidOut(it.source.cidr) } } : it,
  );
  const lists = estate.prefixLists.map((list) => ({ ...list, cidrs: list.cidrs.map(laidOut) }));
  return { estate: estateOf(rules, lists), settings: { ...settings, allowedRanges: SPECIAL } };
}

/** The special ranges of IPv4, cut into CIDRs and laid out. */
const SPECIAL: readonly string[] = NOT_INTERNET.ipv4.flatMap(({ first, last }) => {
  const found: string[] = [];
  for (let from = first; from <= last; ) {
    let bits = 0;
    while (from % 2n ** BigInt(bits + 1) === 0n && from + 2n ** BigInt(bits + 1) - 1n <= last) bits++;
    found.push(asIpv6(from, 32 - bits));
    from += 2n ** BigInt(bits);
  }
  return found;
});
