import { chunksOf } from '../domain/chunks.ts';

/** EC2 takes at most 200 values a filter ("Filter", EC2 API Reference). */
const FILTER_VALUES = 200;

type Page<T> = { readonly items: readonly T[] | undefined; readonly next: string | undefined };

/** Asks page after page, until no token follows, or so many are there. A page may be empty and yet not be the last. */
export async function allPages<T>(
  ask: (token: string | undefined) => Promise<Page<T>>,
  most = Number.POSITIVE_INFINITY,
): Promise<readonly T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await ask(token);
    all.push(...(items ?? []));
    token = next;
  } while (token && all.length < most);
  return all;
}

/** Asks about distinct ids, as many at a time as a filter takes; for no ids, nothing is asked. */
export async function inChunks<T>(
  ids: readonly string[],
  ask: (some: string[]) => Promise<readonly T[]>,
  size = FILTER_VALUES,
): Promise<readonly T[]> {
  return (await Promise.all(chunksOf(ids, size).map((some) => ask([...some])))).flat();
}
