/** The events of a file: one, an array, `{"Records": […]}`, or one a line. */
import { readFileSync } from 'node:fs';
import { parseJson } from '../../src/inbound/json.ts';
import { MalformedEvent } from '../../src/inbound/malformed.ts';
import { isObject } from '../../src/inbound/reader.ts';
import { type Io, UsageError } from '../command.ts';

export type Input = {
  readonly file: string;
  /** Place within the file, counted from 0. */
  readonly index: number;
  /** The event, or why there is none: names the file, and the line where JSON breaks off. */
  readonly event: { readonly raw: unknown } | { readonly fault: string };
};

/** The text of a file; `-` is standard input. @throws UsageError */
export function readText(file: string, io: Io): string {
  try {
    return file === '-' ? readInput(io) : readFileSync(file, 'utf8');
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${file}: ${whyUnreadable(error)}`);
  }
}

function readInput(io: Io): string {
  if (io.input === undefined) throw new UsageError('-: there is no standard input');
  return io.input();
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'a directory, not a file',
  EACCES: 'permission denied',
};

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
  return REASONS[code] ?? `could not be read (${code})`;
}

export function readInputs(file: string, io: Io): readonly Input[] {
  try {
    const events = split(readText(file, io), file);
    if (events.length === 0) return [{ file, index: 0, event: { fault: `${file}: holds no event` } }];
    return events.map((event, index) => ({ file, index, event }));
  } catch (error) {
    if (error instanceof UsageError) return [{ file, index: 0, event: { fault: error.message } }];
    throw error;
  }
}

function split(content: string, file: string): readonly Input['event'][] {
  const text = content.startsWith('\uFEFF') ? content.slice(1) : content;
  if (text.trim() === '') return [];
  try {
    return many(parseJson(text)).map((raw) => ({ raw }));
  } catch (error) {
    if (!(error instanceof MalformedEvent)) throw error;
    return lines(text, file) ?? [{ fault: `${file}: ${error.message}` }];
  }
}

function many(json: unknown): readonly unknown[] {
  if (Array.isArray(json)) return json;
  const records = isObject(json) ? (json.Records ?? json.configurationItems) : undefined;
  return Array.isArray(records) ? records : [json];
}

/** JSON lines, when a line by itself is an object and the first no bracket of a longer text; then a bad line is a fault of its own. */
function lines(text: string, file: string): readonly Input['event'][] | null {
  const numbered = text.split('\n').map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const events = numbered.filter(({ line }) => line !== '').map(({ line, number }) => oneLine(line, number, file));
  const whole = events.some((event) => 'raw' in event && isObject(event.raw));
  const bracket = ['[', '{'].includes(numbered.find(({ line }) => line !== '')?.line ?? '');
  return whole && !bracket && events.length > 1 ? events : null;
}

function oneLine(line: string, number: number, file: string): Input['event'] {
  try {
    return { raw: parseJson(line) };
  } catch (error) {
    const column = /column (\d+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? '1';
    return { fault: `${file}: line ${number}, column ${column}: not JSON` };
  }
}
