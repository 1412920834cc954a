import { plain } from './plain.ts';

/** `2026-05-01T12:00:00.000Z` → `2026-05-01 12:00:00 UTC`. What is no instant is given back, cleaned. */
export function utc(instant: string): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return plain(instant, 40);
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Always in seconds, so that times to a fix can be compared: `3.6 s`, `142 s`. */
export function secondsWords(seconds: number): string {
  return `${seconds < 10 ? Math.max(0, Math.round(seconds * 10) / 10) : Math.round(seconds)} s`;
}

/** How long a wait is, for people: `59 s`, `12 min`, `3 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 180) return secondsWords(seconds);
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** Seconds from one instant to another; null when one of them is no instant. */
export function secondsBetween(from: string, to: string): number | null {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  return Number.isNaN(seconds) ? null : seconds;
}

/** Words as a sentence of their own. */
export const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
