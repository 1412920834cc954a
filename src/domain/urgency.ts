/** Which of several incidents matters most, wherever there is not room for all: for a slot, or on a list. */
import type { Severity } from './decision.ts';
import type { Incident } from './incident.ts';

/** From the one that matters most. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** Since when it stands open. An incident that was written before this was kept has only its latest change. */
export function openSince({ since, change }: Incident): string {
  return since ?? change.at;
}

/** The worst first, and of these the one that stands open longest. */
export function byUrgency(a: Incident, b: Incident): number {
  const severity = SEVERITIES.indexOf(a.finding.severity) - SEVERITIES.indexOf(b.finding.severity);
  return severity || Date.parse(openSince(a)) - Date.parse(openSince(b));
}
