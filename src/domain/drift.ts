import { compareDevices } from './device-drift.ts';
import { TRAITS } from './drift-path.ts';
import type { Baseline, Comparison, Difference, Instance, Untold } from './estate.ts';
import { userDataDigest } from './user-data.ts';

/** The name of an instance profile that is given by its name or its ARN, as templates and calls do. */
export function profileName(profile: string): string {
  return profile.slice(profile.lastIndexOf('/') + 1);
}

/**
 * How an instance differs from the template that it was launched from. What the template does not say is not compared,
 * as nobody said what it should be; but an instance has no profile and no user data that its template does not give it.
 * @param liveUserData base64 as EC2 gives it, null for none, undefined when it was not read (then it is not compared)
 */
export function compareWithBaseline(
  instance: Instance,
  liveUserData: string | null | undefined,
  baseline: Baseline,
): Comparison {
  const devices = compareDevices(instance, baseline);
  const traits = compareTraits(instance, baseline);
  return {
    differences: [
      ...named(instance, baseline),
      ...ofUserData(liveUserData, baseline),
      ...traits.differences,
      ...devices.differences,
      ...ofTags(instance, baseline),
    ],
    untold: [...(baseline.untold ?? []), ...traits.untold, ...devices.untold],
  };
}

const nameOrNone = (profile: string | null): string => (profile === null ? 'none' : profileName(profile));
const asSet = (ids: readonly string[]): string => [...ids].sort().join(', ') || 'none';
const differs = ({ expected, found }: Difference): boolean => expected !== found;

function named(instance: Instance, baseline: Baseline): readonly Difference[] {
  const { image, types, securityGroupIds } = baseline;
  const type = instance.traits?.type;
  const pairs: Difference[] = [
    { path: 'profile', expected: nameOrNone(baseline.profile), found: nameOrNone(instance.profileArn) },
  ];
  if (image !== undefined) pairs.unshift({ path: 'image', expected: image, found: instance.imageId ?? 'none' });
  if (types !== undefined && type !== undefined && !types.includes(type)) {
    pairs.push({ path: 'type', expected: types.join(' or '), found: type });
  }
  if (securityGroupIds !== undefined) {
    const found = asSet(instance.securityGroupIds);
    pairs.push({ path: 'security-groups', expected: asSet(securityGroupIds), found });
  }
  return pairs.filter(differs);
}

function ofUserData(live: string | null | undefined, { userData }: Baseline): readonly Difference[] {
  if (live === undefined) return [];
  const difference = { path: 'user-data', expected: userDataDigest(userData), found: userDataDigest(live) } as const;
  return [difference].filter(differs);
}

function compareTraits(instance: Instance, baseline: Baseline): Comparison {
  const differences: Difference[] = [];
  const untold: Untold[] = [];
  for (const path of TRAITS) {
    const [expected, found] = [baseline.traits?.[path], instance.traits?.[path]];
    if (expected === undefined || expected === found) continue;
    if (found === undefined) untold.push({ path, why: 'of the instance it is not known' });
    else differences.push({ path, expected, found });
  }
  if (baseline.types !== undefined && instance.traits?.type === undefined) {
    untold.push({ path: 'type', why: 'of the instance it is not known' });
  }
  return { differences, untold };
}

/** In quotes: a tag may have an empty value, or the value `none`. */
function ofTags(instance: Instance, { tags = {} }: Baseline): readonly Difference[] {
  return Object.entries(tags).flatMap(([key, value]): readonly Difference[] => {
    const live = Object.hasOwn(instance.tags, key) ? instance.tags[key] : undefined;
    if (live === value) return [];
    return [
      {
        path: `tags/${key}`,
        expected: JSON.stringify(value),
        found: live === undefined ? 'none' : JSON.stringify(live),
      },
    ];
  });
}
