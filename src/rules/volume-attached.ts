import type { InstanceRule } from './instance-rules.ts';

const volumeOf = (id: string | null) =>
  id === null ? 'a volume that cannot be read from the event' : `the volume ${id}`;

/** A volume attached by hand brings or takes data. On EKS the CSI driver does this all day: name it as trusted. */
export const volumeAttached: InstanceRule = {
  id: 'volume-attached',
  group: 'changed',
  severity: 'low',
  confidence: 'high',
  ships: 'notify',
  byFact: (fact) =>
    fact.kind === 'volume-attached'
      ? { summary: `${volumeOf(fact.volumeId)} was attached to it`, drift: fact.volumeId ?? '' }
      : null,
};
