import type { FakeClock } from './clock.ts';

export type Call = { readonly name: string; readonly args: readonly unknown[] };

/** What every fake can do: list its calls, and fail the next one. */
export class Scripted {
  readonly calls: Call[] = [];
  readonly #failures: { readonly error: Error; readonly name: string | null }[] = [];

  /** The next call (of this name, if given) fails, and has no effect. Several wait in line. */
  failNext(error: Error, name: string | null = null): void {
    this.#failures.push({ error, name });
  }

  callsOf(name: string): readonly Call[] {
    return this.calls.filter((call) => call.name === name);
  }

  protected async enter(name: string, ...args: unknown[]): Promise<void> {
    this.calls.push({ name, args });
    // Others get their turn, as with a call over the network.
    await Promise.resolve();
    const index = this.#failures.findIndex((failure) => failure.name === null || failure.name === name);
    const [failure] = index < 0 ? [] : this.#failures.splice(index, 1);
    if (failure !== undefined) throw failure.error;
  }
}

/** A state and all that it was before, so that a read can be as stale as EC2's. */
export class Timeline<T> {
  readonly #clock: FakeClock;
  readonly #versions: { readonly at: number; readonly state: T }[];
  #staleness = 0;

  constructor(clock: FakeClock, first: T) {
    this.#clock = clock;
    this.#versions = [{ at: Number.NEGATIVE_INFINITY, state: first }];
  }

  /** A write is seen by reads only after so many seconds. 0: at once. */
  staleReadsFor(seconds: number): void {
    this.#staleness = seconds * 1000;
  }

  /** The truth, as writes see it. */
  get truth(): T {
    return this.#last(Number.POSITIVE_INFINITY);
  }

  /** What a read answers. */
  get seen(): T {
    return this.#last(this.#clock.now().getTime() - this.#staleness);
  }

  write(state: T, at: number = this.#clock.now().getTime()): void {
    this.#versions.push({ at, state });
  }

  #last(upTo: number): T {
    const found = this.#versions.findLast(({ at }) => at <= upTo) ?? this.#versions[0];
    if (found === undefined) throw new Error('a timeline has a first state');
    return found.state;
  }
}

/** Request ids in a row: `<name>-1`, `<name>-2`. */
export function counter(name: string): () => string {
  let last = 0;
  return () => {
    last += 1;
    return `${name}-${last}`;
  };
}
