import { type Entry, leftAlone } from '../domain/taint.ts';
import { type Guard, type InstanceCase, MINUTE } from './guard.ts';

/**
 * Somebody entered the machine, and is left to finish: until the session is over, and the grace after it, or the maximum. What
 * was altered is left alone as long as its rule says.
 * Asked last, so that only what would really be replaced is said to be.
 */
export const tainted: Guard<InstanceCase> = {
  name: 'tainted',
  check: ({ entered, graceMinutes, policy, instance, now }) => {
    if (entered === null) return null;
    const left = leftAlone(entered, { graceMinutes, maxHours: policy.taint.maxHours }, now);
    if (left === null) return null;
    const latest = new Date(left.latest).toISOString();
    const when = left.prolonged ? 'after that' : `${graceMinutes} minutes after ${AFTER[entered.kind]}`;
    return {
      reason: `${instance.id} is tainted, and left alone for now: ${left.why}. It is replaced ${when}, and by ${latest} at the latest`,
      retryAfter: Math.max(1, Math.min(12 * 60 * MINUTE, Math.ceil((left.next - now.getTime()) / 1000))),
    };
  },
};

const AFTER: Readonly<Record<Entry['kind'], string>> = {
  entered: 'it was last entered or left',
  altered: 'it was last altered so',
  found: 'it was found so',
};
