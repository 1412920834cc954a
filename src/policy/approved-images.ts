/** Whether an image is approved. Three answers: what could not be read is neither approved nor condemned. */
import type { Image, ImageFacts } from '../domain/image.ts';
import { globMatches } from './glob.ts';
import type { ApprovedImage, ImageSettings } from './policy.ts';

export type ImageVerdict =
  | { readonly kind: 'approved' }
  | { readonly kind: 'not-approved'; readonly why: string }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Where and when it is judged: `account` is the one that the instance runs in. */
type Place = { readonly account: string; readonly now: Date };
type Fit = 'yes' | 'no' | 'unknown';

const DAY = 86_400_000;

/** Any entry that fits approves; an image that is too old is not approved whatever fits. */
export function judgeImage(imageId: string, facts: ImageFacts, settings: ImageSettings, place: Place): ImageVerdict {
  const reading = facts.images[imageId];
  const image = reading?.kind === 'read' ? reading.image : null;
  const unread = reading?.kind === 'unread' ? reading.why : `${imageId} was not read`;
  const fits = (settings.approved ?? []).map((entry) => fitOf(entry, imageId, image, facts, place));
  if (settings.approved !== null && !fits.includes('yes')) {
    if (!fits.includes('unknown')) return { kind: 'not-approved', why: 'no entry of images.approved fits it' };
    return { kind: 'unreadable', why: image === null ? unread : unreadParameters(settings.approved, facts) };
  }
  return settings.maxAgeDays === null ? { kind: 'approved' } : judgeAge(image, unread, settings.maxAgeDays, place.now);
}

function judgeAge(image: Image | null, unread: string, maxDays: number, now: Date): ImageVerdict {
  if (image === null) return { kind: 'unreadable', why: unread };
  const made = Date.parse(image.createdAt ?? '');
  if (Number.isNaN(made)) return { kind: 'unreadable', why: `when ${image.id} was made is not known` };
  const days = Math.floor((now.getTime() - made) / DAY);
  if (now.getTime() - made <= maxDays * DAY) return { kind: 'approved' };
  return { kind: 'not-approved', why: `it is ${days} days old, and images.maxAgeDays is ${maxDays}` };
}

/** Every key that is given must fit, by one of its values. */
function fitOf(entry: ApprovedImage, imageId: string, image: Image | null, facts: ImageFacts, place: Place): Fit {
  const fits: Fit[] = [];
  if (entry.ids !== undefined) fits.push(of(entry.ids.includes(imageId)));
  if (entry.ssmParameter !== undefined) fits.push(byParameter(entry.ssmParameter, imageId, facts));
  if (needsImage(entry)) fits.push(image === null ? 'unknown' : byImage(entry, image, place));
  if (fits.includes('no') || fits.length === 0) return 'no';
  return fits.includes('unknown') ? 'unknown' : 'yes';
}

const of = (fits: boolean): Fit => (fits ? 'yes' : 'no');

function needsImage({ owners, names, tags }: ApprovedImage): boolean {
  return owners !== undefined || names !== undefined || tags !== undefined;
}

function byParameter(name: string, imageId: string, { parameters }: ImageFacts): Fit {
  const reading = parameters[name];
  return reading?.kind === 'image' ? of(reading.imageId === imageId) : 'unknown';
}

/**
 * Anybody may publish an image under any name. So a name counts only together with who owns the image: where an entry
 * names no owner, that is the account itself.
 */
function byImage({ owners, names, tags }: ApprovedImage, image: Image, { account }: Place): Fit {
  const allowed = owners ?? (names === undefined ? null : [account]);
  const owned = allowed === null || [image.ownerId, image.ownerAlias].some((it) => it !== null && allowed.includes(it));
  const named = names === undefined || names.some((pattern) => globMatches(pattern, image.name ?? ''));
  const tagged = Object.entries(tags ?? {}).every(([key, values]) => {
    const value = Object.hasOwn(image.tags, key) ? image.tags[key] : undefined;
    return value !== undefined && values.some((pattern) => globMatches(pattern, value));
  });
  return of(owned && named && tagged);
}

function unreadParameters(approved: readonly ApprovedImage[], { parameters }: ImageFacts): string {
  const whys = approved.flatMap(({ ssmParameter }) => {
    const reading = ssmParameter === undefined ? undefined : parameters[ssmParameter];
    return reading?.kind === 'unread' ? [reading.why] : [];
  });
  return whys[0] ?? 'a parameter of images.approved was not read';
}
