import { type Guard, HOUR, type InstanceCase } from './guard.ts';

/** TerminateInstanceInAutoScalingGroup terminates first and launches then: a group of one would have an outage. */
export const singleInstance: Guard<InstanceCase> = {
  name: 'single-instance',
  check: ({ group }) =>
    group.desired > 1
      ? null
      : {
          reason: `${group.name} has a desired capacity of ${group.desired}: replacing would be an outage`,
          retryAfter: HOUR,
        },
};
