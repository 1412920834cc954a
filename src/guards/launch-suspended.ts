import { WAITING_SECONDS } from '../domain/line.ts';
import { suspensionOf } from '../domain/suspended-process.ts';
import type { Guard, InstanceCase } from './guard.ts';

/**
 * No replacement would come, or none of use. A process that it needs is suspended, what the group launches from is gone, or the
 * last launch failed.
 */
export const launchSuspended: Guard<InstanceCase> = {
  name: 'launch-suspended',
  check: ({ group, launch }) => {
    const suspension = suspensionOf(group);
    if (suspension?.guard === 'launch-suspended') return { reason: suspension.reason, retryAfter: WAITING_SECONDS };
    if (launch?.kind !== 'broken') return null;
    return { reason: `${group.name} could not launch a successor: ${launch.why}`, retryAfter: WAITING_SECONDS };
  },
};
