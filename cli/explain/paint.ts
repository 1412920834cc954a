/** Colors and paragraphs. */
import { clean } from '../../src/notice/plain.ts';
import { wrap } from '../../src/notice/wrap.ts';

export type Paint = (text: string, colour: 'red' | 'yellow' | 'green' | 'bold') => string;

const CODES = { red: 31, yellow: 33, green: 32, bold: 1 } as const;
export const painter =
  (colour: boolean): Paint =>
  (text, name) =>
    colour ? `\u001b[${CODES[name]}m${text}\u001b[0m` : text;

export const LONGEST = 400;
export const paragraph = (text: string, indent: string) => wrap(clean(text, LONGEST * 4), indent);
