/**
 * Whether the whole text fits the pattern: `*` stands for any run of characters (also none, also `/` and `:`),
 * `?` for exactly one, everything else for itself, case included.
 *
 * Only the last `*` is ever reconsidered, so the work is bounded by pattern length × text length: no pattern
 * makes it explode, as a regular expression could.
 */
export function globMatches(pattern: string, text: string): boolean {
  const wanted = Array.from(pattern);
  const given = Array.from(text);
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < given.length) {
    if (wanted[p] === '*') {
      star = p;
      resume = t;
      p += 1;
    } else if (p < wanted.length && (wanted[p] === '?' || wanted[p] === given[t])) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      p = star + 1;
      resume += 1;
      t = resume;
    } else {
      return false;
    }
  }
  return wanted.slice(p).every((character) => character === '*');
}

/** Whether some text that begins with `prefix` fits the pattern. */
export function globAdmitsPrefix(pattern: string, prefix: string): boolean {
  const star = pattern.indexOf('*');
  const head = star < 0 ? pattern : pattern.slice(0, star);
  if (star < 0 && head.length < prefix.length) return false;
  const compared = Math.min(head.length, prefix.length);
  return globMatches(head.slice(0, compared), prefix.slice(0, compared));
}
