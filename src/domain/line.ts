/** Who waits in an Auto Scaling group, in which order, and how often that is looked at. Pure. */
import type { GuardName } from './decision.ts';
import { type Incident, replacedIn } from './incident.ts';
import { openSince, SEVERITIES } from './urgency.ts';

/** What these object to is the state of the group or the account, the same for all instances: one look answers for a line. */
const OF_THE_GROUP: ReadonlySet<GuardName | null> = new Set([
  'budget',
  'blast-radius',
  'launch-suspended',
  'unhealthy-peers',
]);

/** The group in whose line the incident waits; null where it waits for nothing that the whole group waits for. */
export function lineOf(incident: Incident): string | null {
  return incident.status === 'held' && OF_THE_GROUP.has(incident.guard) ? replacedIn(incident) : null;
}

/** Whether a budget refused it, so that it may have a claim on a slot. */
export function waitsForSlot({ status, guard }: Incident): boolean {
  return status === 'held' && (guard === 'budget' || guard === 'blast-radius');
}

/** The group in which it waits for a slot; null where it does not. */
export function slotLineOf(incident: Incident): string | null {
  return waitsForSlot(incident) ? replacedIn(incident) : null;
}

/** The group in which its replacement is under way; null where none is. */
export function underWayIn({ status, replacement }: Incident): string | null {
  return status === 'waiting' && replacement !== null ? replacement.group : null;
}

/** Sorts as text: the most severe first, then what has been open longest. An instant that cannot be read comes last. */
export function placeInLine(incident: Incident): string {
  const since = new Date(openSince(incident));
  const at = Number.isNaN(since.getTime()) ? '9999' : since.toISOString();
  return `${SEVERITIES.indexOf(incident.finding.severity)}:${at}`;
}

/** What waits is woken when a slot is free. Without that it is looked at after this, to see what else has changed. */
export const WAITING_SECONDS = 3600;

/**
 * Seconds until an incident that waits is looked at in any case: from one hour to two, by its id, so that hundreds that began to
 * wait at one moment are not looked at together.
 */
export function waitingFor({ id }: Pick<Incident, 'id'>): number {
  const part = Number.parseInt(id.slice(0, 4), 16) / 0x10000;
  return Math.round(WAITING_SECONDS * (1 + (part >= 0 && part < 1 ? part : 1)));
}
