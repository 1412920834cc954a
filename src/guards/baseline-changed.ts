import { type Guard, type InstanceCase, MINUTE } from './guard.ts';

/** A successor would come from what somebody changed who is not trusted: replacing would roll that out. */
export const baselineChanged: Guard<InstanceCase> = {
  name: 'baseline-changed',
  check({ group, baselineChanges: [first, ...others] }) {
    if (first === undefined) return null;
    const more = others.length > 0 ? `, and ${others.length} more` : '';
    return { reason: `a successor in ${group.name} would come from it: ${first}${more}`, retryAfter: 10 * MINUTE };
  },
};
