import { describe, expect, it } from 'vitest';
import { parseCidr } from '../../../src/net/cidr.ts';
import { NOT_INTERNET, spaceOf } from '../../../src/net/internet.ts';
import { size } from '../../../src/net/space.ts';

function isInternet(address: string): boolean {
  const cidr = parseCidr(`${address}/${address.includes(':') ? 128 : 32}`);
  if (cidr === null) throw new Error(`no address: ${address}`);
  const { first } = cidr.interval;
  return !NOT_INTERNET[cidr.family].some((it) => it.first <= first && first <= it.last);
}

/** First and last address of each special range (RFC 6890 and updates), and their neighbours outside; null: no such. */
const EDGES: readonly (readonly [string, string | null, string, string, string | null])[] = [
  ['this network', null, '0.0.0.0', '0.255.255.255', '1.0.0.0'],
  ['private', '9.255.255.255', '10.0.0.0', '10.255.255.255', '11.0.0.0'],
  ['shared', '100.63.255.255', '100.64.0.0', '100.127.255.255', '100.128.0.0'],
  ['loopback', '126.255.255.255', '127.0.0.0', '127.255.255.255', '128.0.0.0'],
  ['link-local', '169.253.255.255', '169.254.0.0', '169.254.255.255', '169.255.0.0'],
  ['private', '172.15.255.255', '172.16.0.0', '172.31.255.255', '172.32.0.0'],
  ['protocol assignments', '191.255.255.255', '192.0.0.0', '192.0.0.255', '192.0.1.0'],
  ['protocol assignments before the anycast ones', null, '192.0.0.7', '192.0.0.8', '192.0.0.9'],
  ['protocol assignments behind them', '192.0.0.10', '192.0.0.11', '192.0.0.12', null],
  ['documentation', '192.0.1.255', '192.0.2.0', '192.0.2.255', '192.0.3.0'],
  ['private', '192.167.255.255', '192.168.0.0', '192.168.255.255', '192.169.0.0'],
  ['benchmarking', '198.17.255.255', '198.18.0.0', '198.19.255.255', '198.20.0.0'],
  ['documentation', '198.51.99.255', '198.51.100.0', '198.51.100.255', '198.51.101.0'],
  ['documentation', '203.0.112.255', '203.0.113.0', '203.0.113.255', '203.0.114.0'],
  ['multicast and reserved', '223.255.255.255', '224.0.0.0', '255.255.255.255', null],
  ['unspecified and loopback', null, '::', '::1', '::2'],
  ['mapped IPv4', '::fffe:ffff:ffff', '::ffff:0:0', '::ffff:ffff:ffff', '::1:0:0:0'],
  ['local translation', '64:ff9b:0:ffff::', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff', '64:ff9b:2::'],
  ['discard', 'ff:ffff::', '100::', '100::ffff:ffff:ffff:ffff', null],
  ['dummy prefix', null, '100:0:0:1::', '100:0:0:1:ffff:ffff:ffff:ffff', '100:0:0:2::'],
  ['benchmarking', '2001:1:ffff::', '2001:2::', '2001:2:0:ffff:ffff:ffff:ffff:ffff', '2001:2:1::'],
  ['documentation', '2001:db7:ffff::', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '2001:db9::'],
  ['documentation', '3ffe:ffff::', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', '3fff:1000::'],
  ['segment routing', '5eff:ffff::', '5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '5f01::'],
  ['unique local', 'fbff:ffff::', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe00::'],
  ['link-local', 'fe7f:ffff::', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fec0::'],
  ['multicast', 'feff:ffff::', 'ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', null],
];

describe('what is not the internet', () => {
  it.each(EDGES)('%s: %s | %s … %s | %s', (_name, before, first, last, behind) => {
    expect(isInternet(first)).toBe(false);
    expect(isInternet(last)).toBe(false);
    if (before !== null) expect(isInternet(before)).toBe(true);
    if (behind !== null) expect(isInternet(behind)).toBe(true);
  });

  it('is no more than that', () => {
    const addresses = (prefix: number) => 2n ** BigInt(32 - prefix);
    const prefixes = [8, 8, 10, 8, 16, 12, 24, 24, 16, 15, 24, 24, 4, 4];
    // Without the two anycast addresses among the protocol assignments.
    expect(size(NOT_INTERNET.ipv4)).toBe(prefixes.map(addresses).reduce((a, b) => a + b) - 2n);
  });

  it('is no more than that in IPv6', () => {
    const addresses = (prefix: number) => 2n ** BigInt(128 - prefix);
    const prefixes = [127, 96, 48, 64, 64, 48, 32, 20, 16, 7, 10, 8];
    expect(size(NOT_INTERNET.ipv6)).toBe(prefixes.map(addresses).reduce((a, b) => a + b));
  });

  it.each([
    ...['8.8.8.8', '1.1.1.1', '54.239.28.85', '2a05:d018::1', '2600::', '4000::1'],
    // Anycast services of the registries.
    ...['192.0.0.9', '192.0.0.10', '192.31.196.1', '192.52.193.1', '192.175.48.1'],
    ...['2001:1::1', '2001:1::2', '2001:1::3', '2001:3::1', '2001:4:112::1', '2620:4f:8000::1'],
    // Deprecated, or left open by the registry: in doubt it is the internet.
    ...['192.88.99.1', '192.88.99.2', '2001::1', '2001:10::1', '2001:20::1', '2001:30::1', '2001:1ff::1'],
    ...['2002::1', '2002:808:808::1', 'fec0::1', '::2', '::808:808', '64:ff9b::808:808'],
  ])('%s is the internet', (address) => {
    expect(isInternet(address)).toBe(true);
  });
});

describe('the space of CIDR texts', () => {
  it('takes one family, merges, and leaves out what is none', () => {
    const texts = ['10.0.0.0/9', '10.128.0.0/9', '::/0', 'nonsense', '10.1/8'];
    expect(spaceOf('ipv4', texts)).toEqual([{ first: 0x0a00_0000n, last: 0x0aff_ffffn }]);
    expect(spaceOf('ipv6', texts)).toEqual([{ first: 0n, last: (1n << 128n) - 1n }]);
    expect(spaceOf('ipv4', [])).toEqual([]);
  });
});
