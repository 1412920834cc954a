import { describe, expect, it } from 'vitest';
import type { PrefixList } from '../../../src/domain/estate.ts';
import { openings, type RuleOrder, stillOffending, unreadable } from '../../../src/rules/internet.ts';
import { estateOf, prefixList, rulesOf, SETTINGS } from './perfect.ts';

const NO_ORDER: RuleOrder = { named: new Set(), lastClean: null };

/** What Cloudflare publishes as the ranges of its proxies: 14 × /32 of IPv6. */
const CLOUDFLARE = [
  '173.245.48.0/20 103.21.244.0/22 103.22.200.0/22 103.31.4.0/22 141.101.64.0/18 108.162.192.0/18 190.93.240.0/20',
  '188.114.96.0/20 197.234.240.0/22 198.41.128.0/17 162.158.0.0/15 104.16.0.0/13 104.24.0.0/14 172.64.0.0/13',
  '131.0.72.0/22 2400:cb00::/32 2606:4700::/32 2803:f800::/32 2405:b500::/32 2405:8100::/32 2a06:98c0::/29',
  '2c0f:f248::/32',
].flatMap((line) => line.split(' '));

const PREFIX_LISTS: readonly PrefixList[] = [
  prefixList('pl-world', '10.0.0.0/8', '0.0.0.0/0'),
  prefixList('pl-world6', '::/0'),
  prefixList('pl-both', '0.0.0.0/0', '::/0'),
  prefixList('pl-halves', '0.0.0.0/1', '128.0.0.0/1'),
  prefixList('pl-office', '198.51.100.0/24', '52.94.76.0/24'),
  prefixList('pl-empty'),
  prefixList('pl-eight', '8.0.0.0/8'),
];

/** Rules, the revoked ones by letter, and whether anything is open. */
type Row = readonly [name: string, rules: readonly string[], revoked: string];

const OPEN: readonly Row[] = [
  ['the world', ['tcp 22 0.0.0.0/0'], 'a'],
  ['the world with host bits', ['tcp 22 208.236.235.254/0'], 'a'],
  ['the world of IPv6', ['tcp 22 ::/0'], 'a'],
  ['the world of IPv6 with host bits', ['tcp 22 2001:db8::1/0'], 'a'],
  ['both worlds', ['tcp 22 0.0.0.0/0', 'tcp 22 ::/0'], 'ab'],
  ['all traffic', ['-1 0.0.0.0/0'], 'a'],
  ['all traffic of IPv6', ['-1 ::/0'], 'a'],
  ['all traffic with ports 0 to 0', ['-1 0 0.0.0.0/0'], 'a'],
  ['all traffic that names port 443', ['-1 443 0.0.0.0/0'], 'a'],
  ['a range of ports', ['tcp 20-25 0.0.0.0/0'], 'a'],
  ['a range that ends at the port', ['tcp 1-22 0.0.0.0/0'], 'a'],
  ['a range that starts at the port', ['tcp 22-30 0.0.0.0/0'], 'a'],
  ['all ports', ['tcp 0-65535 0.0.0.0/0'], 'a'],
  ['ports left out', ['tcp 0.0.0.0/0'], 'a'],
  ['tcp by number', ['6 22 0.0.0.0/0'], 'a'],
  ['udp by number', ['17 22 0.0.0.0/0'], 'a'],
  ['TCP in capitals', ['TCP 22 0.0.0.0/0'], 'a'],
  ['sctp, whose ports do not count', ['132 443 0.0.0.0/0'], 'a'],
  ['sctp by name', ['sctp 22 0.0.0.0/0'], 'a'],
  ['dccp', ['33 0.0.0.0/0'], 'a'],
  ['another protected port', ['tcp 3389 0.0.0.0/0'], 'a'],
  ['two halves', ['tcp 22 0.0.0.0/1', 'tcp 22 128.0.0.0/1'], 'ab'],
  ['one half', ['tcp 22 128.0.0.0/1'], 'a'],
  ['four quarters', [0, 64, 128, 192].map((n) => `tcp 22 ${n}.0.0.0/2`), 'abcd'],
  ['two /8s, of which one may stay', ['tcp 22 8.0.0.0/8', 'tcp 22 9.0.0.0/8'], 'a'],
  ['a /7', ['tcp 22 8.0.0.0/7'], 'a'],
  ['a /8 and one address more', ['tcp 22 8.0.0.0/8', 'tcp 22 9.9.9.9/32'], 'a'],
  ['half the internet of IPv6', ['tcp 22 8000::/1'], 'a'],
  ['all of IPv6 that is allocated', ['tcp 22 2000::/3'], 'a'],
  ['a /26 of IPv6', ['tcp 22 2600::/26'], 'a'],
  ['two /27s of IPv6', ['tcp 22 2600::/27', 'tcp 22 2600:20::/27'], 'a'],
  ['a /27 of IPv6 and one address more', ['tcp 22 2600::/27', 'tcp 22 2a00::1/128'], 'a'],
  ['a prefix list that holds the world', ['tcp 22 pl-world'], 'a'],
  ['a prefix list that holds the world of IPv6', ['tcp 22 pl-world6'], 'a'],
  ['a prefix list that holds halves', ['tcp 22 pl-halves'], 'a'],
  ['a prefix list for all traffic', ['-1 pl-world'], 'a'],
  ['a prefix list of a /8, and another /8', ['tcp 22 pl-eight', 'tcp 22 9.0.0.0/8'], 'a'],
  ['the world beside the office', ['tcp 22 52.94.76.0/24', 'tcp 22 0.0.0.0/0'], 'b'],
  ['the world beside https', ['tcp 443 0.0.0.0/0', 'tcp 22 0.0.0.0/0'], 'b'],
  ['the world twice, by port and by range', ['tcp 22 0.0.0.0/0', 'tcp 0-100 0.0.0.0/0'], 'ab'],
  ['two ports by two rules', ['tcp 22 0.0.0.0/0', 'tcp 3389 0.0.0.0/0'], 'ab'],
  ['one half by range, the other by port', ['tcp 20-25 0.0.0.0/1', 'tcp 22 128.0.0.0/1'], 'ab'],
  ['one /8 for all traffic, another by port', ['-1 8.0.0.0/8', 'tcp 22 9.0.0.0/8'], 'a'],
];

