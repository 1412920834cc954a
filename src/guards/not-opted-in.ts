import { type Guard, HOUR, type InstanceCase } from './guard.ts';

/** Instances are replaced only in groups that carry the tag; the role's condition says the same. */
export const notOptedIn: Guard<InstanceCase> = {
  name: 'not-opted-in',
  check: ({ group, optInTag: { key, value } }) =>
    group.tags[key] === value
      ? null
      : { reason: `the Auto Scaling group ${group.name} does not carry the tag ${key} = ${value}`, retryAfter: HOUR },
};
