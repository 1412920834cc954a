import { DAY, type Guard, type SecurityGroupCase } from './guard.ts';

/** A security group of another account (shared VPC) is its owner's to put right. */
export const notOurs: Guard<SecurityGroupCase> = {
  name: 'not-ours',
  check: ({ group, account }) =>
    group.ownerId === account
      ? null
      : { reason: `${group.id} belongs to account ${group.ownerId}, not to ${account}`, retryAfter: DAY },
};
