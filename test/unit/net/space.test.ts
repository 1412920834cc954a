import { describe, expect, it } from 'vitest';
import { type Space, size, subtract, union } from '../../../src/net/space.ts';

const space = (...pairs: readonly (readonly [number, number])[]): Space =>
  pairs.map(([first, last]) => ({ first: BigInt(first), last: BigInt(last) }));

describe('union', () => {
  it.each([
    ['nothing', [space()], space()],
    ['one', [space([1, 2])], space([1, 2])],
    ['apart', [space([5, 6], [1, 2])], space([1, 2], [5, 6])],
    ['a gap of one stays', [space([1, 2], [4, 5])], space([1, 2], [4, 5])],
    ['adjacent', [space([1, 2]), space([3, 4])], space([1, 4])],
    ['overlapping', [space([1, 5]), space([3, 8])], space([1, 8])],
    ['inside', [space([1, 9]), space([3, 4])], space([1, 9])],
    ['same start', [space([1, 2]), space([1, 4])], space([1, 4])],
    ['inside, then beyond', [space([1, 9], [2, 3], [5, 12])], space([1, 12])],
    ['twice the same', [space([1, 2]), space([1, 2])], space([1, 2])],
  ])('%s', (_name, spaces, expected) => {
    expect(union(...spaces)).toEqual(expected);
  });

  it('does not change what it is given', () => {
    const given = space([1, 5], [3, 8]);
    union(given);
    expect(given).toEqual(space([1, 5], [3, 8]));
  });
});

describe('subtract', () => {
  it.each([
    ['nothing from nothing', space(), space(), space()],
    ['nothing', space([1, 9]), space(), space([1, 9])],
    ['from nothing', space(), space([1, 9]), space()],
    ['all', space([1, 9]), space([1, 9]), space()],
    ['more than all', space([2, 8]), space([1, 9]), space()],
    ['the start', space([1, 9]), space([1, 3]), space([4, 9])],
    ['the end', space([1, 9]), space([7, 9]), space([1, 6])],
    ['the middle', space([1, 9]), space([4, 6]), space([1, 3], [7, 9])],
    ['two holes', space([1, 9]), space([2, 3], [6, 7]), space([1, 1], [4, 5], [8, 9])],
    ['a hole over a gap', space([1, 4], [6, 9]), space([3, 7]), space([1, 2], [8, 9])],
    ['a hole over the whole next one', space([1, 4], [6, 7], [9, 12]), space([3, 10]), space([1, 2], [11, 12])],
    ['before', space([5, 9]), space([1, 4]), space([5, 9])],
    ['behind', space([5, 9]), space([10, 14]), space([5, 9])],
    ['two holes before', space([5, 9]), space([1, 1], [3, 4]), space([5, 9])],
    ['up to the start', space([5, 9]), space([1, 5]), space([6, 9])],
    ['from the end', space([5, 9]), space([9, 12]), space([5, 8])],
  ])('%s', (_name, from, taken, expected) => {
    expect(subtract(from, taken)).toEqual(expected);
  });
});

describe('size', () => {
  it.each([
    ['nothing', space(), 0n],
    ['one address', space([7, 7]), 1n],
    ['two intervals', space([0, 9], [20, 29]), 20n],
  ])('of %s', (_name, given, expected) => {
    expect(size(given)).toBe(expected);
  });

  it('is exact for all of IPv6', () => {
    expect(size([{ first: 0n, last: (1n << 128n) - 1n }])).toBe(340282366920938463463374607431768211456n);
  });
});

describe('subtract from long lists', () => {
  const holes = space(...Array.from({ length: 100 }, (_, n) => [10 * n, 10 * n + 4] as const));

  it.each([
    ['in front', space([-9, -5]), space([-9, -5])],
    ['behind', space([995, 1000]), space([995, 1000])],
    ['the middle', space([500, 512]), space([505, 509])],
    ['between two', space([505, 509]), space([505, 509])],
    ['into the end of one', space([504, 505]), space([505, 505])],
    ['in one', space([501, 503]), space()],
    ['two far apart', space([3, 7], [903, 907]), space([5, 7], [905, 907])],
  ])('%s', (_name, from, expected) => {
    expect(subtract(from, holes)).toEqual(expected);
  });
});
