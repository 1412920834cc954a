/**
 * One argument for a POSIX shell. Inside single quotes nothing has a meaning but the single quote itself
 * (POSIX.1-2024, Shell Command Language, 2.2.2).
 */
export function shellQuote(argument: string): string {
  if (/^[A-Za-z0-9_./:@%+,-]+$/u.test(argument)) return argument;
  return `'${argument.replaceAll("'", "'\\''")}'`;
}

/** JSON in printable ASCII on one line: what JSON leaves readable but a terminal may act upon is escaped, and what a mail program turns into a link is broken. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/[^\x20-\x7e]/g, escaped)
    .replaceAll('://', ':\\/\\/')
    .replace(/(?<=[^\s.])\.(?=[a-z][\w-])/giu, '\\u002e');
}

/** A character as its UTF-16 units: some invisible ones have two. */
function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/** JSON to be read on a terminal: indented, and nothing in it that a terminal acts upon or hides. */
export function readableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}
