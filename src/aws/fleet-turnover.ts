/** Who came to a group and who went, out of its scaling activities. */
import type { Activity } from '@aws-sdk/client-auto-scaling';
import type { Turnover } from '../domain/estate.ts';

/**
 * Auto Scaling says so of an instance that a scale-in took, or that somebody took out with its place. Any other that went is to
 * be replaced, as far as can be known.
 */
const SHRUNK = /shrinking the capacity/i;
/** It is also said of one that left for another zone: then its replacement was launched before. */
const REBALANCED = /to balance instances in zones/i;
const WENT = /^(?:Terminating|Detaching|Moving EC2 instance to Standby)\b.*\b(i-[0-9a-f]+)/;

export function turnoverOf(activities: readonly Activity[], now: Date): Turnover {
  return {
    came: moved(activities, /^Launching .*\b(i-[0-9a-f]+)/, ({ EndTime }) => EndTime ?? now),
    went: moved(
      activities.filter(({ Cause = '' }) => !SHRUNK.test(Cause) || REBALANCED.test(Cause)),
      WENT,
      ({ StartTime }) => StartTime ?? now,
    ),
  };
}

function moved(activities: readonly Activity[], which: RegExp, when: (activity: Activity) => Date): Turnover['came'] {
  return activities.flatMap((activity) => {
    const [, id] = which.exec(activity.Description ?? '') ?? [];
    return id === undefined ? [] : [{ id, at: when(activity).toISOString() }];
  });
}
