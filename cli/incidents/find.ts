import type { Incident } from '../../src/domain/incident.ts';
import type { Ledger } from '../../src/roles.ts';
import { UsageError } from '../command.ts';
import type { ListArguments, ShowArguments } from './arguments.ts';
import { heldIncidents, openIncidents } from './held.ts';
import { firstRows, inRows } from './lines.ts';

/** How far back one looks: the ledger lists by time and by resource, not by status or id. */
export const WINDOW = 1000;

export async function listIncidents(ledger: Ledger, wanted: ListArguments): Promise<readonly Incident[]> {
  const { held, status, resource, limit, json } = wanted;
  const most = limit ?? Number.POSITIVE_INFINITY;
  const inFull = json || resource !== null;
  const first = (all: readonly Incident[]) => (inFull ? all.slice(0, most) : firstRows(all, most));
  if (held) return first(await heldIncidents(ledger, resource));
  const known = await candidates(ledger, resource, status === null ? Math.min(most, WINDOW) : WINDOW);
  const wantedOf = (all: readonly Incident[]) => all.filter((it) => status === null || it.status === status);
  // Hundreds that wait in one group are one row, and must not hide what else is new.
  const hides = !inFull && inRows(known).behind.size > 0;
  return first(wantedOf(hides ? await candidates(ledger, resource, WINDOW) : known));
}

/** The one incident whose id begins so. @throws UsageError when there is none or more than one */
export async function findIncident(ledger: Ledger, { id, resource }: ShowArguments): Promise<Incident> {
  const begins = (incident: Incident) => incident.id.startsWith(id);
  const newest = (await candidates(ledger, resource, WINDOW)).filter(begins);
  // What stands open is found however old it is.
  const matching = newest.length > 0 || resource !== null ? newest : (await openIncidents(ledger)).filter(begins);
  const exact = matching.find((incident) => incident.id === id);
  const [first, second] = exact === undefined ? matching : [exact];
  if (first === undefined)
    throw new UsageError(`no incident ${id}${resource === null ? searched() : ` of ${resource}`}`);
  if (second === undefined) return first;
  const ids = matching.slice(0, 5).map((incident) => incident.id);
  throw new UsageError(
    `${matching.length} incidents begin with ${id}: ${ids.join(', ')}${matching.length > 5 ? ', ...' : ''}`,
  );
}

function searched(): string {
  return ` among the newest ${WINDOW} or the open ones; an older one is found with --resource <id>`;
}

function candidates(ledger: Ledger, resource: string | null, limit: number): Promise<readonly Incident[]> {
  return resource === null ? ledger.recent(limit) : ledger.of(resource);
}
