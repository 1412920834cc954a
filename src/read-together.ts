/** The resources of one change, read some at a time where the unit can do that. */
import type { Deps } from './deps.ts';
import type { ResourceRef } from './domain/change.ts';
import { chunksOf } from './domain/chunks.ts';
import type { Estate } from './domain/estate.ts';
import { Retryable } from './roles.ts';

/** What is read together may wait for those before it to be judged: so few that it is seconds old at most. */
const TOGETHER = 50;

/**
 * Reads a target with those that follow it when the first of them is judged. Null is for what is to be read by itself: a
 * record of one resource that cannot be understood must not keep the others from being judged.
 * @returns the reader, which throws Retryable
 */
export function readTogether(targets: readonly ResourceRef[], { work, log }: Deps) {
  const { readMany } = work;
  if (readMany === undefined || targets.length === 1) return async () => null;
  const reads = chunksOf(targets, TOGETHER).map((some) => once(() => readSome(some)));
  const placeOf = new Map(targets.map(({ id }, at) => [id, Math.floor(at / TOGETHER)]));
  return async ({ id }: ResourceRef) => (await reads[placeOf.get(id) ?? -1]?.())?.get(id) ?? null;

  async function readSome(some: readonly ResourceRef[]): Promise<ReadonlyMap<string, Estate>> {
    try {
      return new Map(await readMany?.(some));
    } catch (error) {
      if (error instanceof Retryable) throw error;
      log.warn('resources that could not be read together are read one by one', { why: String(error) });
      return new Map();
    }
  }
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | null = null;
  return () => {
    answer ??= read();
    return answer;
  };
}
