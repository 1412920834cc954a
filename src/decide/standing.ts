/** What is wrong with an instance as it stands, and whether a successor would be any better. */
import type { InstanceEstate } from '../domain/estate.ts';
import type { ImageFacts } from '../domain/image.ts';
import { judgeImage } from '../policy/approved-images.ts';
import type { ImageSettings, Policy } from '../policy/policy.ts';
import { INSTANCE_RULES, type InstanceRule, type Sighted } from '../rules/instance-rules.ts';

/** Where and when it is judged. */
type Place = { readonly account: string; readonly now: Date };

/** What the rules see that need no change and no comparison. */
export function standingOf({ instance, imageFacts }: InstanceEstate, policy: Policy, place: Place): readonly Sighted[] {
  const standing = { instance, imageFacts, policy, account: place.account, now: place.now };
  return INSTANCE_RULES.flatMap((rule): Sighted[] => {
    const sighting = rule.byStanding?.(standing) ?? null;
    return sighting === null ? [] : [{ rule, sighting }];
  });
}

/**
 * Why a successor would show the same finding again, so that replacing would never end; null when it would not, or when
 * what the group launches from was not read yet. Only an image can come again: a successor is young.
 */
export function sameAgain(rule: InstanceRule, estate: InstanceEstate, policy: Policy, place: Place): string | null {
  const { launch, imageFacts } = estate;
  if (rule.id !== 'image-not-approved' || policy.images === null || launch?.kind !== 'ready') return null;
  const images = launch.images ?? [];
  if (images.length === 0) return 'which image a successor would have could not be told';
  const faults = images.flatMap((image) =>
    successorFault(image, imageFacts ?? NOTHING, policy.images as ImageSettings, place),
  );
  return faults[0] ?? null;
}

const NOTHING: ImageFacts = { images: {}, parameters: {} };
const BY_PARAMETER = 'resolve:ssm:';

function successorFault(named: string, facts: ImageFacts, settings: ImageSettings, place: Place): readonly string[] {
  const imageId = named.startsWith(BY_PARAMETER) ? imageOf(named.slice(BY_PARAMETER.length), facts) : named;
  if (imageId === null) return [`which image a successor would have could not be told: the template says ${named}`];
  const verdict = judgeImage(imageId, facts, settings, place);
  if (verdict.kind === 'approved') return [];
  const what = verdict.kind === 'unreadable' ? 'cannot be told to be approved' : 'is not approved either';
  return [`a successor would have the image ${imageId}, which ${what}: ${verdict.why}`];
}

/** Only a parameter that the policy names is read. */
function imageOf(parameter: string, { parameters }: ImageFacts): string | null {
  const reading = Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined;
  return reading?.kind === 'image' ? reading.imageId : null;
}
