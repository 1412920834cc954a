/** An instant (ISO 8601, UTC), or what is wrong with the text as the tail of a sentence. */
export type ReadDate = { readonly instant: string } | { readonly fault: string };

export const WRITE_DATE = 'write a day as YYYY-MM-DD or a time with its offset, such as 2026-05-31T18:00:00Z';

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,3})?)?([Zz]|[+-]\d{2}:\d{2})?$/;
const OFFSET = /^[+-](?:0\d|1[0-4]):[0-5]\d$/;

/** A bare day means its first or its last instant, UTC. A time must say its offset. */
export function readDate(text: string, edge: 'start' | 'end'): ReadDate {
  if (DAY.test(text)) {
    if (!isDay(text)) return noDate();
    return { instant: edge === 'start' ? `${text}T00:00:00.000Z` : `${text}T23:59:59.999Z` };
  }
  const [, day = '', hour = '', minute = '', second = '00', offset] = TIME.exec(text) ?? [];
  if (!isDay(day) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return noDate();
  if (offset === undefined) return { fault: `, which has no offset; ${WRITE_DATE}` };
  const utc = offset.toUpperCase() === 'Z';
  if (!utc && !OFFSET.test(offset)) return { fault: `, whose offset is none; ${WRITE_DATE}` };
  const fraction = /\.\d+/.exec(text)?.[0] ?? '';
  return { instant: new Date(`${day}T${hour}:${minute}:${second}${fraction}${utc ? 'Z' : offset}`).toISOString() };
}

/** The last instant that an exemption written today may run to: the end of this day in a year. */
export function yearAhead(now: Date): string {
  const limit = new Date(now);
  limit.setUTCFullYear(limit.getUTCFullYear() + 1);
  limit.setUTCHours(23, 59, 59, 999);
  return limit.toISOString();
}

function isDay(text: string): boolean {
  const [, year, month, day] = DAY.exec(text) ?? [];
  if (year === undefined) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // 2026-02-30 rolls over to March: only a date that stays the same is one.
  return Number(year) >= 1970 && date.toISOString().startsWith(text);
}

function noDate(): ReadDate {
  return { fault: `, which is no date; ${WRITE_DATE}` };
}
