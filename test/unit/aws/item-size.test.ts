import { expect, test } from 'vitest';
import { itemSize } from '../../../src/aws/item-size.ts';

test.each<{ title: string; item: Record<string, unknown>; bytes: number }>([
  { title: 'a string has its name and its value', item: { pk: 'abc' }, bytes: 5 },
  { title: 'both are counted in UTF-8', item: { ключ: 'ü€🔓' }, bytes: 8 + 2 + 3 + 4 },
  { title: 'an empty string has its name only', item: { a: '' }, bytes: 1 },
  { title: 'a number has a byte for two digits, and one', item: { n: 27 }, bytes: 1 + 1 + 1 },
  { title: 'an odd number of digits is rounded up', item: { n: 123 }, bytes: 1 + 2 + 1 },
  { title: 'zeroes before and after do not count', item: { n: 1_700_000_000 }, bytes: 1 + 1 + 1 },
  { title: 'zero', item: { n: 0 }, bytes: 1 + 1 },
  { title: 'a fraction', item: { n: 0.0025 }, bytes: 1 + 1 + 1 },
  { title: 'a sign', item: { n: -27 }, bytes: 1 + 1 + 1 + 1 },
  { title: 'an exponent', item: { n: 1.5e300 }, bytes: 1 + 1 + 1 },
  { title: 'null', item: { a: null }, bytes: 2 },
  { title: 'true', item: { a: true }, bytes: 2 },
  { title: 'an empty list', item: { a: [] }, bytes: 1 + 3 },
  { title: 'an empty map', item: { a: {} }, bytes: 1 + 3 },
  { title: 'a list has one more for each element', item: { a: ['bc', 'd'] }, bytes: 1 + 3 + (1 + 2) + (1 + 1) },
  { title: 'so has a map, with its names', item: { a: { bc: 'd' } }, bytes: 1 + 3 + (1 + 2 + 1) },
  { title: 'a list in a map in a list', item: { a: [{ b: [true] }] }, bytes: 1 + 3 + 1 + (3 + 1 + 1 + (3 + 1 + 1)) },
  { title: 'what is undefined is not stored', item: { a: undefined, b: 'c' }, bytes: 2 },
])('$title: $bytes bytes', ({ item, bytes }) => {
  expect(itemSize(item)).toBe(bytes);
});
