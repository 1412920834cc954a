import type { InstanceRule } from './instance-rules.ts';

/** The security groups of an instance or of one of its interfaces were set by hand. */
export const securityGroupsChanged: InstanceRule = {
  id: 'security-groups-changed',
  group: 'changed',
  severity: 'high',
  confidence: 'high',
  ships: 'replace',
  byFact: (fact) => {
    if (fact.kind !== 'security-groups-changed') return null;
    const groups = [...fact.groupIds].sort().join(', ');
    return { summary: `its security groups were set to ${groups || 'others'}`, drift: groups };
  },
  byDifference: ({ path, expected, found }) =>
    path === 'security-groups'
      ? { summary: `its security groups are ${found}, its template says ${expected}`, drift: found }
      : null,
};
