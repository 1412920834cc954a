import type { InstanceRule } from './instance-rules.ts';

/** Metadata options decide whether credentials can be had without a session token (IMDSv1). */
export const metadataOptionsChanged: InstanceRule = {
  id: 'metadata-options-changed',
  group: 'changed',
  severity: 'medium',
  confidence: 'high',
  ships: 'notify',
  byFact: (fact) =>
    fact.kind === 'metadata-options-changed' ? { summary: 'its metadata options were changed', drift: '' } : null,
};
