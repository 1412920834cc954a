/** What the schema is put together from. An error's text is the tail of `found …` or of `is missing`. */
import * as z from 'zod/mini';
import { didYouMean, either } from './fault.ts';

export type Check<T> = (value: T) => string | null;

/** Runs a check of ours as one of zod's. */
export function judged<T>(check: Check<T>): z.core.CheckFn<T> {
  return ({ value, issues }) => {
    const message = check(value);
    if (message !== null) issues.push({ code: 'custom', message, input: value });
  };
}

const isBlank: Check<string> = (value) => (value.trim() === '' ? '; write something' : null);

export function text(write: string, check: Check<string> = isBlank) {
  return z.string({ error: `; write ${write}` }).check(judged((value) => isBlank(value) ?? check(value)));
}

export function integer(min: number, max: number, what: string) {
  const error = `; write ${what}, a whole number from ${min} to ${max}`;
  return z.int({ error }).check(z.gte(min, { error }), z.lte(max, { error }));
}

export function word<const T extends readonly string[]>(words: T) {
  return z.enum(words, { error: ({ input }) => wordFault(input, words) });
}

export function wordFault(input: unknown, words: readonly string[]): string {
  const meant = typeof input === 'string' ? didYouMean(input, words) : null;
  return meant === null ? `; write ${either(words)}` : `; did you mean ${meant}? Write ${either(words)}`;
}

/**
 * A mapping without other keys. The error's text has one line for each key that is unknown.
 * @param renamed what to write instead of keys that had another name once
 */
export function closed<T extends z.core.$ZodShape>(shape: T, renamed: Readonly<Record<string, string>> = {}) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return `; write a mapping with ${either(known)}`;
      return issue.keys.map((key) => (Object.hasOwn(renamed, key) ? renamed[key] : keyFault(key, known))).join('\n');
    },
  });
}

function keyFault(key: string, known: readonly string[]): string {
  const meant = didYouMean(key, known);
  return meant === null ? `allowed here: ${known.join(', ')}` : `did you mean ${meant}?`;
}

export function listOf<T extends z.core.$ZodType>(item: T, what: string) {
  return z.array(item, { error: `; write a list of ${what} ([] for none)` });
}

/** A list that can't be empty: an empty one would select everything or nothing, and nobody could tell which. */
export function someOf<T extends z.core.$ZodType>(item: T, what: string) {
  const empty = `; write at least one of the ${what}, or leave the key out`;
  return z.array(item, { error: `; write a list of ${what}` }).check(z.minLength(1, { error: empty }));
}

/** A value that is written twice was meant to be another one. The fault is at the second. */
export function onceEach<T extends z.ZodMiniArray>(list: T) {
  return list.check(({ value, issues }) => {
    (value as readonly unknown[]).forEach((item, index, all) => {
      const first = all.indexOf(item);
      if (first === index || typeof item === 'object') return;
      const message = ` a second time, after item ${first}; write each once`;
      issues.push({ code: 'custom', message, input: item, path: [index] });
    });
  });
}
