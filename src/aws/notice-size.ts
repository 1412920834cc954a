/** SNS takes 256 KB a message, all protocols of it together, counted in bytes: a longer notice is shortened, not lost. */
import { headOf } from '../domain/cut.ts';
import type { Notice } from '../notice/notice.ts';

/** Bytes; what is left to 262,144 is for attributes. */
const ROOM = 250_000;
const SHORTENED = '… (shortened)';

export function messageOf(notice: Notice): string {
  return render(fitted(notice));
}

/** The notice, shortened until its message fits. */
export function fitted(notice: Notice): Notice {
  const texts = [Number.MAX_SAFE_INTEGER, 60_000, 8_000, 1_000];
  for (const bytes of texts) {
    const short = shortened(notice, bytes);
    if (Buffer.byteLength(render(short)) <= ROOM) return short;
  }
  return { ...notice, json: core(notice), text: cut(notice.text, 1_000) };
}

function render({ json, text }: Notice): string {
  return JSON.stringify({ default: JSON.stringify(json), email: text });
}

function shortened(notice: Notice, bytes: number): Notice {
  if (bytes === Number.MAX_SAFE_INTEGER) return notice;
  return { ...notice, json: { ...shorten(notice.json, bytes), shortened: true }, text: cut(notice.text, bytes) };
}

/** Each value by itself: long text is cut, long lists lose their end; what stays keeps its shape. */
function shorten(json: Readonly<Record<string, unknown>>, bytes: number): Record<string, unknown> {
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, shortenValue(value, bytes)]));
}

function shortenValue(value: unknown, bytes: number): unknown {
  if (typeof value === 'string') return cut(value, bytes);
  if (Array.isArray(value)) return value.slice(0, 50).map((each) => shortenValue(each, Math.ceil(bytes / 50)));
  if (typeof value === 'object' && value !== null)
    return shorten(value as Record<string, unknown>, Math.ceil(bytes / 4));
  return value;
}

/** The last resort: what the notice is about, without what the flow put beside it. */
function core(notice: Notice): Record<string, unknown> {
  return { subject: notice.subject.slice(0, 99), text: cut(notice.text, 1_000), ...notice.attributes, shortened: true };
}

/** Cuts at a whole character. */
export function cut(text: string, bytes: number): string {
  return Buffer.byteLength(text) <= bytes ? text : headOf(text, bytes) + SHORTENED;
}
