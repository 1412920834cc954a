import type { InstanceRule } from './instance-rules.ts';

/** Any attribute that has no rule of its own: kernel, RAM disk, enhanced networking, and what EC2 may add. */
export const instanceAttributeChanged: InstanceRule = {
  id: 'instance-attribute-changed',
  group: 'changed',
  severity: 'low',
  confidence: 'medium',
  ships: 'notify',
  byFact: (fact) =>
    fact.kind === 'instance-attribute-changed'
      ? { summary: `its attribute ${fact.attribute} was changed`, drift: fact.attribute }
      : null,
};
