import fc from 'fast-check';
import type { PrefixList, SecurityGroupRule } from '../../src/domain/estate.ts';
import { estateOf, prefixList, rule, sourceOf } from '../unit/rules/perfect.ts';

/** Ranges around the limits of a /8 and a /27, where decisions turn, and any others. */
const v4 = fc.oneof(
  fc.constantFrom('0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '64.0.0.0/2', '8.0.0.0/7', '208.236.235.254/0'),
  fc.constantFrom('8.0.0.0/8', '9.0.0.0/8', '10.0.0.0/8', '0.0.0.0/8', '8.0.0.0/9', '8.128.0.0/9', '9.9.9.9/32'),
  fc.tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 0, max: 14 })).map(([a, b, n]) => `${a}.${b}.0.0/${n}`),
);
const v6 = fc.oneof(
  fc.constantFrom('::/0', '::/1', '8000::/1', '2000::/3', '2600::/26', '2600::/27', '2600:20::/27', '2600::/28'),
  fc.constantFrom('2600:10::/28', 'fd00::/8', '2a00::1/128', '2a06:98c0::/29'),
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
const source = fc.oneof(
  { weight: 8, arbitrary: cidr },
  { weight: 2, arbitrary: fc.constantFrom(...LISTS) },
  { weight: 1, arbitrary: fc.constant('sg-0fedcba9876543210') },
);

const anyRule: fc.Arbitrary<Omit<SecurityGroupRule, 'id'>> = fc
  .record({ protocol, ports, source, egress: fc.constantFrom(false, false, false, false, true) })
  .map(({ protocol, ports: [fromPort, toPort], source, egress }) =>
    rule('', { protocol, fromPort, toPort, source: sourceOf(source), egress }),
  );

const lists: fc.Arbitrary<readonly PrefixList[]> = fc
  .tuple(fc.array(cidr, { maxLength: 4 }), fc.array(cidr, { maxLength: 4 }))
  .map(([a, b]) => [prefixList('pl-0', ...a), prefixList('pl-1', ...b)]);

/** Groups of up to seven rules, with prefix lists of which one cannot be read. */
export const anyEstate = fc.record({ rules: fc.array(anyRule, { maxLength: 7 }), lists }).map(({ rules, lists }) =>
  estateOf(
    rules.map((it, index) => ({ ...it, id: `r${index}` })),
    lists,
  ),
);

const someIds = fc.subarray(['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6']);
export const anyOrder = fc.record({
  named: someIds.map((ids) => new Set(ids)),
  lastClean: fc.option(someIds.map((ids) => new Set(ids))),
});
