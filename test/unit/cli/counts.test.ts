import { expect, test } from 'vitest';
import { count, share } from '../../../cli/explain/counts.ts';

test.each([
  [0n, 'ipv4', '0'],
  [999n, 'ipv4', '999'],
  [1000n, 'ipv4', '1,000'],
  [16_777_216n, 'ipv4', '16,777,216'],
  [2n ** 32n, 'ipv4', '4,294,967,296'],
  [2n ** 32n, 'ipv6', '4,294,967,296'],
  [2n ** 101n, 'ipv6', '2^101 (a /27)'],
  [2n ** 101n + 1n, 'ipv6', 'over 2^101 (more than a /27)'],
  [2n ** 102n - 1n, 'ipv6', 'over 2^101 (more than a /27)'],
  [2n ** 128n, 'ipv6', '2^128 (a /0)'],
] as const)('%d of %s', (addresses, family, words) => {
  expect(count(addresses, family)).toBe(words);
});

test.each([
  [16_777_216n, 16_777_216n, 'all'],
  [16_777_215n, 16_777_216n, '99 %'],
  [256n, 16_777_216n, 'less than 1 %'],
  [50n, 100n, '50 %'],
  [0n, 0n, 'all'],
])('%d of a limit of %d is %s', (addresses, limit, words) => {
  expect(share(addresses, limit)).toBe(words);
});
