/** JSON.parse whose fault people can find: line and column, which the engine's own message gives only at times. */
import { MalformedEvent } from './malformed.ts';

/** @throws MalformedEvent `line 3, column 7: not JSON` */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { line, column } = positionOf(text, faultOffset(text));
    throw new MalformedEvent(`line ${line}, column ${column}: not JSON`);
  }
}

/** Both count from 1. */
function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end';

const STRING = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const SPACE = /[ \t\n\r]*/y;

/** Where the text stops being JSON: the first token that does not fit, or the end. Keeps its own stack, so that depth is no danger. */
function faultOffset(text: string): number {
  const open: string[] = [];
  let expected: Expected = 'value';
  let at = lengthAt(SPACE, text, 0);
  while (at < text.length) {
    const length = tokenLength(text, at, expected);
    const next: Expected | null = length === 0 ? null : follow(text.charAt(at), expected, open);
    if (next === null) return at;
    expected = next;
    at += length;
    at += lengthAt(SPACE, text, at);
  }
  return at;
}

function tokenLength(text: string, at: number, expected: Expected): number {
  if ('{}[],:'.includes(text.charAt(at))) return 1;
  if (expected.startsWith('value')) return lengthAt(STRING, text, at) || lengthAt(SCALAR, text, at);
  return expected.startsWith('key') ? lengthAt(STRING, text, at) : 0;
}

/** What may come after a token that begins with `first`; null when the token may not come here. */
function follow(first: string, expected: Expected, open: string[]): Expected | null {
  if (first === '}' || first === ']') return close(first, expected, open);
  if (expected === 'colon') return first === ':' ? 'value' : null;
  if (expected === 'comma or end')
    return first === ',' && open.length > 0 ? (open.at(-1) === '}' ? 'key' : 'value') : null;
  if (first === ',' || first === ':') return null;
  if (expected.startsWith('key')) return first === '"' ? 'colon' : null;
  if (first === '{' || first === '[') {
    open.push(first === '{' ? '}' : ']');
    return first === '{' ? 'key or }' : 'value or ]';
  }
  return 'comma or end';
}

function close(bracket: string, expected: Expected, open: string[]): Expected | null {
  const allowed = expected === 'comma or end' || expected.endsWith(bracket);
  if (!allowed || open.at(-1) !== bracket) return null;
  open.pop();
  return 'comma or end';
}

function lengthAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}
