import { type Guard, HOUR, type InstanceCase } from './guard.ts';

/**
 * TerminateInstanceInAutoScalingGroup terminates first and launches then: a group that is all this one instance would have
 * an outage. Where the group's maintenance policy launches first, it has none.
 */
export const singleInstance: Guard<InstanceCase> = {
  name: 'single-instance',
  check: ({ group, member, remediation }) =>
    group.desired > member.weight || remediation.how === 'launch-first'
      ? null
      : {
          reason: `${group.name} has a desired capacity of ${group.desired}: replacing would be an outage`,
          retryAfter: HOUR,
        },
};
