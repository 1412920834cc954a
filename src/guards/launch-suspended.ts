import { type Guard, type InstanceCase, MINUTE } from './guard.ts';

/** With Launch suspended a group terminates and launches nothing; with Terminate suspended it does neither well. */
export const launchSuspended: Guard<InstanceCase> = {
  name: 'launch-suspended',
  check: ({ group }) => {
    const suspended = group.suspendedProcesses.filter((name) => name === 'Launch' || name === 'Terminate');
    if (suspended.length === 0) return null;
    return {
      reason: `${group.name} has ${suspended.join(' and ')} suspended: no successor would come`,
      retryAfter: 2 * MINUTE,
    };
  },
};
