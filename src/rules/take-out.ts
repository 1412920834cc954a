import { Cover } from '../net/cover.ts';
import { type Space, union } from '../net/space.ts';
import type { Audience, Part } from './exposure.ts';

/**
 * What lets somebody in, and may be taken out: a rule, an entry of a prefix list, a group of an interface. Lower ranks go
 * first; inside a rank the widest, then the lower name.
 */
type Candidate = { readonly name: string; readonly rank: number; readonly width: bigint };

/** Who is let in by one candidate after the other. `fixed` stays whatever happens. The cover serves for measuring. */
type Crowd = { readonly limit: bigint; readonly fixed: Space; readonly turns: readonly Turn[]; readonly cover: Cover };
/** `number` is the candidate's place in the order; a crowd has its turns in that order. */
type Turn = { readonly number: number; readonly space: Space };

/**
 * Takes candidates out in their order, each while somebody whom it lets in is too many; then puts back, the last taken
 * first, every one that can be put back. So none of the result could have stayed.
 * @returns the names in the order in which they were taken; null when too many are let in without any candidate
 */
export function takeOut(
  candidates: readonly Candidate[],
  audiences: readonly Audience[],
  nameOf: (part: Part) => string | undefined,
): readonly string[] | null {
  const names = inOrder(candidates);
  const numbers = new Map<string | undefined, number>(names.map((name, number) => [name, number]));
  const crowds = audiences.map((audience) => crowdOf(audience, (part) => numbers.get(nameOf(part))));
  const out = new Set<number>();
  for (const crowd of crowds) {
    const taken = takenFrom(crowd);
    if (taken === null) return null;
    for (const { number } of taken) out.add(number);
  }
  putBack(crowds, out);
  return names.filter((_, number) => out.has(number));
}

function inOrder(candidates: readonly Candidate[]): string[] {
  return [...candidates]
    .sort(
      (a, b) => a.rank - b.rank || (a.width > b.width ? -1 : a.width < b.width ? 1 : 0) || (a.name < b.name ? -1 : 1),
    )
    .map(({ name }) => name);
}

function crowdOf({ limit, parts }: Audience, numberOf: (part: Part) => number | undefined): Crowd {
  const spaces = new Map<number | undefined, Space[]>();
  for (const part of parts) addTo(spaces, numberOf(part), part.space);
  const turns: Turn[] = [];
  for (const [number, list] of spaces) if (number !== undefined) turns.push({ number, space: union(...list) });
  turns.sort((a, b) => a.number - b.number);
  const fixed = union(...(spaces.get(undefined) ?? []));
  return { limit, fixed, turns, cover: new Cover([fixed, ...turns.map(({ space }) => space)]) };
}

/**
 * Those that go while this crowd is too many: all up to one, as each that has its turn before that takes part. So it is
 * enough to fill up from the last, until one does not fit.
 */
function takenFrom({ limit, fixed, turns, cover }: Crowd): readonly Turn[] | null {
  cover.add(fixed);
  if (cover.size > limit) return null;
  const fits = ({ space }: Turn): boolean => {
    if (cover.size + cover.missing(space) > limit) return false;
    cover.add(space);
    return true;
  };
  return turns.slice(0, turns.findLastIndex((turn) => !fits(turn)) + 1);
}

/** Puts back what fits into every crowd that it is of, the last first. */
function putBack(crowds: readonly Crowd[], out: Set<number>): void {
  const places = new Map<number, { cover: Cover; limit: bigint; space: Space }[]>();
  for (const { limit, fixed, turns, cover } of crowds) {
    cover.clear();
    cover.add(fixed);
    for (const { number, space } of turns) {
      if (out.has(number)) addTo(places, number, { cover, limit, space });
      else cover.add(space);
    }
  }
  for (const [number, of] of [...places].sort(([a], [b]) => b - a)) {
    if (of.some(({ cover, limit, space }) => cover.size + cover.missing(space) > limit)) continue;
    for (const { cover, space } of of) cover.add(space);
    out.delete(number);
  }
}

function addTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
