/** The events of a file: one, an array, `{"Records": […]}`, what `aws cloudtrail lookup-events` prints, or one a line. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
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

/** The text of a file, unpacked if it is gzip; `-` is standard input. @throws UsageError */
export function readText(file: string, io: Io): string {
  try {
    return file === '-' ? readInput(io) : textOf(readFileSync(file));
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${file}: ${whyUnreadable(error)}`);
  }
}

function readInput(io: Io): string {
  if (io.input === undefined) throw new UsageError('-: there is no standard input');
  const text = io.input();
  // Bytes that are no UTF-8 are lost by now: 1f stays, and 8b is replaced.
  if (text.startsWith('\u001f\ufffd')) throw new UsageError('-: is gzip; unpack it first: gunzip -c FILE | ...');
  return text;
}

/** A log file of CloudTrail unpacks to some ten megabytes at most; this is where a trap ends. In bytes. */
const LONGEST = 512 * 1024 * 1024;

/** CloudTrail writes its log files as gzip, which begins with 1f 8b (RFC 1952, 2.3.1). */
function textOf(bytes: Buffer): string {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (packed ? gunzipSync(bytes, { maxOutputLength: LONGEST }) : bytes).toString('utf8');
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'a directory; name the files in it',
  EACCES: 'permission denied',
  Z_BUF_ERROR: 'gzip that breaks off',
  Z_DATA_ERROR: 'gzip that is broken',
  ERR_BUFFER_TOO_LARGE: 'more than 512 MiB when unpacked',
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
    const json = parseJson(text);
    return lookedUp(json, file) ?? many(json).map((raw) => ({ raw }));
  } catch (error) {
    if (!(error instanceof MalformedEvent)) throw error;
    return lines(text, file) ?? [{ fault: `${file}: ${error.message}` }];
  }
}

/** `aws cloudtrail lookup-events` prints each record as a string of JSON. */
function lookedUp(json: unknown, file: string): readonly Input['event'][] | null {
  const events = isObject(json) ? json.Events : undefined;
  if (!Array.isArray(events)) return null;
  return events.map((event: unknown, index) => {
    const record = isObject(event) ? event.CloudTrailEvent : undefined;
    const place = `${file}: Events[${index}].CloudTrailEvent`;
    if (typeof record !== 'string') return { fault: `${place}: not a text` };
    try {
      return { raw: parseJson(record) };
    } catch (error) {
      if (error instanceof MalformedEvent) return { fault: `${place}: ${error.message}` };
      throw error;
    }
  });
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
