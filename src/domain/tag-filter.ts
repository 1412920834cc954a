import type { TagFilter } from './change.ts';
import type { Tags } from './estate.ts';

/**
 * Whether tags fit the target of a call: the tag has one of the values, or whatever value where none is given; of `tag-key`,
 * one of the values is the key of a tag. Capitals matter, and `*` and `?` stand for themselves, as Systems Manager takes them
 * (EC2 would not: whoever asks it has to escape them).
 */
export function carries(tags: Tags, { key, values }: TagFilter): boolean {
  const fits = (found: readonly string[]) =>
    values.length === 0 ? found.length > 0 : found.some((one) => values.includes(one));
  return fits(key === 'tag-key' ? Object.keys(tags) : valuesOf(tags, key.slice('tag:'.length)));
}

/** A tag has one value. */
function valuesOf(tags: Tags, name: string): readonly string[] {
  const value = Object.hasOwn(tags, name) ? tags[name] : undefined;
  return value === undefined ? [] : [value];
}
