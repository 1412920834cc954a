/**
 * Which exposures are looked at again by the message that brought them, because the scheduler's minute is too coarse. Pure.
 */
import { exposureBackOff } from './back-off.ts';
import { isExposure } from './exposure.ts';
import type { Incident } from './incident.ts';
import { occurrenceOf } from './occurrence.ts';

/** AWS refused the act, or something could not be read: both may end at any moment, without an event. */
export function comesBack(incident: Incident): boolean {
  const { status, guard, outcome } = incident;
  if (!isExposure(incident) || status !== 'held') return false;
  return guard === 'unreadable' || (guard === null && outcome?.kind === 'failed');
}

/** Tries in a row after which the wait has reached its cap. */
const AT_THE_CAP = 5;

/** Seconds. @param chance from 0 up to 1 */
export function comeBackAfter({ guard, failures }: Incident, chance: number): number {
  return exposureBackOff(guard === null ? failures : AT_THE_CAP, chance);
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
