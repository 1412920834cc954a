import type { Incident } from './domain/incident.ts';
import { type Ledger, Superseded } from './roles.ts';

/** Sets when an incident is looked at next (ISO 8601, UTC). Whoever wrote it since it was read is at it already, and decides that. */
export async function setDue(incident: Incident, dueAt: string, ledger: Pick<Ledger, 'put'>): Promise<void> {
  try {
    await ledger.put({ ...incident, dueAt }, incident.fence);
  } catch (error) {
    if (!(error instanceof Superseded)) throw error;
  }
}
