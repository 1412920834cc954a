import type { Space } from './space.ts';

/**
 * Which addresses are covered so far, of spaces that are known beforehand. Covering a space and asking what it would add
 * cost the logarithm of their number for each interval, so that taking out and putting back a thousand rules stays cheap.
 *
 * A segment tree: the leaves are the stretches between neighbouring borders, each node knows how much of it is covered.
 * A node that is full is never looked into again.
 */
export class Cover {
  readonly #borders: readonly bigint[];
  readonly #indexes: ReadonlyMap<bigint, number>;
  readonly #covered: bigint[];

  /** @param spaces every space that will be covered or asked for */
  constructor(spaces: readonly Space[]) {
    const all = new Set(spaces.flatMap((space) => space.flatMap(({ first, last }) => [first, last + 1n])));
    this.#borders = [...all].sort((a, b) => (a < b ? -1 : 1));
    this.#indexes = new Map(this.#borders.map((border, index) => [border, index]));
    this.#covered = new Array(4 * this.#borders.length).fill(0n);
  }

  /** How many addresses are covered. */
  get size(): bigint {
    return this.#at(1);
  }

  /** How many addresses of a space are not covered. */
  missing(space: Space): bigint {
    return space.reduce((sum, { first, last }) => sum + this.#missing(1, this.#whole, this.#stretch(first, last)), 0n);
  }

  add(space: Space): void {
    for (const { first, last } of space) this.#add(1, this.#whole, this.#stretch(first, last));
  }

  get #whole(): Stretch {
    return { from: 0, to: this.#borders.length - 1 };
  }

  #stretch(first: bigint, last: bigint): Stretch {
    return { from: this.#index(first), to: this.#index(last + 1n) };
  }

  #index(border: bigint): number {
    const index = this.#indexes.get(border);
    if (index === undefined) throw new Error('a cover was asked for a space that it was not made for');
    return index;
  }

  #at(node: number): bigint {
    return this.#covered[node] ?? 0n;
  }

  #length({ from, to }: Stretch): bigint {
    return (this.#borders[to] ?? 0n) - (this.#borders[from] ?? 0n);
  }

  #missing(node: number, range: Stretch, asked: Stretch): bigint {
    const left = this.#length(range) - this.#at(node);
    if (left === 0n || (asked.from <= range.from && range.to <= asked.to)) return left;
    const middle = (range.from + range.to) >> 1;
    let sum = 0n;
    if (asked.from < middle) sum += this.#missing(2 * node, { from: range.from, to: middle }, asked);
    if (asked.to > middle) sum += this.#missing(2 * node + 1, { from: middle, to: range.to }, asked);
    return sum;
  }

  #add(node: number, range: Stretch, added: Stretch): void {
    const length = this.#length(range);
    if (this.#at(node) === length) return;
    if (added.from <= range.from && range.to <= added.to) {
      this.#covered[node] = length;
      return;
    }
    const middle = (range.from + range.to) >> 1;
    if (added.from < middle) this.#add(2 * node, { from: range.from, to: middle }, added);
    if (added.to > middle) this.#add(2 * node + 1, { from: middle, to: range.to }, added);
    this.#covered[node] = this.#at(2 * node) + this.#at(2 * node + 1);
  }
}

/** Indexes of borders: from one to another. */
type Stretch = { readonly from: number; readonly to: number };
