import { Cover } from '../net/cover.ts';
import { type Space, union } from '../net/space.ts';
import type { Audience, Part } from './exposure.ts';

/**
 * What lets somebody in, and may be taken out: a rule, an entry of a prefix list, a group of an interface. Lower ranks go
 * first; inside a rank the widest, then the lower name.
 */
type Candidate = { readonly name: string; readonly rank: number; readonly width: bigint };

/** What a candidate lets in to one audience. The cover has who is let in to it by what stays. */
type Place = { readonly cover: Cover; readonly limit: bigint; readonly space: Space };

/**
 * The candidates that cannot stay. All are out at first; then, from the last in their order to the first, each comes back
 * that fits into every audience that it is of. So none of the result could have stayed, and the first in the order go
 * while that is of use.
 * @returns the names in their order; null when too many are let in without any candidate
 */
export function takeOut(
  candidates: readonly Candidate[],
  audiences: readonly Audience[],
  nameOf: (part: Part) => string | undefined,
): readonly string[] | null {
  const order = inOrder(candidates).map((name) => ({ name, places: [] as Place[] }));
  const placesOf = new Map<string | undefined, Place[]>(order.map(({ name, places }) => [name, places]));
  for (const audience of audiences) {
    if (!enter(audience, (part) => placesOf.get(nameOf(part)))) return null;
  }
  return order
    .toReversed()
    .filter(({ places }) => !comesBack(places))
    .toReversed()
    .map(({ name }) => name);
}

function inOrder(candidates: readonly Candidate[]): string[] {
  return [...candidates]
    .sort(
      (a, b) => a.rank - b.rank || (a.width > b.width ? -1 : a.width < b.width ? 1 : 0) || (a.name < b.name ? -1 : 1),
    )
    .map(({ name }) => name);
}

/** Notes what each candidate lets in to an audience. False when those who are let in without any are too many. */
function enter({ limit, parts }: Audience, placesOf: (part: Part) => Place[] | undefined): boolean {
  const fixed: Space[] = [];
  const spaces = new Map<Place[], Space[]>();
  for (const part of parts) {
    const places = placesOf(part);
    if (places === undefined) fixed.push(part.space);
    else addTo(spaces, places, part.space);
  }
  const own = [...spaces].map(([places, list]) => ({ places, space: union(...list) }));
  const cover = new Cover([...fixed, ...own.map(({ space }) => space)]);
  for (const space of fixed) cover.add(space);
  for (const { places, space } of own) places.push({ cover, limit, space });
  return cover.size <= limit;
}

/** Puts a candidate back where there is room for it everywhere. */
function comesBack(places: readonly Place[]): boolean {
  if (places.some(({ cover, limit, space }) => cover.size + cover.missing(space) > limit)) return false;
  for (const { cover, space } of places) cover.add(space);
  return true;
}

function addTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
