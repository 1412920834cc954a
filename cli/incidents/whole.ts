/** A call that named many machines at once is one incident, the whole, beside those of its machines, its parts. */
import { membersNow } from '../../src/batch.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { incidentIdOf } from '../../src/domain/key.ts';
import { isWhole, wholeOf } from '../../src/domain/part.ts';
import { shown } from '../../src/notice/plain.ts';
import type { Ledger } from '../../src/roles.ts';
import { openIncidents } from './held.ts';

/** The id of the incident that this one is part of; null where it stands by itself. */
export function wholeIdOf(incident: Incident): string | null {
  const key = wholeOf(incident);
  return key === null ? null : incidentIdOf(key);
}

/** What became of the instances of a batch so far, where its own record does not say. */
export async function withMembers(ledger: Ledger, incident: Incident): Promise<Incident> {
  if (!isWhole(incident) || incident.members !== undefined) return incident;
  const members = await membersNow(incident, ledger);
  return members.named.length === 0 ? incident : { ...incident, members };
}

/**
 * The incidents of the machines of a whole, newest first: all that are open, and the others that are among the newest. None of a
 * batch that is over, and says what became of each.
 */
export async function partsOf(ledger: Ledger, whole: Incident, newest: number): Promise<readonly Incident[]> {
  if (!isWhole(whole) || (whole.closedAt !== null && whole.members !== undefined)) return [];
  const known = [...(await ledger.recent(newest)), ...(await openIncidents(ledger))];
  const parts = known.filter((incident) => wholeOf(incident) === whole.key);
  return [...new Map(parts.map((part) => [part.key, part])).values()];
}

/** For the page of an incident: what it is part of, or what its parts are. */
export function kinLines(incident: Incident, parts: readonly Incident[]): readonly string[] {
  const whole = wholeIdOf(incident);
  const named = incident.change.resources[0]?.id ?? '';
  return [
    ...(whole === null ? [] : [`incident ${whole}: all machines named by ${shown(named)}`]),
    ...parts.slice(0, MOST_NAMED).map(partLine),
    ...(parts.length > MOST_NAMED ? [`and ${parts.length - MOST_NAMED} more`] : []),
  ];
}

const MOST_NAMED = 50;

function partLine({ id, resource, status, guard }: Incident): string {
  return `incident ${shown(id)}: ${shown(resource.id)}, ${status}${guard === null ? '' : ` (${guard})`}`;
}

/**
 * Open calls that mean this machine, too, and of which it has no incident so far, as it waits for its turn; and those of which
 * nobody wrote down whether they do: whom a command reached, Systems Manager remembers.
 */
export async function mayMeanToo(ledger: Ledger, resource: string | null, own: readonly Incident[]) {
  if (resource === null || !resource.startsWith('i-')) return [];
  const known = new Set(own.map(wholeOf));
  const open = (await openIncidents(ledger)).filter((incident) => isWhole(incident) && !known.has(incident.key));
  const lines = await Promise.all(
    open.map(async (whole) => {
      const reading = await ledger.lastReading(whole.key);
      const known = reading?.kind === 'targets' ? reading.ids : [];
      const about = `incident ${shown(whole.id)}, about all machines named by ${shown(whole.resource.id)}`;
      if (known.includes(resource)) return [`Besides, ${about}, means ${shown(resource)}, too.`];
      return known.length > 0 ? [] : [`Whether ${about}, means ${shown(resource)}, too, is not on record here.`];
    }),
  );
  return lines.flat();
}
