import type { SecurityGroupRule } from '../../src/domain/estate.ts';
import type { GroupReading } from '../../src/domain/reading.ts';

/** A rule as EC2 may show it, the n-th of the group `sg-1`. */
export function ruleNumber(n: number, given: Partial<SecurityGroupRule> = {}): SecurityGroupRule {
  return {
    id: `sgr-${String(n).padStart(17, '0')}`,
    groupId: 'sg-1',
    egress: n % 2 === 1,
    protocol: 'tcp',
    fromPort: 22,
    toPort: 1022,
    source: { kind: 'ipv4', cidr: '203.0.113.128/25' },
    description: null,
    ...given,
  };
}

export const GROUP: GroupReading = {
  kind: 'security-group',
  cleanRuleIds: [ruleNumber(0).id, ruleNumber(1).id],
  cleanHoles: { [ruleNumber(0).id]: '0123456789abcdef', [ruleNumber(1).id]: 'fedcba9876543210' },
  foreignLists: true,
  open: true,
  rules: [
    ruleNumber(0),
    ruleNumber(1, { protocol: '-1', fromPort: -1, toPort: -1, description: 'out' }),
    ruleNumber(3, {
      source: {
        kind: 'security-group',
        id: 'sg-2',
        ownerId: '210987654321',
        vpcId: 'vpc-2',
        peeringId: 'pcx-2',
        peeringStatus: 'deleted',
      },
      tags: { cost: '', team: 'web' },
    }),
  ],
  earlier: [{ rule: ruleNumber(2, { description: 'as it was' }), until: '2026-03-01T11:59:00.000Z' }],
};
