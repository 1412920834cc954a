import type { InstanceRule } from './instance-rules.ts';

/** Any other attribute: type, source/destination check, termination protection, … */
export const instanceAttributeChanged: InstanceRule = {
  id: 'instance-attribute-changed',
  severity: 'low',
  byFact: (fact) =>
    fact.kind === 'instance-attribute-changed'
      ? { summary: `its attribute ${fact.attribute} was changed`, drift: fact.attribute }
      : null,
};
