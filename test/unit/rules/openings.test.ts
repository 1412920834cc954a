import { describe, expect, it } from 'vitest';
import type { PrefixList, SecurityGroupRule } from '../../../src/domain/estate.ts';
import type { ExposureSettings } from '../../../src/policy/policy.ts';
import { letsIn, openings, type RuleOrder, stillOffending, unreadable } from '../../../src/rules/openings.ts';
import { prefixList, rulesOf, SETTINGS } from './perfect.ts';

const NO_ORDER: RuleOrder = { named: new Set(), lastClean: null };

const PREFIX_LISTS: readonly PrefixList[] = [
  prefixList('pl-world', '10.0.0.0/8', '0.0.0.0/0'),
  prefixList('pl-world6', '::/0'),
  prefixList('pl-both', '0.0.0.0/0', '::/0'),
  prefixList('pl-halves', '0.0.0.0/1', '128.0.0.0/1'),
  prefixList('pl-office', '198.51.100.0/24', '52.94.76.0/24'),
  prefixList('pl-empty'),
  prefixList('pl-eight', '8.0.0.0/8'),
];

type Row = readonly [name: string, rules: readonly string[], revoked: string];

const openingsOf = (rules: readonly string[], order: RuleOrder = NO_ORDER, settings: ExposureSettings = SETTINGS) =>
  openings(rulesOf(...rules), PREFIX_LISTS, settings, order);
const idsOf = (rules: readonly SecurityGroupRule[]) => rules.map(({ id }) => id);

