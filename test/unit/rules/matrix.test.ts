import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PrefixList } from '../../../src/domain/estate.ts';
import type { ExposureSettings, ProtectedPorts } from '../../../src/policy/policy.ts';
import type { Excused } from '../../../src/rules/exposure.ts';
import { openings } from '../../../src/rules/openings.ts';
import { prefixList, rulesOf, SETTINGS } from './perfect.ts';

/** Ranges in a file, one a line, `#` begins a comment. */
const rangesIn = (path: string): readonly string[] =>
  readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');

const CLOUDFLARE = rangesIn('ranges/cloudflare.txt');
const FASTLY = rangesIn('ranges/fastly.txt');
const REGION_10M = rangesIn('test/fixtures/ranges/cloud-region-10m.txt');
const REGION_18M = rangesIn('test/fixtures/ranges/cloud-region-18m.txt');

/** Lists that rows name. `pl-unknown` could not be read. */
const LISTS: readonly PrefixList[] = [
  prefixList('pl-world', '10.0.0.0/8', '0.0.0.0/0'),
  prefixList('pl-world6', '::/0'),
  prefixList('pl-both', '0.0.0.0/0', '::/0'),
  prefixList('pl-halves', '0.0.0.0/1', '128.0.0.0/1'),
  prefixList('pl-office', '198.51.100.0/24', '52.94.76.0/24'),
  prefixList('pl-widened', '52.94.76.0/24', '52.0.0.0/7'),
  prefixList('pl-empty'),
  prefixList('pl-eight', '8.0.0.0/8'),
  prefixList('pl-nine', '9.0.0.0/8'),
  prefixList('pl-half-list', '8.0.0.0/8', 'nonsense', '9.0.0.0/9'),
  {
    ...prefixList('pl-cloudfront', '120.52.22.96/27', '13.32.0.0/15', '52.84.0.0/15', '2600:9000::/28'),
    ownerId: 'AWS',
  },
];

