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
  let next = 0;
  for (const { first, last } of space) {
    while ((taken[next]?.last ?? last) < first) next++;
    let from = first;
    for (let hole = next; from <= last; hole++) {
      const cut = taken[hole];
      if (cut === undefined || cut.first > last) {
        rest.push({ first: from, last });
        break;
      }
      if (cut.first > from) rest.push({ first: from, last: cut.first - 1n });
      from = cut.last + 1n;
    }
  }
  return rest;
}

/** How many addresses. */
export function size(space: Space): bigint {
  return space.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}
