/**
 * Which exposures are looked at again by the message that brought them, because the scheduler's minute is too coarse. Pure.
 */
import { exposureBackOff, unreadBackOff } from './back-off.ts';
import { isExposure } from './exposure.ts';
import type { Incident } from './incident.ts';
import { occurrenceOf } from './occurrence.ts';
import { secondsBetween } from './time.ts';
import { openSince } from './urgency.ts';

/** AWS refused the act, or something could not be read: both may end at any moment, without an event. */
export function comesBack(incident: Incident): boolean {
  const { status, guard, outcome } = incident;
  if (!isExposure(incident) || status !== 'held') return false;
  return guard === 'unreadable' || (guard === null && outcome?.kind === 'failed');
}

/** Seconds. @param chance from 0 up to 1 */
export function comeBackAfter(incident: Incident, now: Date, chance: number): number {
  if (incident.guard === null) return exposureBackOff(incident.failures, chance);
  return unreadBackOff(secondsBetween(openSince(incident), now), chance);
}

/**
 * Whether the message that has just looked at the incident comes back for it: one for the change that brought its current
 * occurrence does. Any other, as for a later call on the same group, leaves it to that one.
 */
export function isCarriedOn(incident: Incident): boolean {
  return comesBack(incident) && incident.triedFor === occurrenceOf(incident.change.eventId);
}

/** Whether another message has looked at the incident since the scheduler asked for it, and comes back for it. */
export function isCarried(incident: Incident, wokenAt: Date | null): boolean {
  return wokenAt !== null && isCarriedOn(incident) && Date.parse(incident.updatedAt) > wokenAt.getTime();
}
