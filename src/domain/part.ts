/** A call that names many machines at once is one incident, the whole; its machines are parts of it, with incidents of their own. */
import type { Change, ResourceRef } from './change.ts';
import type { Incident } from './incident.ts';
import { keyOf } from './key.ts';

/**
 * The identity of the whole; null where nobody can look its machines up. Each call is one of its own: it reached its own
 * machines, and a further one must not take the place of those.
 */
export function wholeKey({ id, lookUp }: ResourceRef, { fact, eventId }: Change): string | null {
  if (lookUp === undefined || fact.kind !== 'signal') return null;
  return keyOf(['targets', id, fact.signal, eventId], fact.drift);
}

/** The whole that this incident is part of, by its key; null where it stands by itself. The change of a part names its whole alone. */
export function wholeOf({ resource, change }: Pick<Incident, 'resource' | 'change'>): string | null {
  const [named] = change.resources;
  return resource.type !== 'instance' || named === undefined ? null : wholeKey(named, change);
}

/** The change as it concerns the machines of one expression. */
export function changeOfPart(change: Change, whole: ResourceRef): Change {
  return { ...change, resources: [whole] };
}

/** More machines than these are not looked through at once: it would take longer than a function has. */
export const MOST_MACHINES = 5_000;

/** An incident on an expression that names many machines. */
export function isWhole({ resource }: Pick<Incident, 'resource'>): boolean {
  return resource.type === 'targets';
}
