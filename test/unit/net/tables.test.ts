import { describe, expect, it } from 'vitest';

/**
 * Imported inside the test: where a file cannot be loaded, a test file that imports it has no tests at all, which a
 * mutation test takes for none that failed.
 */
describe('the tables of addresses', () => {
  it('are built when they are loaded', async () => {
    const { NOT_INTERNET } = await import('../../../src/net/internet.ts');
    expect(NOT_INTERNET.ipv4[0]).toEqual({ first: 0n, last: 0x00ff_ffffn });
    expect(NOT_INTERNET.ipv6[0]).toEqual({ first: 0n, last: 1n });
  });

  it('of IPv6 that writes IPv4 are two blocks, the lower first', async () => {
    const { embeddedIn } = await import('../../../src/net/embedded.ts');
    expect(embeddedIn([{ first: 0n, last: (1n << 128n) - 1n }])).toEqual([
      { first: 0xffffn << 32n, last: (0x1_0000n << 32n) - 1n },
      { first: 0x64_ff9bn << 96n, last: ((0x64_ff9bn << 64n) + 1n) * (1n << 32n) - 1n },
    ]);
  });
});
