import { type Guard, HOUR, type InstanceCase } from './guard.ts';
import { objectionsIn } from './obstacles.ts';

/**
 * TerminateInstanceInAutoScalingGroup terminates first and launches then: a group that is all this one instance would have
 * an outage. Where the group's maintenance policy launches first, it has none; and policy may put up with one.
 */
export const singleInstance: Guard<InstanceCase> = {
  name: 'single-instance',
  check: (subject) => {
    const [reason] = objectionsIn(subject, ['single-instance']);
    return reason === undefined ? null : { reason, retryAfter: HOUR };
  },
};
