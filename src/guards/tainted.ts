import { leftAlone } from '../domain/taint.ts';
import { type Guard, type InstanceCase, MINUTE } from './guard.ts';

/**
 * Somebody entered the machine, and is left to finish: until the session is over, and the grace after it, or the maximum.
 * Asked last, so that only what would really be replaced is said to be.
 */
export const tainted: Guard<InstanceCase> = {
  name: 'tainted',
  check: ({ entered, policy, instance, now }) => {
    if (entered === null) return null;
    const left = leftAlone(entered, policy.taint, now);
    if (left === null) return null;
    const latest = new Date(left.latest).toISOString();
    return {
      reason: `${instance.id} is tainted, and left alone for now: ${left.why}. It is replaced ${policy.taint.graceMinutes} minutes after it was last entered or left, and by ${latest} at the latest`,
      retryAfter: Math.max(1, Math.min(12 * 60 * MINUTE, Math.ceil((left.next - now.getTime()) / 1000))),
    };
  },
};
