import { firstOf } from '../domain/first-of.ts';
import { DAY, type Guard, type NetworkCase } from './guard.ts';

const NAMED = 3;

/** A group that others use as well is not emptied for one of them: they would lose what they may rely on. */
export const shared: Guard<NetworkCase> = {
  name: 'shared',
  check({ owned, sharedBy }) {
    if (sharedBy.length === 0) return null;
    return {
      reason: `${owned.id} is also used by ${firstOf(sharedBy, NAMED)}, for whom nothing is wrong`,
      retryAfter: DAY,
    };
  },
};
