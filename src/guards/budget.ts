import { WAITING_SECONDS } from '../domain/line.ts';
import type { Guard, InstanceCase } from './guard.ts';

/**
 * No instance of the group may be out at all: a freeze, or a budget that cannot be read. Whether a slot is free is asked
 * last, in the ledger, by whoever acts.
 */
export const budget: Guard<InstanceCase> = {
  name: 'budget',
  check: ({ allowance, group }) =>
    allowance.limit > 0
      ? null
      : { reason: `no instance of ${group.name} may be out now (${allowance.because})`, retryAfter: WAITING_SECONDS },
};
