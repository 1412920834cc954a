import { type Guard, type InstanceCase, MINUTE } from './guard.ts';

/** An instance refresh replaces instances by itself, and both at once would take too many out. */
export const refreshRunning: Guard<InstanceCase> = {
  name: 'refresh-running',
  check: ({ group }) =>
    group.refreshRunning ? { reason: `an instance refresh of ${group.name} is running`, retryAfter: MINUTE } : null,
};
