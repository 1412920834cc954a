import type { Incident } from './domain/incident.ts';
import { leaseLeft } from './domain/time.ts';
import { type Clock, type Ledger, Superseded } from './roles.ts';

type Tools = { readonly ledger: Pick<Ledger, 'get' | 'put'>; readonly clock: Clock };

/**
 * Sets when an incident is checked next (ISO 8601, UTC), on what is stored now: the indexes that list incidents lag. A worker
 * that holds the lease, or that writes at the same moment, sets the next check itself; what is over has none.
 */
export function setDue(incident: Pick<Incident, 'key'>, dueAt: string, tools: Tools): Promise<void> {
  return change(incident, dueAt, tools, () => true);
}

/** The same where it would be checked sooner. */
export function putOff(incident: Pick<Incident, 'key'>, dueAt: string, tools: Tools): Promise<void> {
  return change(incident, dueAt, tools, (before) => Date.parse(before) < Date.parse(dueAt));
}

async function change(
  { key }: Pick<Incident, 'key'>,
  dueAt: string,
  { ledger, clock }: Tools,
  wanted: (before: string) => boolean,
): Promise<void> {
  const stored = await ledger.get(key);
  if (stored === null || stored.dueAt === null || leaseLeft(stored.leaseUntil, clock.now()) > 0) return;
  if (!wanted(stored.dueAt)) return;
  try {
    await ledger.put({ ...stored, dueAt });
  } catch (error) {
    if (!(error instanceof Superseded)) throw error;
  }
}
