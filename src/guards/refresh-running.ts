import { isRebalancing, meaningOfState } from '../domain/member-state.ts';
import { suspensionOf } from '../domain/suspended-process.ts';
import { type Guard, type InstanceCase, MINUTE } from './guard.ts';

/** Auto Scaling or a deployment replaces instances here by itself, and both at once would take too many out. */
export const refreshRunning: Guard<InstanceCase> = {
  name: 'refresh-running',
  check: ({ group, instance, member }) => {
    if (group.refreshRunning) return { reason: `an instance refresh of ${group.name} is running`, retryAfter: MINUTE };
    const suspension = suspensionOf(group);
    if (suspension?.guard === 'refresh-running') return { reason: suspension.reason, retryAfter: 2 * MINUTE };
    const meaning = meaningOfState(member);
    if (meaning?.act === 'hold' && meaning.guard === 'refresh-running') {
      return { reason: `${instance.id} is ${member.lifecycleState}`, retryAfter: MINUTE };
    }
    if (!isRebalancing(group)) return null;
    return {
      reason: `${group.name} launches beyond its desired capacity of ${group.desired}: it is being rebalanced`,
      retryAfter: 2 * MINUTE,
    };
  },
};