const KEPT: readonly Row[] = [
  ['nothing', [], ''],
  ['one /8', ['tcp 22 8.0.0.0/8'], ''],
  ['one /8 twice', ['tcp 22 8.0.0.0/8', 'tcp 20-25 8.0.0.0/8'], ''],
  ['one /8 that covers smaller ones', ['tcp 22 8.0.0.0/8', 'tcp 22 8.8.8.0/24'], ''],
  ['a /27 of IPv6', ['tcp 22 2600::/27'], ''],
  ['a /8 and a /27: each family by itself', ['tcp 22 8.0.0.0/8', 'tcp 22 2600::/27'], ''],
  ['two /8s by two protocols', ['tcp 22 8.0.0.0/8', 'udp 22 9.0.0.0/8'], ''],
  ['two /8s at two ports', ['tcp 22 8.0.0.0/8', 'tcp 3389 9.0.0.0/8'], ''],
  ['the /8 that is no internet, with another', ['tcp 22 8.0.0.0/8', 'tcp 22 0.0.0.0/8'], ''],
  ['the first /16 is not the world', ['tcp 22 0.0.0.0/16'], ''],
  ['multicast and what is reserved', ['tcp 22 224.0.0.0/3'], ''],
  ['private space', ['tcp 22 10.0.0.0/8', 'tcp 22 172.16.0.0/12', 'tcp 22 192.168.0.0/16'], ''],
  ['private space and a /8', ['tcp 22 10.0.0.0/8', 'tcp 22 8.0.0.0/8'], ''],
  ['private space of IPv6', ['tcp 22 fd00::/64'], ''],
  ['unique local space', ['-1 fc00::/7'], ''],
  ['all traffic from private space', ['-1 10.0.0.0/8'], ''],
  ['an office', ['tcp 22 52.94.76.0/24'], ''],
  ["Cloudflare's ranges", CLOUDFLARE.map((cidr) => `tcp 22 ${cidr}`), ''],
  ['https', ['tcp 443 0.0.0.0/0', 'tcp 443 ::/0'], ''],
  ['the port before', ['tcp 21 0.0.0.0/0'], ''],
  ['the port behind', ['tcp 23 0.0.0.0/0'], ''],
  ['ranges around it', ['tcp 0-21 0.0.0.0/0', 'tcp 23-3388 0.0.0.0/0', 'tcp 3390-5899 0.0.0.0/0'], ''],
  ['DNS', ['udp 53 0.0.0.0/0'], ''],
  ['a protected port on another protocol', ['47 22 0.0.0.0/0'], ''],
  ['ping', ['icmp 8-0 0.0.0.0/0', 'icmpv6 ::/0', '1 0.0.0.0/0', '58 ::/0'], ''],
  ['another group', ['tcp 22 sg-0fedcba9876543210'], ''],
  ['all traffic from the group itself', ['-1 sg-0123456789abcdef0'], ''],
  ['a prefix list of offices', ['tcp 22 pl-office'], ''],
  ['an empty prefix list', ['tcp 22 pl-empty'], ''],
  ['a prefix list with the world at https', ['tcp 443 pl-both'], ''],
  ['what is no CIDR', ['tcp 22 0/0'], ''],
  ['what is no protocol', ['ssh 22 0.0.0.0/0'], ''],
];

