import { DAY, type Guard, type NetworkCase } from './guard.ts';

/** What another account owns (shared VPC, shared prefix list), or an AWS service looks after, is theirs to put right. */
export const notOurs: Guard<NetworkCase> = {
  name: 'not-ours',
  check({ owned, account }) {
    const { id, ownerId, managedBy } = owned;
    if (ownerId !== account) {
      return { reason: `${id} belongs to account ${ownerId ?? '(unknown)'}, not to ${account}`, retryAfter: DAY };
    }
    return managedBy === null ? null : { reason: `${id} is looked after by ${managedBy}`, retryAfter: DAY };
  },
};
