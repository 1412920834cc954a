/**
 * Names, descriptions and tags are written by whoever may touch a resource, so also by an attacker. What gets into a
 * notice is bounded, has no line breaks (no forged header, no forged line) and nothing invisible (no bidi tricks).
 */

/** Control, format (bidi, zero width), surrogate, private-use and unassigned characters, and the two line separators. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/** For machines: one line without invisible characters, at most `max` characters. */
export function clean(value: string, max: number): string {
  return bound(
    value
      .slice(0, max * 8)
      .replace(INVISIBLE, ' ')
      .replace(/\s+/gu, ' ')
      .trim(),
    max,
  );
}

/** For people: as `clean`, and nothing that a mail program turns into a link. */
export function plain(value: string, max = 160): string {
  return bound(
    clean(value, max)
      .replaceAll('://', '[:]//')
      .replace(/\bwww\./giu, 'www[.]'),
    max,
  );
}

/** For a subject: as `plain`, in printable ASCII. Accents are dropped, what has no ASCII form becomes `?`. */
export function ascii(value: string, max = 160): string {
  const folded = plain(value, max)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '');
  return bound(folded.replace(/[^\x20-\x7e]/gu, '?').trim(), max);
}

function bound(value: string, max: number): string {
  const characters = [...value];
  if (characters.length <= max) return value;
  return `${characters
    .slice(0, max - 3)
    .join('')
    .trimEnd()}...`;
}