const revokedOf = (rules: readonly string[]) => {
  const { offending, open } = openings(estateOf(rulesOf(...rules), PREFIX_LISTS), SETTINGS, NO_ORDER);
  const revoked = offending.map(({ id }) => id).sort();
  return { revoked: revoked.join(''), open: open.length > 0 };
};

describe('open', () => {
  it.each(OPEN)('%s', (_name, rules, revoked) => {
    expect(revokedOf(rules)).toEqual({ revoked, open: true });
  });
});

describe('not open', () => {
  it.each(KEPT)('%s', (_name, rules, revoked) => {
    expect(revokedOf(rules)).toEqual({ revoked, open: false });
  });

  it('is what a rule lets out', () => {
    const out = rulesOf('-1 0.0.0.0/0').map((rule) => ({ ...rule, egress: true }));
    expect(openings(estateOf(out), SETTINGS, NO_ORDER)).toEqual({ offending: [], open: [] });
  });
});

describe('where only rules for all traffic are protected', () => {
  const settings = { ...SETTINGS, protects: SETTINGS.protects.filter(({ protocols }) => protocols === 'all') };
  const revokedOnly = (...rules: readonly string[]) =>
    openings(estateOf(rulesOf(...rules), PREFIX_LISTS), settings, NO_ORDER).offending.map(({ id }) => id);

  it.each([
    ['all traffic', ['-1 0.0.0.0/0'], ['a']],
    ['halves of it', ['-1 0.0.0.0/1', '-1 128.0.0.0/1'], ['a', 'b']],
    ['not every port of one protocol', ['tcp 0-65535 0.0.0.0/0'], []],
    ['not half of it with the other half of one protocol', ['-1 8.0.0.0/8', 'tcp 9.0.0.0/8'], []],
  ])('%s', (_name, rules, revoked) => {
    expect(revokedOnly(...rules)).toEqual(revoked);
  });

  it('a prefix list that cannot be read', () => {
    const estate = estateOf(rulesOf('-1 pl-unknown', 'tcp 22 pl-unknown'));
    expect(unreadable(estate, settings).map(({ id }) => id)).toEqual(['a']);
  });
});

describe('a protected interval of ports', () => {
  it.each<Row>([
    ['by its first port', ['tcp 5900 0.0.0.0/0'], 'a'],
    ['by its last port', ['tcp 5903 0.0.0.0/0'], 'a'],
    ['by a port in the middle', ['tcp 5901 0.0.0.0/0'], 'a'],
    ['by a range that begins before it', ['tcp 5800-5900 0.0.0.0/0'], 'a'],
    ['by a range that ends behind it', ['tcp 5903-6000 0.0.0.0/0'], 'a'],
    ['by a range around it', ['tcp 5800-6000 0.0.0.0/0'], 'a'],
    ['by halves that meet at one port', ['tcp 5900-5902 0.0.0.0/1', 'tcp 5902-5903 128.0.0.0/1'], 'ab'],
    ['by /8s that meet at one port', ['tcp 5900-5902 8.0.0.0/8', 'tcp 5902-5903 9.0.0.0/8'], 'a'],
    ['at two ports by two rules', ['tcp 5900 0.0.0.0/0', 'tcp 5903 0.0.0.0/0'], 'ab'],
  ])('is open %s', (_name, rules, revoked) => {
    expect(revokedOf(rules)).toEqual({ revoked, open: true });
  });

  it.each<Row>([
    ['by the ports around it', ['tcp 5899 0.0.0.0/0', 'tcp 5904 0.0.0.0/0'], ''],
    ['by /8s that do not meet', ['tcp 5900-5901 8.0.0.0/8', 'tcp 5902-5903 9.0.0.0/8'], ''],
    ['by /8s at its ends', ['tcp 5900 8.0.0.0/8', 'tcp 5903 9.0.0.0/8'], ''],
  ])('is not open %s', (_name, rules, revoked) => {
    expect(revokedOf(rules)).toEqual({ revoked, open: false });
  });

  it('is told by the ports that are open', () => {
    const rules = rulesOf('tcp 5901-5902 0.0.0.0/0', 'tcp 5900-5903 8.0.0.0/8');
    const { open } = openings(estateOf(rules), SETTINGS, NO_ORDER);
    expect(open.map(({ name, ports, family }) => `${name} ${ports.from}-${ports.to} ${family}`)).toEqual([
      'VNC 5901-5902 ipv4',
    ]);
  });
});

