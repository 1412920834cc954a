/** Sets of addresses of one family as sorted, disjoint, inclusive intervals. All functions are exact (bigint). */
export type Interval = { readonly first: bigint; readonly last: bigint };
export type Space = readonly Interval[];

/** Sorts and merges: overlapping and adjacent intervals become one. */
export function union(...spaces: readonly Space[]): Space {
  const sorted = spaces.flat().sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const merged: { first: bigint; last: bigint }[] = [];
  for (const { first, last } of sorted) {
    const open = merged.at(-1);
    if (open !== undefined && first <= open.last + 1n) {
      if (last > open.last) open.last = last;
    } else merged.push({ first, last });
  }
  return merged;
}

/** What is in `space` and not in `taken`; both must be normalised (results of `union`). */
export function subtract(space: Space, taken: Space): Space {
  const rest: Interval[] = [];
  for (const { first, last } of space) {
    let from = first;
    for (let next = firstEndingAt(first, taken); from <= last; next++) {
      const hole = taken[next];
      if (hole === undefined || hole.first > last) {
        rest.push({ first: from, last });
        break;
      }
      if (hole.first > from) rest.push({ first: from, last: hole.first - 1n });
      from = hole.last + 1n;
    }
  }
  return rest;
}

/** What is in both; both must be normalised. */
export function intersect(a: Space, b: Space): Space {
  return subtract(a, subtract(a, b));
}

/** Index of the first interval that ends at an address or behind it, by halving: `taken` may be long. */
function firstEndingAt(address: bigint, taken: Space): number {
  let [low, high] = [0, taken.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((taken[middle]?.last ?? address) < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many addresses. */
export function size(space: Space): bigint {
  return space.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}
