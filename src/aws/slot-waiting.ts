/** Who was refused a slot lately, so that the last one is left to whom it matters most. Pure. */
import type { Severity } from '../domain/decision.ts';

/** By severity, until when somebody counts as waiting: whoever is refused asks again well before that. */
export type Waiting = Readonly<Partial<Record<Severity, string>>>;

/** From the one that matters most. */
const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** The highest severity above this one of which somebody waits, or null. */
export function outranking(waiting: Waiting, severity: Severity, now: string): Severity | null {
  const higher = SEVERITIES.slice(0, SEVERITIES.indexOf(severity));
  return higher.find((it) => lasts(waiting[it], now) > 0) ?? null;
}

/** With one more that waits; null when that needs no writing, as another of its severity is good for half the time. */
export function queued(waiting: Waiting, severity: Severity, seconds: number, now: string): Waiting | null {
  const span = seconds * 1000;
  if (lasts(waiting[severity], now) > span / 2) return null;
  return { ...waiting, [severity]: new Date(Date.parse(now) + span).toISOString() };
}

function lasts(until: string | undefined, now: string): number {
  return until === undefined ? 0 : Date.parse(until) - Date.parse(now);
}
