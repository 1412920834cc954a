import type { NetworkInterface, PrefixList, SecurityGroup, Tags } from '../domain/estate.ts';
import type { Owned } from '../guards/guard.ts';

/** Tags by which AWS marks what somebody's own code made. */
const MADE_BY_CODE = new Set(['cloudformation', 'servicecatalog', 'autoscaling', 'createdBy', 'backup']);

/**
 * The service that made the group and keeps it. Only AWS can set a tag that begins with `aws:`
 * (EC2 User Guide, "Tag restrictions"), so that nobody can shield a group with one.
 */
function serviceOf(tags: Tags): string | null {
  const services = Object.keys(tags).flatMap((key) => /^aws:([^:]+)/.exec(key)?.[1] ?? []);
  const service = services.sort().find((name) => !MADE_BY_CODE.has(name));
  return service === undefined ? null : `the AWS service ${service}`;
}

export const ownedGroup = ({ id, ownerId, tags }: SecurityGroup): Owned => ({
  id,
  ownerId,
  managedBy: serviceOf(tags),
});

export const ownedInterface = ({ id, ownerId, requesterManaged }: NetworkInterface): Owned => ({
  id,
  ownerId,
  managedBy: requesterManaged ? 'the AWS service that made it' : null,
});

export const ownedList = ({ id, ownerId }: PrefixList): Owned => ({ id, ownerId, managedBy: null });
