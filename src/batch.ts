/** A batch incident comes to its end: nothing is left of the instances that its call named. What became of each is recorded. */
import { instanceKey } from './decide/instance.ts';
import type { Deps } from './deps.ts';
import { chunksOf } from './domain/chunks.ts';
import type { ClosedBy, Incident } from './domain/incident.ts';
import { type Members, membersOf } from './domain/part.ts';
import { setDue } from './due.ts';
import type { Ledger } from './roles.ts';

const AT_ONCE = 50;
/** So many instances without an incident of this batch are looked up by their other incidents. */
const MOST_LOOKED_UP = 200;

type Incidents = Pick<Ledger, 'get' | 'of' | 'lastReading'>;

/** What became of each instance that the call named, as far as the ledger has it. */
export async function membersNow(batch: Incident, ledger: Incidents): Promise<Members> {
  return membersOf(await incidentsOf(batch, ledger));
}

/** The incidents of those that are not over. One whose instance is gone is looked at now, and not hours from now. */
export async function hurryMembers(batch: Incident, deps: Pick<Deps, 'ledger' | 'clock'>): Promise<void> {
  const open = [...(await incidentsOf(batch, deps.ledger)).values()].filter((it) => it?.status === 'held');
  const dueAt = deps.clock.now().toISOString();
  for (const member of open.slice(0, AT_ONCE)) if (member !== null) await setDue(member, dueAt, deps);
}

async function incidentsOf(batch: Incident, ledger: Incidents): Promise<ReadonlyMap<string, Incident | null>> {
  const reading = await ledger.lastReading(batch.key);
  const ids = reading?.kind === 'targets' ? [...new Set([...reading.ids, ...reading.cleared])] : [];
  const found = new Map<string, Incident | null>();
  let left = MOST_LOOKED_UP;
  for (const some of chunksOf(ids, AT_ONCE)) {
    const incidents = await Promise.all(
      some.map(async (id) => {
        const own = await ownIncident(id, batch, ledger);
        if (own !== null || left <= 0) return own;
        left -= 1;
        return replacedElsewhere(id, ledger);
      }),
    );
    for (const [n, id] of some.entries()) found.set(id, incidents[n] ?? null);
  }
  return found;
}

/** Of the same rule and drift: a command that was run twice has one incident for each instance. */
async function ownIncident(id: string, { finding, change, round }: Incident, ledger: Incidents) {
  const drift = change.fact.kind === 'signal' ? change.fact.drift : '';
  const incident = await ledger.get(instanceKey(id, finding.rule, drift));
  const isOfBatch = incident?.seenRounds.includes(round) === true;
  return incident !== null && (isOfBatch || incident.replacement !== null) ? incident : null;
}

/** An instance that was in line for something else waits for that, and has no incident of this batch. */
export async function replacedElsewhere(id: string, ledger: Incidents): Promise<Incident | null> {
  const others = await ledger.of(id);
  return others.find(({ replacement, closedBy }) => replacement !== null && closedBy !== 'operator') ?? null;
}

/** By whom a batch was closed that replaced nothing. */
export function endedBy({ counts }: Members, seen: ClosedBy): ClosedBy {
  if (counts.cleared > 0 && counts.ended === 0) return 'operator';
  return seen === 'another' ? 'vanished' : seen;
}
