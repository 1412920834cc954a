import type { InstanceRule } from './instance-rules.ts';

/** A volume attached by hand brings or takes data. On EKS the CSI driver does this all day: name it as trusted. */
export const volumeAttached: InstanceRule = {
  id: 'volume-attached',
  group: 'changed',
  severity: 'low',
  confidence: 'high',
  ships: 'notify',
  byFact: (fact) =>
    fact.kind === 'volume-attached'
      ? { summary: `the volume ${fact.volumeId} was attached to it`, drift: fact.volumeId }
      : null,
};
