import { describe, expect, it } from 'vitest';
import { Cover } from '../../../src/net/cover.ts';
import type { Space } from '../../../src/net/space.ts';

const space = (...pairs: readonly (readonly [number, number])[]): Space =>
  pairs.map(([first, last]) => ({ first: BigInt(first), last: BigInt(last) }));

describe('a cover', () => {
  it('counts what is added once', () => {
    const [a, b, c] = [space([0, 9]), space([5, 14]), space([2, 3], [20, 20])];
    const cover = new Cover([a, b, c]);
    expect(cover.size).toBe(0n);
    expect([a, b, c].map((it) => cover.missing(it))).toEqual([10n, 10n, 3n]);
    cover.add(a);
    expect(cover.size).toBe(10n);
    expect([a, b, c].map((it) => cover.missing(it))).toEqual([0n, 5n, 1n]);
    cover.add(c);
    expect(cover.size).toBe(11n);
    cover.add(b);
    expect(cover.size).toBe(16n);
    expect([a, b, c].map((it) => cover.missing(it))).toEqual([0n, 0n, 0n]);
    cover.add(a);
    expect(cover.size).toBe(16n);
  });

  it('knows what is missing of a part, and of what lies around', () => {
    const [inner, outer, left] = [space([4, 5]), space([0, 9]), space([0, 4])];
    const cover = new Cover([inner, outer, left]);
    cover.add(inner);
    expect(cover.missing(outer)).toBe(8n);
    expect(cover.missing(left)).toBe(4n);
    cover.add(outer);
    expect(cover.missing(left)).toBe(0n);
  });

  it('of nothing is empty', () => {
    const cover = new Cover([]);
    cover.add([]);
    expect(cover.size).toBe(0n);
    expect(cover.missing([])).toBe(0n);
  });

  it('is exact for all of IPv6', () => {
    const world = [{ first: 0n, last: (1n << 128n) - 1n }];
    const one = [{ first: 7n, last: 7n }];
    const cover = new Cover([world, one]);
    cover.add(one);
    expect(cover.missing(world)).toBe((1n << 128n) - 1n);
    cover.add(world);
    expect(cover.size).toBe(1n << 128n);
  });

  it('takes no space that it was not made for', () => {
    const cover = new Cover([space([0, 9])]);
    expect(() => cover.add(space([1, 9]))).toThrow('a cover was asked for a space that it was not made for');
    expect(() => cover.missing(space([0, 10]))).toThrow('a cover was asked for a space that it was not made for');
  });
});
