import { meaningOfState } from '../domain/member-state.ts';
import { type Guard, type InstanceCase, MINUTE } from './guard.ts';

/** Whether a successor would come, or what the state of the instance means, is not known: then nothing is touched. */
export const unreadableFleet: Guard<InstanceCase> = {
  name: 'unreadable',
  check: ({ instance, member, launch, group }) => {
    if (meaningOfState(member) === null) {
      return {
        reason: `${instance.id} is ${member.lifecycleState}, which undrift does not know`,
        retryAfter: 10 * MINUTE,
      };
    }
    if (launch?.kind !== 'unread') return null;
    return {
      reason: `whether ${group.name} could launch a successor could not be read: ${launch.why}`,
      retryAfter: 2 * MINUTE,
    };
  },
};
