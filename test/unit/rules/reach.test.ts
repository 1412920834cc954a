import { describe, expect, it } from 'vitest';
import { reachesOf, widthOf } from '../../../src/rules/reach.ts';
import { prefixList, rulesOf, SETTINGS } from './perfect.ts';

const LISTS = [prefixList('pl-low', '9.0.0.0/24', '52.94.76.0/24'), prefixList('pl-empty')];
const reaches = (...texts: readonly string[]) => reachesOf(rulesOf(...texts), LISTS, SETTINGS);
const idsIn = (order: readonly { rule: { id: string } }[]) => order.map(({ rule: { id } }) => id).join('');

describe('the rules that reach something protected', () => {
  it('come by their lowest address that counts, then by id, in whatever order they are read', () => {
    const texts = [
      'tcp 22 52.0.0.0/24',
      'tcp 22 8.8.8.8/32',
      'tcp 22 9.0.0.0/16',
      'tcp 22 pl-low',
      'tcp 22 2600::/32',
      'tcp 3389 52.0.0.0/32',
      // As ::/0 without what is special begins, so it comes first of all.
      'tcp 22 ::/0',
      'tcp 22 0.0.0.0/0',
      // Not translated and not mapped, its first address would be that of the block around it.
      'tcp 22 64:ff9b::8.0.0.0/104',
      'tcp 22 ::ffff:9.9.9.9/128',
    ];
    const rules = rulesOf(...texts);
    for (const read of [rules, [...rules].reverse(), [...rules.slice(4), ...rules.slice(0, 4)]]) {
      const found = reachesOf(read, LISTS, SETTINGS);
      expect(idsIn(found)).toBe('ghbcdafjie');
      expect(found.map(({ place }) => place)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  });

  it('are those that let in an address that counts', () => {
    const found = reaches(
      ...['tcp 22 10.0.0.0/8', 'tcp 22 pl-empty', 'tcp 22 pl-unknown', 'tcp 22 sg-0fedcba9876543210'],
      ...['tcp 443 0.0.0.0/0', 'quic 22 0.0.0.0/0', 'tcp 22 nonsense', 'tcp 22 8.8.8.8/32'],
    );
    expect(idsIn(found)).toBe('h');
  });

  it('say what they let in of each kind', () => {
    const sizes = ([text]: readonly [string]) => reaches(text)[0]?.sizes;
    expect(sizes(['tcp 22 9.0.0.0/24'])).toEqual({ ipv4: 256n, ipv6: 0n, embedded: 0n });
    expect(sizes(['tcp 22 10.0.0.0/7'])).toEqual({ ipv4: 1n << 24n, ipv6: 0n, embedded: 0n });
    expect(sizes(['tcp 22 2600::/120'])).toEqual({ ipv4: 0n, ipv6: 256n, embedded: 0n });
    expect(sizes(['tcp 22 pl-low'])).toEqual({ ipv4: 512n, ipv6: 0n, embedded: 0n });
    // What a mapped address writes counts as IPv4; the block itself is no part of the internet.
    expect(sizes(['tcp 22 ::ffff:9.0.0.0/120'])).toEqual({ ipv4: 0n, ipv6: 0n, embedded: 256n });
    expect(sizes(['tcp 22 64:ff9b::9.0.0.0/120'])).toEqual({ ipv4: 0n, ipv6: 256n, embedded: 256n });
  });

  it('are as wide as they are many, relative to the limit of their kind', () => {
    const limit = { ipv4: 10n, ipv6: 1000n };
    const none = { ipv4: 0n, ipv6: 0n, embedded: 0n };
    expect(widthOf({ ...none, ipv4: 3n }, limit)).toBe(widthOf({ ...none, ipv6: 300n }, limit));
    expect(widthOf({ ...none, embedded: 3n }, limit)).toBe(widthOf({ ...none, ipv4: 3n }, limit));
    expect(widthOf({ ipv4: 1n, ipv6: 100n, embedded: 1n }, limit)).toBe(widthOf({ ...none, ipv4: 3n }, limit));
  });
});