describe('allowed ranges', () => {
  const revokedWith = (allowedRanges: readonly string[], ...rules: readonly string[]) =>
    openings(estateOf(rulesOf(...rules), PREFIX_LISTS), { ...SETTINGS, allowedRanges }, NO_ORDER)
      .offending.map(({ id }) => id)
      .join('');

  it.each([
    ['take a /8 out of two', ['8.0.0.0/8'], ['tcp 22 8.0.0.0/8', 'tcp 22 9.0.0.0/8'], ''],
    ['take half a /7 out', ['9.0.0.0/8'], ['tcp 22 8.0.0.0/7'], ''],
    ['leave the rest of the world', ['8.0.0.0/8'], ['tcp 22 0.0.0.0/0'], 'a'],
    ['of one family say nothing of the other', ['0.0.0.0/0'], ['tcp 22 0.0.0.0/0', 'tcp 22 ::/0'], 'b'],
    ['of IPv6', ['::/0'], ['tcp 22 0.0.0.0/0', 'tcp 22 ::/0'], 'a'],
    ['count in prefix lists', ['0.0.0.0/0'], ['tcp 22 pl-world'], ''],
  ])('%s', (_name, allowed, rules, revoked) => {
    expect(revokedWith(allowed, ...rules)).toBe(revoked);
  });
});

