import { BlockList, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkOf, parseCidr } from '../../src/net/cidr.ts';
import { Cover } from '../../src/net/cover.ts';
import { spaceOf } from '../../src/net/internet.ts';
import { type Space, size, subtract, union } from '../../src/net/space.ts';
import { RUNS } from './runs.ts';

const SMALL = 40;

const small: fc.Arbitrary<Space> = fc.array(
  fc
    .tuple(fc.nat(SMALL - 1), fc.nat(SMALL - 1))
    .map(([a, b]) => ({ first: BigInt(Math.min(a, b)), last: BigInt(Math.max(a, b)) })),
  { maxLength: 6 },
);

/** The oracle: every address, one by one. */
const members = (space: Space): readonly number[] =>
  Array.from({ length: SMALL }, (_, n) => n).filter((n) =>
    space.some(({ first, last }) => first <= BigInt(n) && BigInt(n) <= last),
  );

function isNormal(space: Space): boolean {
  return space.every(({ first, last }, n) => first <= last && (n === 0 || first > (space[n - 1]?.last ?? first) + 1n));
}

describe('spaces', () => {
  it('union is what an oracle says, and normalised', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        const both = union(a, b);
        expect(members(both)).toEqual(members([...a, ...b]));
        expect(isNormal(both)).toBe(true);
      }),
      RUNS,
    );
  });

  it('subtract is what an oracle says, and normalised', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        const rest = subtract(union(a), union(b));
        const taken = new Set(members(b));
        expect(members(rest)).toEqual(members(a).filter((n) => !taken.has(n)));
        expect(isNormal(rest)).toBe(true);
      }),
      RUNS,
    );
  });

  it('size counts the members of what is normalised', () => {
    fc.assert(
      fc.property(small, (a) => {
        expect(size(union(a))).toBe(BigInt(members(a).length));
      }),
      RUNS,
    );
  });

  it('what is taken away and put back is the whole', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        expect(union(subtract(union(a), union(b)), b)).toEqual(union(a, b));
      }),
      RUNS,
    );
  });
});

describe('a cover', () => {
  it('is as large as the union of what was added, and misses of the rest what that would add', () => {
    fc.assert(
      fc.property(fc.array(small, { maxLength: 6 }), fc.nat(6), (raw, count) => {
        const spaces = raw.map((space) => union(space));
        const cover = new Cover(spaces);
        const added = spaces.slice(0, count);
        for (const space of added) cover.add(space);
        const there = new Set(added.flatMap(members));
        const missing = spaces.map((space) => BigInt(members(space).filter((n) => !there.has(n)).length));
        expect([cover.size, ...spaces.map((space) => cover.missing(space))]).toEqual([BigInt(there.size), ...missing]);
      }),
      RUNS,
    );
  });
});

const v4Address = fc.ipV4();
const v6Address = fc.ipV6().filter((text) => isIPv6(text));
const v4 = fc.tuple(v4Address, fc.nat(32)).map(([address, prefix]) => `${address}/${prefix}`);
const v6 = fc.tuple(v6Address, fc.nat(128)).map(([address, prefix]) => `${address}/${prefix}`);

/** Random addresses, and the edges of the ranges themselves, where mistakes are. */
function probes(family: 'ipv4' | 'ipv6', cidrs: readonly string[], random: readonly string[]): readonly bigint[] {
  const bits = family === 'ipv4' ? 32 : 128;
  const top = (1n << BigInt(bits)) - 1n;
  const edges = cidrs.flatMap((text) => {
    const interval = parseCidr(text)?.interval;
    return interval === undefined ? [] : [interval.first - 1n, interval.first, interval.last, interval.last + 1n];
  });
  const addresses = random.map((text) => parseCidr(`${text}/${bits}`)?.interval.first ?? -1n);
  return [...edges, ...addresses].filter((value) => value >= 0n && value <= top);
}

function textOf(family: 'ipv4' | 'ipv6', value: bigint): string {
  if (family === 'ipv4') return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  return Array.from({ length: 8 }, (_, n) => ((value >> BigInt(112 - 16 * n)) & 0xffffn).toString(16)).join(':');
}

const split = (cidr: string): [string, number] => {
  const [address = '', prefix = ''] = cidr.split('/');
  return [address, Number(prefix)];
};

describe.each([
  ['ipv4', v4, v4Address],
  ['ipv6', v6, v6Address],
] as const)('%s ranges', (family, cidr, address) => {
  it("hold the addresses that Node's own block list holds", () => {
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 4 }), fc.array(address, { maxLength: 4 }), (cidrs, random) => {
        const space = spaceOf(family, cidrs);
        const list = new BlockList();
        for (const text of cidrs) list.addSubnet(...split(text), family);
        const values = probes(family, cidrs, random);
        const held = values.map((value) => space.some(({ first, last }) => first <= value && value <= last));
        expect(held).toEqual(values.map((value) => list.check(textOf(family, value), family)));
      }),
      RUNS,
    );
  });

  it('are the same by any of their addresses, and by the name of their network', () => {
    fc.assert(
      fc.property(cidr, (text) => {
        const network = networkOf(text);
        expect(network === null ? null : parseCidr(network)).toEqual(parseCidr(text));
        expect(networkOf(network ?? '')).toBe(network);
      }),
      RUNS,
    );
  });

  it('contain one another as a partial order, and have as many addresses as their prefix says', () => {
    fc.assert(
      fc.property(cidr, fc.nat(128), (text, shorter) => {
        const [network, prefix] = split(text);
        const wide = spaceOf(family, [`${network}/${Math.min(prefix, shorter)}`]);
        const narrow = spaceOf(family, [text]);
        expect(subtract(narrow, wide)).toEqual([]);
        expect(size(narrow)).toBe(2n ** BigInt((family === 'ipv4' ? 32 : 128) - prefix));
      }),
      RUNS,
    );
  });
});
