import type { Incident } from '../../src/domain/incident.ts';
import type { Ledger } from '../../src/roles.ts';
import { UsageError } from '../command.ts';
import type { ListArguments, ShowArguments } from './arguments.ts';

/** How far back one looks: the ledger lists by time and by resource, not by status or id. */
const WINDOW = 1000;

export async function listIncidents(ledger: Ledger, wanted: ListArguments): Promise<readonly Incident[]> {
  const { status, resource, limit } = wanted;
  const known = await candidates(ledger, resource, status === null ? limit : WINDOW);
  return known.filter((incident) => status === null || incident.status === status).slice(0, limit);
}

/** The one incident whose id begins so. @throws UsageError when there is none or more than one */
export async function findIncident(ledger: Ledger, { id, resource }: ShowArguments): Promise<Incident> {
  const known = await candidates(ledger, resource, WINDOW);
  const matching = known.filter((incident) => incident.id.startsWith(id));
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
  return ` among the newest ${WINDOW}; an older one is found with --resource <id>`;
}

function candidates(ledger: Ledger, resource: string | null, limit: number): Promise<readonly Incident[]> {
  return resource === null ? ledger.recent(limit) : ledger.of(resource);
}