const fan = (rule: string, count: number, cidr: (n: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${rule} ${cidr(n)}`);
const twelfths = (count: number) => fan('tcp 22', count, (n) => `9.${n * 16}.0.0/12`);

const protect = (...protects: readonly ProtectedPorts[]) => ({ protects });
const PING = protect({
  name: 'ping',
  protocols: [1, 58],
  ports: [
    { from: 8, to: 8 },
    { from: 128, to: 128 },
  ],
});
const EVERY_PROTOCOL = protect({ name: 'GRE', protocols: [47, 132, 136], ports: [{ from: 22, to: 22 }] });
const HTTPS = protect({
  name: 'web',
  protocols: [6],
  ports: [
    { from: 80, to: 80 },
    { from: 443, to: 443 },
  ],
});
const ZERO = protect({ name: 'zero', protocols: [6], ports: [{ from: 0, to: 0 }] });
const ALL_ONLY = protect({ name: 'all traffic', protocols: 'all', ports: [] });

/** Listeners on 443 are meant to be public: the whole world is excused there. */
const LISTENER: Excused = ({ ports, protocol, family }) =>
  protocol === 6 && ports.from === 443 && ports.to === 443
    ? [{ first: 0n, last: (1n << (family === 'ipv4' ? 32n : 128n)) - 1n }]
    : [];

type Row = readonly [
  name: string,
  /** `protocol ports source`, with the ids a, b, c, … */
  rules: readonly string[],
  /** Ids that are revoked; none: everything is kept. */
  revoked: string,
  /** Where the row differs from the preset policy. */
  deviation?: Partial<ExposureSettings> & {
    readonly excused?: Excused;
    readonly named?: string;
    readonly egress?: true;
  },
];

const WIDE: readonly Row[] = [
  ['the world', ['tcp 22 0.0.0.0/0'], 'a'],
  ['the world of IPv6 alone', ['tcp 22 ::/0'], 'a'],
  ['both worlds', ['tcp 22 0.0.0.0/0', 'tcp 22 ::/0'], 'ab'],
  ['the world with host bits', ['tcp 22 208.236.235.254/0'], 'a'],
  ['the world of IPv6 with host bits', ['tcp 22 2001:db8::1/0'], 'a'],
  ['the first /16 is not the world', ['tcp 22 0.0.0.0/16'], ''],
  ['host bits in a narrow range', ['tcp 22 52.94.76.99/24'], ''],
  ['one /8', ['tcp 22 8.0.0.0/8'], ''],
  ['one /8 twice', ['tcp 22 8.0.0.0/8', 'tcp 20-25 8.0.0.0/8'], ''],
  ['one /8 with host bits, twice', ['tcp 22 8.1.2.3/8', 'tcp 22 8.4.5.6/8'], ''],
  ['one /8 and one address more: the /8 is wider', ['tcp 22 8.0.0.0/8', 'tcp 22 9.9.9.9/32'], 'a'],
  ['two /8s, of which one may stay', ['tcp 22 8.0.0.0/8', 'tcp 22 9.0.0.0/8'], 'a'],
  ['two /8s, of which the change named the other', ['tcp 22 8.0.0.0/8', 'tcp 22 9.0.0.0/8'], 'b', { named: 'b' }],
  ['a /7', ['tcp 22 8.0.0.0/7'], 'a'],
  ['halves', ['tcp 22 0.0.0.0/1', 'tcp 22 128.0.0.0/1'], 'ab'],
  ['quarters', fan('tcp 22', 4, (n) => `${n * 64}.0.0.0/2`), 'abcd'],
  ['a fan of /8s: all but one', fan('tcp 22', 5, (n) => `${11 + n}.0.0.0/8`), 'abcd'],
  ['a fan of /8s with a private one inside', fan('tcp 22', 3, (n) => `${9 + n}.0.0.0/8`), 'a'],
  ['a /8 and the private one', ['tcp 22 9.0.0.0/8', 'tcp 22 10.0.0.0/8'], ''],
  ['a /7 of which half is private', ['tcp 22 10.0.0.0/7'], ''],
  ['overlapping ranges count once', ['tcp 22 8.0.0.0/8', 'tcp 22 8.0.0.0/9', 'tcp 22 8.8.8.0/24'], ''],
  ['overlapping ranges that stick out', ['tcp 22 8.0.0.0/8', 'tcp 22 8.128.0.0/9', 'tcp 22 9.0.0.0/10'], 'a'],
  ['a /9 and nine /12s: one goes', ['tcp 22 8.0.0.0/9', ...twelfths(9)], 'b', { named: 'bcdefghij' }],
  ['a /9 and eight /12s: exactly the limit', ['tcp 22 8.0.0.0/9', ...twelfths(8)], '', { named: 'bcdefghi' }],
  ['a /9 and ten /12s: two go', ['tcp 22 8.0.0.0/9', ...twelfths(10)], 'bc', { named: 'bcdefghijk' }],
  ['multicast and what is reserved', ['tcp 22 224.0.0.0/3'], ''],
  ['private space', ['tcp 22 10.0.0.0/8', 'tcp 22 172.16.0.0/12', 'tcp 22 192.168.0.0/16'], ''],
  ['an office', ['tcp 22 52.94.76.0/24'], ''],
  ['the world beside the office', ['tcp 22 52.94.76.0/24', 'tcp 22 0.0.0.0/0'], 'b'],
];

const IPV6: readonly Row[] = [
  ['a /26', ['tcp 22 2600::/26'], 'a'],
  ['a /27', ['tcp 22 2600::/27'], ''],
  ['a /27 and one address more', ['tcp 22 2600::/27', 'tcp 22 2a00::1/128'], 'a'],
  ['all that is allocated', ['tcp 22 2000::/3'], 'a'],
  ['half of all', ['tcp 22 8000::/1'], 'a'],
  ['halves', ['tcp 22 ::/1', 'tcp 22 8000::/1'], 'ab'],
  ['a fan of /27s: all but one', fan('tcp 22', 4, (n) => `26${n}0::/27`), 'abc'],
  ['a fan of /16s', fan('tcp 22', 3, (n) => `2${n}00::/16`), 'abc'],
  ['fourteen /32s', fan('tcp 22', 14, (n) => `2a0${n.toString(16)}:1::/32`), ''],
  ['thirty-two /32s are a /27', fan('tcp 22', 32, (n) => `2a00:${(n * 2).toString(16)}::/32`), ''],
  ['a /8 and a /27: each family by itself', ['tcp 22 8.0.0.0/8', 'tcp 22 2600::/27'], ''],
  ['unique local', ['tcp 22 fd00::/64', '-1 fc00::/7'], ''],
  ['link-local and multicast', ['tcp 22 fe80::/10', 'tcp 22 ff00::/8'], ''],
  ['site-local, which is nothing special any more', ['tcp 22 fec0::/10'], 'a'],
  ['6to4', ['tcp 22 2002::/16'], 'a'],
  ['mapped: all of IPv4', ['tcp 22 ::ffff:0:0/96'], 'a'],
  ['mapped, with dots', ['tcp 22 ::ffff:0.0.0.0/96'], 'a'],
  ['mapped: a /8 of IPv4', ['tcp 22 ::ffff:8.0.0.0/104'], ''],
  ['mapped: a /8, and another /8 of it', ['tcp 22 ::ffff:8.0.0.0/104', 'tcp 22 ::ffff:9.0.0.0/104'], 'a'],
  ['mapped: a /8, and a private one', ['tcp 22 ::ffff:10.0.0.0/104', 'tcp 22 ::ffff:9.0.0.0/104'], ''],
  ['translated: all of IPv4', ['tcp 22 64:ff9b::/96'], 'a'],
  ['translated: all of IPv4, inside a range that is narrow', ['tcp 22 64:ff9b::/32'], 'a'],
  ['translated: one address', ['tcp 22 64:ff9b::808:808/128'], ''],
];

const TRAFFIC: readonly Row[] = [
  ['all traffic', ['-1 0.0.0.0/0'], 'a'],
  ['all traffic of IPv6', ['-1 ::/0'], 'a'],
  ['all traffic that names ports 0 to 0', ['-1 0 0.0.0.0/0'], 'a'],
  ['all traffic that names port 443', ['-1 443 0.0.0.0/0'], 'a'],
  ['all traffic from private space', ['-1 10.0.0.0/8'], ''],
  ['ports 0-65535', ['tcp 0-65535 0.0.0.0/0'], 'a'],
  ['ports 20-30', ['tcp 20-30 0.0.0.0/0'], 'a'],
  ['ports that end at the protected one', ['tcp 1-22 0.0.0.0/0'], 'a'],
  ['ports that start at it', ['tcp 22-30 0.0.0.0/0'], 'a'],
  ['port 0 is not all ports', ['tcp 0 0.0.0.0/0'], ''],
  ['port 0 where it is protected', ['tcp 0 0.0.0.0/0'], 'a', ZERO],
  ['ports left out are all', ['tcp 0.0.0.0/0'], 'a'],
  ['ports around it', ['tcp 0-21 0.0.0.0/0', 'tcp 23-3388 0.0.0.0/0', 'tcp 3390-5899 0.0.0.0/0'], ''],
  ['https', ['tcp 443 0.0.0.0/0', 'tcp 443 ::/0'], ''],
  ['the world beside https', ['tcp 443 0.0.0.0/0', 'tcp 22 0.0.0.0/0'], 'b'],
  ['TCP in capitals', ['TCP 22 0.0.0.0/0'], 'a'],
  ['tcp as 6', ['6 22 0.0.0.0/0'], 'a'],
  ['udp as 17', ['17 22 0.0.0.0/0'], 'a'],
  ['sctp as 132, whose ports do not count', ['132 443 0.0.0.0/0'], 'a'],
  ['dccp as 33', ['33 0.0.0.0/0'], 'a'],
  ['udplite as 136, not protected', ['136 22 0.0.0.0/0'], ''],
  ['udplite as 136', ['136 443 0.0.0.0/0'], 'a', EVERY_PROTOCOL],
  ['GRE as 47, not protected', ['47 22 0.0.0.0/0'], ''],
  ['GRE as 47', ['47 0.0.0.0/0'], 'a', EVERY_PROTOCOL],
  ['what is no protocol', ['ssh 22 0.0.0.0/0'], ''],
  ['ping where nobody protects it', ['icmp 8-0 0.0.0.0/0', 'icmpv6 ::/0', '1 0.0.0.0/0', '58 ::/0'], ''],
  ['ping', ['icmp 8 0.0.0.0/0'], 'a', PING],
  ['ping by one code', ['icmp 8-0 0.0.0.0/0'], 'a', PING],
  ['ping by all types', ['icmp 0.0.0.0/0', '1 0.0.0.0/0'], 'ab', PING],
  ['ping by all traffic', ['-1 0.0.0.0/0'], 'a', PING],
  ['ping of IPv6', ['icmpv6 128 ::/0', '58 128-0 ::/0'], 'ab', PING],
  ['another type', ['icmp 3-4 0.0.0.0/0', 'icmpv6 2-0 ::/0'], '', PING],
  ['a code that looks like the type', ['icmp 3-8 0.0.0.0/0'], '', PING],
  ['tcp is no ping', ['tcp 8 0.0.0.0/0', 'tcp 128 ::/0'], '', PING],
  ['where only all traffic is protected: all traffic', ['-1 0.0.0.0/1', '-1 128.0.0.0/1'], 'ab', ALL_ONLY],
  ['where only all traffic is protected: all ports of one protocol', ['tcp 0-65535 0.0.0.0/0'], '', ALL_ONLY],
  ['the world twice, by port and by range', ['tcp 22 0.0.0.0/0', 'tcp 0-100 0.0.0.0/0'], 'ab'],
  ['one half by range, the other by port', ['tcp 20-25 0.0.0.0/1', 'tcp 22 128.0.0.0/1'], 'ab'],
  ['one /8 for all traffic, another by port', ['-1 8.0.0.0/8', 'tcp 22 9.0.0.0/8'], 'a'],
  ['two /8s at two ports', ['tcp 22 8.0.0.0/8', 'tcp 3389 9.0.0.0/8'], ''],
  ['two /8s by two protocols', ['tcp 22 8.0.0.0/8', 'udp 22 9.0.0.0/8'], ''],
];

const SOURCES: readonly Row[] = [
  ['a list that holds the world', ['tcp 22 pl-world'], 'a'],
  ['a list that holds the world of IPv6', ['tcp 22 pl-world6'], 'a'],
  ['a list that holds both worlds, at https', ['tcp 443 pl-both'], ''],
  ['a list that holds halves', ['tcp 22 pl-halves'], 'a'],
  ['a list for all traffic', ['-1 pl-world'], 'a'],
  ['a list of offices', ['tcp 22 pl-office'], ''],
  ['a list that was widened', ['tcp 22 pl-widened'], 'a'],
  ['a list that was widened, among others', ['tcp 22 pl-office', 'tcp 22 pl-widened', 'tcp 443 pl-widened'], 'b'],
  ['an empty list', ['tcp 22 pl-empty'], ''],
  ["a list of AWS's", ['tcp 22 pl-cloudfront', 'tcp 443 pl-cloudfront'], ''],
  ['a list that could not be read', ['tcp 22 pl-unknown'], ''],
  ['a list that could not be read, beside the world', ['tcp 22 pl-unknown', 'tcp 22 0.0.0.0/0'], 'b'],
  ['a list with an entry that is none: the rest counts', ['tcp 22 pl-half-list'], 'a'],
  ['two lists that are too much together', ['tcp 22 pl-eight', 'tcp 22 pl-nine'], 'a'],
  ['the same list twice', ['tcp 22 pl-eight', 'tcp 20-25 pl-eight'], ''],
  ['a list of a /8, and another /8', ['tcp 22 pl-eight', 'tcp 22 9.0.0.0/8'], 'a'],
  ['another group', ['tcp 22 sg-0fedcba9876543210'], ''],
  ['all traffic from the group itself', ['-1 sg-0123456789abcdef0'], ''],
  ['what is no CIDR', ['tcp 22 0/0'], ''],
];

const POLICY: readonly Row[] = [
  ['an allowed /8 of two', ['tcp 22 8.0.0.0/8', 'tcp 22 9.0.0.0/8'], '', { allowedRanges: ['8.0.0.0/8'] }],
  ['an allowed half of a /7', ['tcp 22 8.0.0.0/7'], '', { allowedRanges: ['9.0.0.0/8'] }],
  ['an allowed half but for one address', ['tcp 22 8.0.0.0/7'], 'a', { allowedRanges: ['9.0.0.0/9', '9.128.0.0/10'] }],
  ['allowed in pieces', ['tcp 22 8.0.0.0/7'], '', { allowedRanges: ['9.0.0.0/9', '9.128.0.0/9'] }],
  ['an allowed /8 does not allow the world', ['tcp 22 0.0.0.0/0'], 'a', { allowedRanges: ['8.0.0.0/8'] }],
  ['allowed IPv4 says nothing of IPv6', ['tcp 22 0.0.0.0/0', 'tcp 22 ::/0'], 'b', { allowedRanges: ['0.0.0.0/0'] }],
  ['allowed IPv6 says nothing of IPv4', ['tcp 22 0.0.0.0/0', 'tcp 22 ::/0'], 'a', { allowedRanges: ['::/0'] }],
  ['allowed entries of a list', ['tcp 22 pl-world'], '', { allowedRanges: ['0.0.0.0/0'] }],
  ['no limit to speak of: one address', ['tcp 22 8.8.8.8/32'], 'a', { limit: { ipv4: 0n, ipv6: 0n } }],
  ['a limit of 256: a /24', ['tcp 22 8.8.8.0/24'], '', { limit: { ipv4: 256n, ipv6: 0n } }],
  [
    'a limit of 256: a /24 and an address',
    ['tcp 22 8.8.8.0/24', 'tcp 22 8.8.9.9/32'],
    'a',
    { limit: { ipv4: 256n, ipv6: 0n } },
  ],
  [
    'a limit of 256, allowed but for 256',
    ['tcp 22 8.8.8.0/23'],
    '',
    { limit: { ipv4: 256n, ipv6: 0n }, allowedRanges: ['8.8.8.0/24'] },
  ],
  [
    'a limit of 256, allowed but for 257',
    ['tcp 22 8.8.8.0/23', 'tcp 22 9.9.9.9/32'],
    'a',
    { limit: { ipv4: 256n, ipv6: 0n }, allowedRanges: ['8.8.8.0/24'] },
  ],
  ['egress: the world', ['tcp 22 0.0.0.0/0', 'tcp 443 0.0.0.0/0'], 'a', { egress: true }],
  ['egress: all traffic', ['-1 0.0.0.0/0', '-1 ::/0'], 'ab', { egress: true }],
  ['an allowed /8, translated', ['tcp 22 64:ff9b::800:0/103'], '', { allowedRanges: ['8.0.0.0/8'] }],
  ['an allowed range of IPv6, translated', ['tcp 22 64:ff9b::/96'], '', { allowedRanges: ['64:ff9b::/96'] }],
  ['allowed IPv6, mapped', ['tcp 22 ::/0', 'tcp 22 ::ffff:0:0/96'], '', { allowedRanges: ['::/0'] }],
  ['egress: translated', ['tcp 22 64:ff9b::/96'], 'a', { egress: true }],
  ['egress: private space', ['-1 10.0.0.0/8', 'tcp 22 fd00::/8'], '', { egress: true }],
  ['a listener', ['tcp 443 0.0.0.0/0', 'tcp 443 ::/0'], '', { ...HTTPS, excused: LISTENER }],
  ['a listener, and another port', ['tcp 443 0.0.0.0/0', 'tcp 80 0.0.0.0/0'], 'b', { ...HTTPS, excused: LISTENER }],
  ['a listener inside a range', ['tcp 400-500 0.0.0.0/0'], '', { ...HTTPS, excused: LISTENER }],
  ['a listener by all ports', ['tcp 0-65535 0.0.0.0/0'], 'a', { ...HTTPS, excused: LISTENER }],
  ['a listener by all traffic', ['-1 0.0.0.0/0'], 'a', { ...SETTINGS, excused: LISTENER }],
];

const PUBLISHED: readonly Row[] = [
  ["Cloudflare's ranges", CLOUDFLARE.map((cidr) => `tcp 22 ${cidr}`), ''],
  ["Fastly's ranges", FASTLY.map((cidr) => `tcp 22 ${cidr}`), ''],
  ['both together', [...CLOUDFLARE, ...FASTLY].map((cidr) => `tcp 22 ${cidr}`), ''],
  ['a Region of ten million addresses', REGION_10M.map((cidr) => `tcp 22 ${cidr}`), ''],
  [
    'a Region of eighteen million addresses that the policy allows',
    REGION_18M.map((cidr) => `tcp 22 ${cidr}`),
    '',
    { allowedRanges: REGION_18M },
  ],
];

describe.each([
  ['how wide', WIDE],
  ['IPv6', IPV6],
  ['what traffic', TRAFFIC],
  ['from where', SOURCES],
  ['what the policy says', POLICY],
  ['ranges that others publish', PUBLISHED],
])('%s', (_title, rows) => {
  const cases = rows.map(([name, texts, revoked, deviation = {}]) => ({ name, texts, revoked, deviation }));
  it.each(cases)('$name', ({ texts, revoked, deviation }) => {
    const { excused, named = '', egress = false, ...settings } = deviation;
    const rules = rulesOf(...texts).map((rule) => ({ ...rule, egress }));
    const order = { named: new Set(named), lastClean: null };
    const { offending, open } = openings(rules, LISTS, { ...SETTINGS, ...settings }, order, excused);
    const ids = offending.map(({ id }) => id).sort();
    expect({ revoked: ids.join(''), open: open.length > 0 }).toEqual({ revoked, open: revoked !== '' });
  });
});

describe('a Region of eighteen million addresses that nobody allows', () => {
  const addresses = (cidrs: readonly string[]) =>
    cidrs.reduce((sum, cidr) => sum + 2 ** (32 - Number(cidr.split('/')[1])), 0);

  it('is open, and the widest of its ranges go until the rest is within the limit', () => {
    const rules = REGION_18M.map((cidr, n) => ({ ...rulesOf(`tcp 22 ${cidr}`)[0], id: `r${n}` }) as never);
    const { offending, open } = openings(rules, [], SETTINGS, { named: new Set(), lastClean: null });
    const gone = offending.map(({ source }) => ('cidr' in source ? source.cidr : ''));
    expect(open.length).toBe(1);
    expect(addresses(REGION_18M) - addresses(gone)).toBeLessThanOrEqual(2 ** 24);
    expect(gone.map((cidr) => cidr.split('/')[1])).toEqual(['13', '13', '13']);
  });

  it('has the sizes that the names say', () => {
    expect(addresses(REGION_10M)).toBe(10_260_480);
    expect(addresses(REGION_18M)).toBe(18_001_920);
  });
});