describe('what is revoked first', () => {
  const order = (named: string, lastClean: string | null = null): RuleOrder => ({
    named: new Set(named),
    lastClean: lastClean === null ? null : new Set(lastClean),
  });
  const two8s = ['tcp 22 8.0.0.0/8', 'tcp 22 9.0.0.0/8'];

  it.each([
    ['the lower id of equals', two8s, order(''), 'a'],
    ['what the change named', two8s, order('b'), 'b'],
    ['what is newer than the clean reading', two8s, order('', 'a'), 'b'],
    ['nothing of a clean reading that is not known', two8s, order('', null), 'a'],
    ['what the change named, though others are new', two8s, order('a', 'a'), 'a'],
    ['the wider one', ['tcp 22 8.0.0.0/9', 'tcp 22 9.0.0.0/8'], order(''), 'b'],
    ['the wider one by its prefix list', ['tcp 22 9.0.0.0/9', 'tcp 22 pl-eight'], order(''), 'b'],
    ['the narrow one that was named', ['tcp 22 8.0.0.0/9', 'tcp 22 9.0.0.0/8'], order('a'), 'a'],
    ['the new ones, widest first', ['tcp 22 4.0.0.0/8', 'tcp 22 8.0.0.0/9', 'tcp 22 9.0.0.0/8'], order('', 'a'), 'bc'],
    ['what is named but opens nothing stays', ['tcp 443 0.0.0.0/0', 'tcp 22 0.0.0.0/0'], order('a'), 'b'],
    ['the named one goes; the old ones alone are within', ['tcp 22 8.0.0.0/8', 'tcp 22 0.0.0.0/0'], order('b'), 'b'],
    ['the old world goes with it', ['tcp 22 0.0.0.0/0', 'tcp 22 9.0.0.0/8'], order('b'), 'a'],
  ])('%s', (_name, rules, given, revoked) => {
    const { offending } = openings(estateOf(rulesOf(...rules), PREFIX_LISTS), SETTINGS, given);
    expect(
      offending
        .map(({ id }) => id)
        .sort()
        .join(''),
    ).toBe(revoked);
  });

  it('is listed in the order in which it was taken', () => {
    const rules = rulesOf('tcp 22 8.0.0.0/7', 'tcp 22 0.0.0.0/0', 'tcp 22 2000::/3');
    const { offending } = openings(estateOf(rules), SETTINGS, order('a'));
    // Relative to the limits, /3 of IPv6 is 2^24 times too wide, and all of IPv4 2^8 times.
    expect(offending.map(({ id }) => id)).toEqual(['a', 'c', 'b']);
    // Twice the limit of IPv6 is less than 256 times that of IPv4, though it is more addresses.
    const mixed = rulesOf('tcp 22 2600::/26', 'tcp 22 0.0.0.0/0');
    expect(openings(estateOf(mixed), SETTINGS, order('')).offending.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('of those that could come back, the last taken comes back first', () => {
    const rules = rulesOf('tcp 22 8.0.0.0/8', 'tcp 22 9.0.0.0/8', 'tcp 22 0.0.0.0/0');
    expect(openings(estateOf(rules), SETTINGS, order('ab')).offending.map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('leaves the /9 that was there, of nine /12s beside it no more than must go', () => {
    const twelfths = Array.from({ length: 9 }, (_, n) => `tcp 22 9.${n * 16}.0.0/12`);
    const rules = rulesOf('tcp 22 8.0.0.0/9', ...twelfths);
    const { offending } = openings(estateOf(rules), SETTINGS, order('bcdefghij', 'a'));
    // A /9 is eight /12s: of seventeen one is too many.
    expect(offending.map(({ id }) => id)).toEqual(['b']);
    const wide = rulesOf('tcp 22 8.0.0.0/9', ...twelfths, 'tcp 22 12.0.0.0/10');
    const more = openings(estateOf(wide), SETTINGS, order('bcdefghijk', 'a')).offending.map(({ id }) => id);
    // The /10 goes, being widest; then one of the /12s again.
    expect(more).toEqual(['k', 'b']);
  });
});

describe('a rule of which nobody knows what it lets in', () => {
  const blindOf = (...rules: readonly string[]) =>
    unreadable(estateOf(rulesOf(...rules), PREFIX_LISTS), SETTINGS).map(({ id }) => id);

  it.each([
    ['at a protected port', ['tcp 22 pl-unknown'], ['a']],
    ['in a range over it', ['tcp 0-1024 pl-unknown'], ['a']],
    ['for all traffic', ['-1 pl-unknown'], ['a']],
    ['at another port', ['tcp 443 pl-unknown'], []],
    ['for ping', ['icmp pl-unknown'], []],
    ['beside one that can', ['tcp 22 pl-office', 'tcp 22 pl-unknown'], ['b']],
    ['with a source that is no range', ['tcp 22 300.0.0.0/0'], ['a']],
    ['with a protocol that is none', ['quic 443 0.0.0.0/0'], ['a']],
    ['though it is another rule that is open', ['tcp 22 0.0.0.0/0'], []],
  ])('%s', (_name, rules, blind) => {
    expect(blindOf(...rules)).toEqual(blind);
  });

  it('revokes nothing', () => {
    const estate = estateOf(rulesOf('tcp 22 pl-unknown'));
    expect(openings(estate, SETTINGS, NO_ORDER)).toEqual({ offending: [], open: [] });
  });

  it('says nothing of what a rule lets out', () => {
    const out = rulesOf('tcp 22 pl-unknown').map((rule) => ({ ...rule, egress: true }));
    expect(unreadable(estateOf(out), SETTINGS)).toEqual([]);
  });
});

describe('of the rules to revoke, with excused space', () => {
  const world = (family: 'ipv4' | 'ipv6') => [{ first: 0n, last: (1n << (family === 'ipv4' ? 32n : 128n)) - 1n }];
  const eight = [{ first: 8n << 24n, last: (9n << 24n) - 1n }];

  it.each([
    ['none', ['tcp 22 0.0.0.0/0'], () => [], 'a'],
    ['all', ['tcp 22 0.0.0.0/0', 'tcp 22 ::/0'], ({ family }: { family: 'ipv4' | 'ipv6' }) => world(family), ''],
    ['a part that is enough', ['tcp 22 8.0.0.0/7'], () => eight, ''],
    ['a part that is not', ['tcp 22 0.0.0.0/0'], () => eight, 'a'],
    [
      'one port of two',
      ['tcp 22 0.0.0.0/0', 'tcp 3389 0.0.0.0/0'],
      ({ ports, family }: { ports: { from: number }; family: 'ipv4' | 'ipv6' }) =>
        ports.from === 22 ? world(family) : [],
      'b',
    ],
  ])('%s', (_name, texts, excused, left) => {
    const estate = estateOf(rulesOf(...texts));
    const { offending } = openings(estate, SETTINGS, NO_ORDER);
    const still = stillOffending(estate, SETTINGS, offending, excused);
    expect(still.map(({ id }) => id).join('')).toBe(left);
  });

  it('no other rule goes instead', () => {
    const estate = estateOf(rulesOf('tcp 22 8.0.0.0/8', 'tcp 22 9.0.0.0/8'));
    const { offending } = openings(estate, SETTINGS, NO_ORDER);
    expect(offending.map(({ id }) => id)).toEqual(['a']);
    expect(stillOffending(estate, SETTINGS, offending, () => eight)).toEqual([]);
  });
});
