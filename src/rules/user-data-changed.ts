import type { InstanceRule } from './instance-rules.ts';

/** User data runs at every boot where cloud-init is told so: changed, it is code that nobody reviewed. */
export const userDataChanged: InstanceRule = {
  id: 'user-data-changed',
  group: 'changed',
  severity: 'high',
  confidence: 'high',
  ships: 'replace',
  byFact: (fact) => (fact.kind === 'user-data-changed' ? { summary: 'its user data was changed', drift: '' } : null),
  byDifference: ({ path }) =>
    path === 'user-data' ? { summary: 'its user data is not that of its template', drift: '' } : null,
};
