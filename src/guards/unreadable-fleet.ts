import { meaningOfState } from '../domain/member-state.ts';
import { suspensionOf } from '../domain/suspended-process.ts';
import { type Guard, type InstanceCase, MINUTE } from './guard.ts';
import { standingObstacles } from './obstacles.ts';

/**
 * Whether a successor would come, what the state of the instance means, or whether something speaks against replacing it,
 * is not known: then nothing is touched.
 */
export const unreadableFleet: Guard<InstanceCase> = {
  name: 'unreadable',
  check: (subject) => {
    const { instance, member, launch, group } = subject;
    if (meaningOfState(member) === null) {
      return {
        reason: `${instance.id} is ${member.lifecycleState}, which undrift does not know`,
        retryAfter: 10 * MINUTE,
      };
    }
    const suspension = suspensionOf(group);
    if (suspension?.guard === 'unreadable') return { reason: suspension.reason, retryAfter: 10 * MINUTE };
    if (launch?.kind === 'unread') {
      return {
        reason: `whether ${group.name} could launch a successor could not be read: ${launch.why}`,
        retryAfter: 2 * MINUTE,
      };
    }
    const unread = standingObstacles(subject).find((it) => it.unread);
    return unread === undefined ? null : { reason: unread.why, retryAfter: 2 * MINUTE };
  },
};
