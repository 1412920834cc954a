import type { PrefixList, RuleSource, SecurityGroupEstate, SecurityGroupRule } from '../../../src/domain/estate.ts';
import type { Family } from '../../../src/net/cidr.ts';
import { INTERNET_LIMIT, type InternetSettings } from '../../../src/policy/policy.ts';

export const GROUP = 'sg-0123456789abcdef0';

/** SSH, RDP and VNC on what speaks there, and rules for all traffic: the preset `internet`. */
export const SETTINGS: InternetSettings = {
  mode: null,
  protects: [
    { name: 'all traffic', protocols: 'all', ports: [] },
    { name: 'SSH', protocols: [6, 17, 132, 33], ports: [{ from: 22, to: 22 }] },
    { name: 'RDP', protocols: [6, 17], ports: [{ from: 3389, to: 3389 }] },
    { name: 'VNC', protocols: [6], ports: [{ from: 5900, to: 5903 }] },
  ],
  limit: INTERNET_LIMIT,
  allowedRanges: [],
  prefixLists: 'revoke-rules',
  loadBalancers: [],
};

/** World SSH, and what is given. */
export function rule(id: string, given: Partial<SecurityGroupRule> = {}): SecurityGroupRule {
  return {
    id,
    groupId: GROUP,
    egress: false,
    protocol: 'tcp',
    fromPort: 22,
    toPort: 22,
    source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
    description: null,
    ...given,
  };
}

export function estateOf(
  rules: readonly SecurityGroupRule[],
  prefixLists: readonly PrefixList[] = [],
): SecurityGroupEstate {
  return {
    kind: 'security-group',
    group: { id: GROUP, name: 'web', ownerId: '123456789012', vpcId: 'vpc-1', tags: {} },
    rules,
    prefixLists,
    surroundings: null,
  };
}

export const prefixList = (id: string, ...cidrs: readonly string[]): PrefixList => ({
  id,
  name: null,
  ownerId: null,
  cidrs,
  version: 1,
});

export function sourceOf(text: string): RuleSource {
  if (text.startsWith('pl-')) return { kind: 'prefix-list', id: text };
  if (text.startsWith('sg-')) return { kind: 'security-group', id: text };
  return { kind: familyOf(text), cidr: text };
}

const familyOf = (cidr: string): Family => (cidr.includes(':') ? 'ipv6' : 'ipv4');

/** `tcp 20-25 0.0.0.0/0`, `-1 ::/0`: rules in short, with the ids `a`, `b`, `c`, … in their order. */
export function rulesOf(...texts: readonly string[]): readonly SecurityGroupRule[] {
  return texts.map((text, index) => {
    const words = text.split(' ');
    const [protocol = '', ports = '-1'] = words;
    const [from = '', to = from] = words.length === 3 ? ports.split('-') : ['-1'];
    return rule(String.fromCharCode(97 + index), {
      protocol,
      fromPort: Number(from),
      toPort: Number(to),
      source: sourceOf(words.at(-1) ?? ''),
    });
  });
}
