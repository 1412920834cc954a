import { createHash } from 'node:crypto';
import type { Baseline, Difference, Instance } from './estate.ts';

/** Digest of user data, fit to be shown: user data may hold secrets and is never shown itself. */
function userDataDigest(userData: string | null): string {
  if (userData === null || userData === '') return 'none';
  return `sha256:${createHash('sha256').update(userData).digest('hex').slice(0, 12)}`;
}

/** The name of an instance profile that is given by its name or its ARN, as templates and calls do. */
export function profileName(profile: string): string {
  return profile.slice(profile.lastIndexOf('/') + 1);
}

const nameOrNone = (profile: string | null): string => (profile === null ? 'none' : profileName(profile));

const asSet = (ids: readonly string[]): string => [...ids].sort().join(', ') || 'none';

/**
 * How an instance differs from the template that it was launched from, in what policy may replace for.
 * @param liveUserData base64 as EC2 gives it, null for none, undefined when it was not read (then it is not compared)
 */
export function compareWithBaseline(
  instance: Instance,
  liveUserData: string | null | undefined,
  baseline: Baseline,
): Difference[] {
  const pairs: [Difference['attribute'], string, string][] = [
    ['instance-profile', nameOrNone(baseline.profile), nameOrNone(instance.profileArn)],
  ];
  if (liveUserData !== undefined) {
    pairs.push(['user-data', userDataDigest(baseline.userData), userDataDigest(liveUserData)]);
  }
  if (baseline.securityGroupIds !== undefined) {
    pairs.push(['security-groups', asSet(baseline.securityGroupIds), asSet(instance.securityGroupIds)]);
  }
  return pairs
    .filter(([, expected, found]) => expected !== found)
    .map(([attribute, expected, found]) => ({ attribute, expected, found }));
}
