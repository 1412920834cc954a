import { describe, expect, it } from 'vitest';
import { describeRule, portText } from '../../../src/rules/describe-rule.ts';
import { rule } from './perfect.ts';

describe('a rule for people', () => {
  it.each([
    ['tcp 22 from 0.0.0.0/0', {}],
    ['tcp 22 to 0.0.0.0/0', { egress: true }],
    ['tcp 20-25 from 0.0.0.0/0', { fromPort: 20, toPort: 25 }],
    ['tcp 22 from 0.0.0.0/0', { protocol: '6' }],
    ['udp 0-65535 from 0.0.0.0/0', { protocol: '17', fromPort: -1, toPort: -1 }],
    ['sctp 0-65535 from 0.0.0.0/0', { protocol: '132', fromPort: 443, toPort: 443 }],
    ['protocol 47 0-65535 from 0.0.0.0/0', { protocol: '47' }],
    ['all traffic from 0.0.0.0/0', { protocol: '-1', fromPort: -1, toPort: -1 }],
    ['all traffic to ::/0', { protocol: '-1', egress: true, source: { kind: 'ipv6', cidr: '::/0' } as const }],
    ['all traffic from 0.0.0.0/0', { protocol: 'quic' }],
    ['icmp from 0.0.0.0/0', { protocol: 'icmp', fromPort: -1, toPort: -1 }],
    ['icmp type 8 from 0.0.0.0/0', { protocol: 'icmp', fromPort: 8, toPort: -1 }],
    ['icmp type 8 code 0 from 0.0.0.0/0', { protocol: '1', fromPort: 8, toPort: 0 }],
    ['icmp type 3 code 4 to 0.0.0.0/0', { protocol: 'icmp', fromPort: 3, toPort: 4, egress: true }],
    ['icmpv6 type 128 from 0.0.0.0/0', { protocol: '58', fromPort: 128, toPort: -1 }],
    ['tcp 22 from pl-0123', { source: { kind: 'prefix-list', id: 'pl-0123' } as const }],
    ['tcp 22 to sg-0123', { egress: true, source: { kind: 'security-group', id: 'sg-0123' } as const }],
    [
      'tcp 22 from sg-0123 of account 210987654321',
      { source: { kind: 'security-group', id: 'sg-0123', ownerId: '210987654321' } as const },
    ],
  ])('%s', (text, given) => {
    expect(describeRule(rule('a', given))).toBe(text);
  });
});

it('ports are one or a range', () => {
  expect(portText({ from: 22, to: 22 })).toBe('22');
  expect(portText({ from: 20, to: 25 })).toBe('20-25');
});
