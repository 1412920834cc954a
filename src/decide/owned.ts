import type { NetworkInterface, PrefixList, SecurityGroup } from '../domain/estate.ts';
import type { Owned } from '../guards/guard.ts';

/** @param managedBy the service that keeps the group and made what is at stake (`shield.ts`), or null */
export const ownedGroup = ({ id, ownerId }: SecurityGroup, managedBy: string | null): Owned => ({
  id,
  ownerId,
  managedBy,
});

export const ownedInterface = ({ id, ownerId, requesterManaged }: NetworkInterface): Owned => ({
  id,
  ownerId,
  managedBy: requesterManaged ? 'the AWS service that made it' : null,
});

export const ownedList = ({ id, ownerId }: PrefixList): Owned => ({ id, ownerId, managedBy: null });