function revokedOf(rules: readonly string[]) {
  const { offending, open } = openingsOf(rules);
  return { revoked: idsOf(offending).sort().join(''), open: open.length > 0 };
}

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

  const told = (...rules: readonly string[]) =>
    openingsOf(rules).open.map(
      ({ name, protocol, ports, family, ruleIds }) =>
        `${name} ${protocol} ${ports.from}-${ports.to} ${family} by ${[...ruleIds].sort().join('')}`,
    );

  it('is told by the ports that are open, and by whom', () => {
    expect(told('tcp 5901-5902 0.0.0.0/0', 'tcp 5900-5903 8.0.0.0/8')).toEqual(['VNC 6 5901-5902 ipv4 by ab']);
    expect(told('tcp 5900-5903 0.0.0.0/0', 'tcp 5902 8.0.0.0/8', 'tcp 5902 8.0.0.0/16')).toEqual([
      'VNC 6 5900-5901 ipv4 by a',
      'VNC 6 5902-5902 ipv4 by abc',
      'VNC 6 5903-5903 ipv4 by a',
    ]);
    expect(told('tcp 5903-6000 0.0.0.0/0', 'tcp 5800-5900 ::/0', 'tcp 22 10.0.0.0/8')).toEqual([
      'VNC 6 5900-5900 ipv6 by b',
      'VNC 6 5903-5903 ipv4 by a',
    ]);
  });

  it('of all traffic is told for everything that is protected', () => {
    expect(told('-1 0.0.0.0/0')).toEqual([
      'all traffic all 0-65535 ipv4 by a',
      ...[6, 17, 132, 33].map((protocol) => `SSH ${protocol} 22-22 ipv4 by a`),
      ...[6, 17].map((protocol) => `RDP ${protocol} 3389-3389 ipv4 by a`),
      'VNC 6 5900-5903 ipv4 by a',
    ]);
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
    const { offending } = openings(rulesOf(...rules), PREFIX_LISTS, SETTINGS, given);
    expect(
      offending
        .map(({ id }) => id)
        .sort()
        .join(''),
    ).toBe(revoked);
  });

  it('is listed in the order in which it was taken', () => {
    const rules = rulesOf('tcp 22 8.0.0.0/7', 'tcp 22 0.0.0.0/0', 'tcp 22 2000::/3');
    const { offending } = openings(rules, PREFIX_LISTS, SETTINGS, order('a'));
    // Relative to the limits, /3 of IPv6 is 2^24 times too wide, and all of IPv4 2^8 times.
    expect(offending.map(({ id }) => id)).toEqual(['a', 'c', 'b']);
    // Twice the limit of IPv6 is less than 256 times that of IPv4, though it is more addresses.
    const mixed = rulesOf('tcp 22 2600::/26', 'tcp 22 0.0.0.0/0');
    expect(openings(mixed, PREFIX_LISTS, SETTINGS, order('')).offending.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('of those that could come back, the last taken comes back first', () => {
    const rules = rulesOf('tcp 22 8.0.0.0/8', 'tcp 22 9.0.0.0/8', 'tcp 22 0.0.0.0/0');
    expect(openings(rules, PREFIX_LISTS, SETTINGS, order('ab')).offending.map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('leaves the /9 that was there, of nine /12s beside it no more than must go', () => {
    const twelfths = Array.from({ length: 9 }, (_, n) => `tcp 22 9.${n * 16}.0.0/12`);
    const rules = rulesOf('tcp 22 8.0.0.0/9', ...twelfths);
    const { offending } = openings(rules, PREFIX_LISTS, SETTINGS, order('bcdefghij', 'a'));
    // A /9 is eight /12s: of seventeen one is too many.
    expect(offending.map(({ id }) => id)).toEqual(['b']);
    const wide = rulesOf('tcp 22 8.0.0.0/9', ...twelfths, 'tcp 22 12.0.0.0/10');
    const more = openings(wide, PREFIX_LISTS, SETTINGS, order('bcdefghijk', 'a')).offending.map(({ id }) => id);
    // The /10 goes, being widest; then one of the /12s again.
    expect(more).toEqual(['k', 'b']);
  });
});

describe('a rule of which nobody knows what it lets in', () => {
  const blindOf = (rules: readonly string[], settings: ExposureSettings = SETTINGS) =>
    idsOf(unreadable(rulesOf(...rules), PREFIX_LISTS, settings));

  it.each([
    ['at a protected port', ['tcp 22 pl-unknown'], ['a']],
    ['in a range over it', ['tcp 0-1024 pl-unknown'], ['a']],
    ['for all traffic', ['-1 pl-unknown'], ['a']],
    ['at another port', ['tcp 443 pl-unknown'], []],
    ['for ping', ['icmp pl-unknown'], []],
    ['which is another group', ['tcp 22 sg-0fedcba9876543210'], []],
    ['beside one that can', ['tcp 22 pl-office', 'tcp 22 pl-unknown'], ['b']],
    ['with a source that is no range', ['tcp 22 300.0.0.0/0'], ['a']],
    ['with a protocol that is none', ['quic 443 0.0.0.0/0'], ['a']],
    ['though it is another rule that is open', ['tcp 22 0.0.0.0/0'], []],
  ])('%s', (_name, rules, blind) => {
    expect(blindOf(rules)).toEqual(blind);
  });

  it('revokes nothing', () => {
    expect(openingsOf(['tcp 22 pl-unknown'])).toEqual({ offending: [], open: [] });
  });

  it('counts only for all traffic where that alone is protected', () => {
    const protects = SETTINGS.protects.filter(({ protocols }) => protocols === 'all');
    expect(blindOf(['tcp 22 pl-unknown', '-1 pl-unknown'], { ...SETTINGS, protects })).toEqual(['b']);
  });

  it('by a list of which one entry is no range', () => {
    const lists = [prefixList('pl-broken', '8.8.8.0/24', '8.8.9.0/33')];
    expect(idsOf(unreadable(rulesOf('tcp 22 pl-broken'), lists, SETTINGS))).toEqual(['a']);
  });
});

describe('whether anybody is let in', () => {
  it.each([
    ['by the world', ['tcp 22 0.0.0.0/0'], true],
    ['by one address', ['tcp 22 8.8.8.8/32'], true],
    ['by one address of IPv6', ['tcp 22 2600::1/128'], true],
    ['by a list', ['tcp 22 pl-office'], true],
    ['by all traffic', ['-1 8.8.8.8/32'], true],
    ['by a range over a protected port', ['tcp 0-65535 8.8.8.8/32'], true],
    ['by the last of three', ['tcp 443 0.0.0.0/0', 'tcp 22 10.0.0.0/8', 'tcp 3389 8.8.8.8/32'], true],
    ['by nothing', [], false],
    ['by private space', ['-1 10.0.0.0/8', 'tcp 22 fd00::/8'], false],
    ['by allowed space', ['tcp 22 52.0.0.7/32'], false],
    ['by https', ['tcp 443 0.0.0.0/0'], false],
    ['by another group', ['-1 sg-0fedcba9876543210'], false],
    ['by an empty list', ['tcp 22 pl-empty'], false],
    ['by a list that could not be read', ['tcp 22 pl-unknown'], false],
    ['by what is no protocol', ['ssh 22 0.0.0.0/0'], false],
  ])('%s: %s', (_name, rules, expected) => {
    expect(letsIn(rulesOf(...rules), PREFIX_LISTS, { ...SETTINGS, allowedRanges: ['52.0.0.0/24'] })).toBe(expected);
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
    const { offending } = openingsOf(texts);
    const still = stillOffending(rulesOf(...texts), PREFIX_LISTS, SETTINGS, offending, excused);
    expect(idsOf(still).join('')).toBe(left);
  });

  it('no other rule goes instead', () => {
    const texts = ['tcp 22 8.0.0.0/8', 'tcp 22 9.0.0.0/8'];
    const { offending } = openingsOf(texts);
    expect(idsOf(offending)).toEqual(['a']);
    expect(stillOffending(rulesOf(...texts), [], SETTINGS, offending, () => eight)).toEqual([]);
  });

  it('is asked about each port and family by itself, cut at the borders of the rules', () => {
    const asked: string[] = [];
    const texts = ['tcp 5901-5902 0.0.0.0/0', 'tcp 5000-6000 ::/0'];
    openings(rulesOf(...texts), [], SETTINGS, NO_ORDER, ({ protocol, ports, family }) => {
      asked.push(`${protocol} ${ports.from}-${ports.to} ${family}`);
      return [];
    });
    const ports = ['5900-5900', '5901-5902', '5903-5903'];
    expect(asked).toEqual(ports.flatMap((it) => [`6 ${it} ipv4`, `6 ${it} ipv6`]));
  });

  it('closes a port though its neighbour with more rules is excused', () => {
    const texts = ['tcp 5900-5903 0.0.0.0/0', 'tcp 5900-5901 8.8.8.8/32'];
    const excused = ({ ports, family }: { ports: { from: number }; family: 'ipv4' | 'ipv6' }) =>
      ports.from === 5900 ? world(family) : [];
    const { offending, open } = openings(rulesOf(...texts), [], SETTINGS, NO_ORDER, excused);
    expect(idsOf(offending)).toEqual(['a']);
    expect(open.map(({ ports }) => ports)).toEqual([{ from: 5902, to: 5903 }]);
  });

  it('all must go when they would not be enough', () => {
    const texts = ['tcp 22 0.0.0.0/0', 'tcp 22 8.0.0.0/8'];
    const [world] = rulesOf(...texts);
    if (world === undefined) throw new Error('no rule');
    const more = [...rulesOf(...texts), { ...world, id: 'c' }];
    expect(stillOffending(more, [], SETTINGS, [world], () => [])).toEqual([world]);
  });
});
