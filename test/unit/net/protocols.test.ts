import { describe, expect, it } from 'vitest';
import { isIcmp, parseProtocol, portsOf, protocolName } from '../../../src/net/protocols.ts';

describe('a protocol', () => {
  it.each([
    ['-1', 'all'],
    ['all', 'all'],
    ['ALL', 'all'],
    ['tcp', 6],
    ['TCP', 6],
    ['6', 6],
    ['006', 6],
    ['udp', 17],
    ['17', 17],
    ['icmp', 1],
    ['1', 1],
    ['icmpv6', 58],
    ['58', 58],
    ['dccp', 33],
    ['sctp', 132],
    ['132', 132],
    ['udplite', 136],
    ['0', 0],
    ['47', 47],
    ['255', 255],
    ['256', null],
    ['999', null],
    ['1000', null],
    ['-2', null],
    ['', null],
    [' tcp', null],
    ['tcp udp', null],
    ['6.0', null],
    ['0x6', null],
    ['ssh', null],
    ['constructor', null],
    ['toString', null],
    ['__proto__', null],
  ] as const)('%j is %s', (text, expected) => {
    expect(parseProtocol(text)).toBe(expected);
  });

  it.each([
    ['all', 'all traffic'],
    [6, 'tcp'],
    [132, 'sctp'],
    [47, 'protocol 47'],
    [0, 'protocol 0'],
  ] as const)('%s is called %s', (protocol, name) => {
    expect(protocolName(protocol)).toBe(name);
  });
});

const ALL = { from: 0, to: 65535 };

describe('the ports of a rule', () => {
  it.each([
    ['tcp 22', 6, 22, 22, { from: 22, to: 22 }],
    ['udp 20 to 25', 17, 20, 25, { from: 20, to: 25 }],
    ['tcp 0 to 65535', 6, 0, 65535, ALL],
    ['tcp 0', 6, 0, 0, { from: 0, to: 0 }],
    ['tcp without ports', 6, -1, -1, ALL],
    ['udp without a start', 17, -1, 22, ALL],
    ['udp without an end', 17, 22, -1, ALL],
    ['all traffic', 'all', -1, -1, ALL],
    ['all traffic, as Terraform says it', 'all', 0, 0, ALL],
    ['sctp that names a port opens all', 132, 443, 443, ALL],
    ['gre', 47, -1, -1, ALL],
    ['protocol 0', 0, 80, 80, ALL],
    ['udplite', 136, 1, 2, ALL],
    ['icmp: every type', 1, -1, -1, { from: 0, to: 255 }],
    ['icmp echo: its type', 1, 8, -1, { from: 8, to: 8 }],
    ['icmp echo by one code: its type', 1, 8, 0, { from: 8, to: 8 }],
    ['icmp type 0', 1, 0, -1, { from: 0, to: 0 }],
    ['icmpv6: every type', 58, -1, -1, { from: 0, to: 255 }],
    ['icmpv6 by one code', 58, 1, 4, { from: 1, to: 1 }],
  ] as const)('%s', (_name, protocol, from, to, expected) => {
    expect(portsOf(protocol, from, to)).toEqual(expected);
  });
});

describe('ICMP', () => {
  it.each([
    [1, true],
    [58, true],
    [6, false],
    [17, false],
    ['all', false],
  ] as const)('%s: %s', (protocol, expected) => {
    expect(isIcmp(protocol)).toBe(expected);
  });
});
