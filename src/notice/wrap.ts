/** Width of a line for people, in characters: what a mail program shows without breaking it again. */
const COLUMNS = 76;

/**
 * Breaks a paragraph at spaces; a word longer than a line is cut. Further lines are indented by two more, so that no
 * value can look like the beginning of a section.
 */
export function wrap(paragraph: string, indent = ''): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ').filter((part) => part !== '')) {
    for (const piece of cut(word, COLUMNS - indent.length - 2)) {
      const start = lines.length === 0 ? indent : `${indent}  `;
      if (line === '') line = start + piece;
      else if (line.length + 1 + piece.length <= COLUMNS) line = `${line} ${piece}`;
      else {
        lines.push(line);
        line = `${indent}  ${piece}`;
      }
    }
  }
  return line === '' ? lines : [...lines, line];
}

function cut(word: string, size: number): readonly string[] {
  const characters = [...word];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += size) pieces.push(characters.slice(at, at + size).join(''));
  return pieces;
}
