import { DAY, type Guard, type NetworkCase } from './guard.ts';

const NAMED = 3;

/** A group that others use as well is not emptied for one of them: they would lose what they may rely on. */
export const shared: Guard<NetworkCase> = {
  name: 'shared',
  check({ owned, sharedBy }) {
    if (sharedBy.length === 0) return null;
    const more = sharedBy.length > NAMED ? ` and ${sharedBy.length - NAMED} more` : '';
    return {
      reason: `${owned.id} is also used by ${sharedBy.slice(0, NAMED).join(', ')}${more}, for whom nothing is wrong`,
      retryAfter: DAY,
    };
  },
};
