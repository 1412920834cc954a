import { type Guard, type InstanceCase, MINUTE } from './guard.ts';

/**
 * No successor would come. With Launch suspended a group terminates and launches nothing; with Terminate suspended it
 * does neither well; and what it launches from may be gone, or may have failed to launch a moment ago.
 */
export const launchSuspended: Guard<InstanceCase> = {
  name: 'launch-suspended',
  check: ({ group, launch }) => {
    const suspended = group.suspendedProcesses.filter((name) => name === 'Launch' || name === 'Terminate');
    if (suspended.length > 0) {
      return {
        reason: `${group.name} has ${suspended.join(' and ')} suspended: no successor would come`,
        retryAfter: 2 * MINUTE,
      };
    }
    if (launch?.kind !== 'broken') return null;
    return { reason: `${group.name} could not launch a successor: ${launch.why}`, retryAfter: 5 * MINUTE };
  },
};
