/** Who came to a group and who went, out of its scaling activities. */
import type { Activity } from '@aws-sdk/client-auto-scaling';
import type { Turnover } from '../domain/estate.ts';

/** Auto Scaling says so of an instance that a scale-in took. Any other that went is to be replaced, as far as can be known. */
const SCALED_IN = /shrinking the capacity/i;

export function turnoverOf(activities: readonly Activity[], now: Date): Turnover {
  return {
    came: moved(activities, /^Launching .*\b(i-[0-9a-f]+)/, ({ EndTime }) => EndTime ?? now),
    went: moved(
      activities.filter(({ Cause }) => !SCALED_IN.test(Cause ?? '')),
      /^Terminating .*\b(i-[0-9a-f]+)/,
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
