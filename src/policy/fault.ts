/** One thing wrong with a policy document: where, and what was found and what is allowed. */
export type Fault = { readonly path: readonly (string | number)[]; readonly message: string };

/** `['exemptions', 0, 'expires']` → `exemptions[0].expires`; the document itself is `policy`. */
export function pathText(path: Fault['path']): string {
  const text = path.reduce<string>((before, part) => {
    if (typeof part === 'number') return `${before}[${part}]`;
    return before === '' ? part : `${before}.${part}`;
  }, '');
  return text === '' ? 'policy' : text;
}

/** The value as it stands in a message: short, on one line. */
export function shown(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (value instanceof Date) return 'a timestamp';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
}

/** The candidate that was probably meant, or null: a slip or two, more in a longer word. */
export function didYouMean(word: string, candidates: readonly string[]): string | null {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  if (best === undefined) return null;
  return best.distance <= Math.max(2, Math.floor(best.candidate.length / 3)) ? best.candidate : null;
}

/** Insertions, deletions and replacements of one character that turn `a` into `b` (Levenshtein). */
function editDistance(a: string, b: string): number {
  // Words of a policy are short: a longer one is no slip of the pen, and need not be measured.
  if (Math.max(a.length, b.length) > 64) return Number.POSITIVE_INFINITY;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** `a, b or c`. */
export function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
