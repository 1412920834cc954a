import { describe, expect, it } from 'vitest';
import { networkOf, parseCidr } from '../../../src/net/cidr.ts';

const WORLD4 = { first: 0n, last: 0xffff_ffffn };
const WORLD6 = { first: 0n, last: (1n << 128n) - 1n };

describe('a CIDR of IPv4', () => {
  it.each([
    ['0.0.0.0/0', WORLD4],
    ['208.236.235.254/0', WORLD4],
    ['255.255.255.255/0', WORLD4],
    ['0.0.0.0/16', { first: 0n, last: 0xffffn }],
    ['0.0.0.0/1', { first: 0n, last: 0x7fff_ffffn }],
    ['128.0.0.0/1', { first: 0x8000_0000n, last: 0xffff_ffffn }],
    ['200.1.2.3/1', { first: 0x8000_0000n, last: 0xffff_ffffn }],
    ['10.1.2.3/8', { first: 0x0a00_0000n, last: 0x0aff_ffffn }],
    ['203.0.113.7/32', { first: 0xcb00_7107n, last: 0xcb00_7107n }],
    ['203.0.113.7/31', { first: 0xcb00_7106n, last: 0xcb00_7107n }],
    ['255.255.255.255/32', { first: 0xffff_ffffn, last: 0xffff_ffffn }],
  ])('%s', (text, interval) => {
    expect(parseCidr(text)).toEqual({ family: 'ipv4', interval });
  });
});

describe('a CIDR of IPv6', () => {
  it.each([
    ['::/0', WORLD6],
    ['2001:db8::1/0', WORLD6],
    ['::1/128', { first: 1n, last: 1n }],
    ['2000::/3', { first: 0x2000n << 112n, last: (0x4000n << 112n) - 1n }],
    ['3fff:ffff::/3', { first: 0x2000n << 112n, last: (0x4000n << 112n) - 1n }],
    ['2001:DB8::/32', { first: 0x2001_0db8n << 96n, last: (0x2001_0db9n << 96n) - 1n }],
    ['2001:db8:0:0:0:0:0:0/127', { first: 0x2001_0db8n << 96n, last: (0x2001_0db8n << 96n) + 1n }],
    ['::ffff:10.0.0.1/96', { first: 0xffffn << 32n, last: (0x1_0000n << 32n) - 1n }],
    ['::10.0.0.1/128', { first: 0x0a00_0001n, last: 0x0a00_0001n }],
    ['64:ff9b::8.8.8.8/128', { first: (0x64_ff9bn << 96n) | 0x0808_0808n, last: (0x64_ff9bn << 96n) | 0x0808_0808n }],
    ['1:2:3:4:5:6:0.0.0.7/0', WORLD6],
    ['::ffff:10.0.0.1/128', { first: (0xffffn << 32n) | 0x0a00_0001n, last: (0xffffn << 32n) | 0x0a00_0001n }],
  ])('%s', (text, interval) => {
    expect(parseCidr(text)).toEqual({ family: 'ipv6', interval });
  });
});

describe('no CIDR', () => {
  it.each([
    '',
    '/',
    '/0',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/128',
    '10.0.0.0/-1',
    '10.0.0.0/+8',
    '10.0.0.0/8.0',
    '10.0.0.0/08',
    '10.0.0.0/00',
    '10.0.0.0/0x8',
    '10.0.0.0/ 8',
    '10.0.0.0/8 ',
    ' 10.0.0.0/8',
    '10.0.0.0/8\n',
    '10.0.0.0\n/8',
    '10.0.0.0/8/8',
    '10.0.0.0/255.0.0.0',
    '10.0.0.0/999',
    '10.1/8',
    '10.0.0/8',
    '10/8',
    '0/0',
    '10.0.0.0.0/8',
    '10..0.0/8',
    '010.0.0.1/8',
    '10.0.0.01/8',
    '00.0.0.0/0',
    '0x0a.0.0.0/8',
    '256.0.0.0/8',
    '10.0.0.300/8',
    '10.0.0.a/8',
    '-1.0.0.0/8',
    '4294967295/32',
    'fe80::1%eth0/64',
    'fe80::%1/10',
    '::/129',
    '::/-1',
    '::',
    ':/0',
    ':::/0',
    '1::2::3/64',
    '1:2:3:4:5:6:7/64',
    '1:2:3:4:5:6:7:8:9/64',
    '12345::/16',
    'g::/16',
    '::ffff:10.0.0.256/96',
    '::ffff:010.0.0.1/96',
    '::ffff:0x0a.0.0.1/96',
    '::ffff:10.1/96',
    '1:2:3:4:5:6:7:1.2.3.4/128',
    '[::]/0',
    'sg-0123456789abcdef0',
    'pl-0123456789abcdef0/8',
    'localhost/8',
  ])('%j', (text) => {
    expect(parseCidr(text)).toBeNull();
    expect(networkOf(text)).toBeNull();
  });
});

describe('the network of a CIDR', () => {
  it.each([
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['208.236.235.254/0', '0.0.0.0/0'],
    ['192.0.2.255/25', '192.0.2.128/25'],
    ['255.255.255.255/32', '255.255.255.255/32'],
    ['2001:db8::ffff/64', '2001:db8::/64'],
    ['2001:db8::1/0', '::/0'],
    ['fe80::1/128', 'fe80::1/128'],
  ])('%s is in %s', (text, network) => {
    expect(networkOf(text)).toBe(network);
  });
});
