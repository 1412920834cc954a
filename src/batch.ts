/** A batch incident comes to its end: nothing is left of the instances that its call named. What became of each is recorded. */
import { instanceKey } from './decide/instance.ts';
import type { Deps } from './deps.ts';
import { chunksOf } from './domain/chunks.ts';
import type { ClosedBy, Incident } from './domain/incident.ts';
import { type Members, membersOf } from './domain/part.ts';
import { setDue } from './due.ts';
import type { Ledger } from './roles.ts';

const AT_ONCE = 50;

type Incidents = Pick<Ledger, 'get' | 'of' | 'lastReading'>;

/** What became of each instance that the call named, as far as the ledger has it. */
export async function membersNow(batch: Incident, ledger: Incidents): Promise<Members> {
  return membersOf(await incidentsOf(batch, ledger));
}

type OfInstances = ReadonlyMap<string, Incident | null>;

/** Those that are not over. One whose instance is gone is looked at now, and not hours from now. */
export async function hurry(incidents: OfInstances, deps: Pick<Deps, 'ledger' | 'clock'>): Promise<void> {
  const open = [...incidents.values()].filter((it) => it?.status === 'held');
  const dueAt = deps.clock.now().toISOString();
  for (const member of open.slice(0, AT_ONCE)) if (member !== null) await setDue(member, dueAt, deps);
}

/** By instance that the call named; null where no incident is about it. */
export async function incidentsOf(batch: Incident, ledger: Incidents): Promise<OfInstances> {
  const reading = await ledger.lastReading(batch.key);
  const ids = reading?.kind === 'targets' ? [...new Set([...reading.ids, ...reading.cleared])] : [];
  const found = new Map<string, Incident | null>();
  for (const some of chunksOf(ids, AT_ONCE)) {
    const incidents = await Promise.all(
      some.map(async (id) => (await ownIncident(id, batch, ledger)) ?? (await replacedElsewhere(id, ledger))),
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

/** By whom a batch was closed that replaced nothing. An instance that a person cleared is still there. */
export function endedBy({ counts }: Members, seen: ClosedBy): ClosedBy {
  if (counts.cleared > 0 && counts.ended === 0) return 'operator';
  return seen === 'another' && counts.cleared === 0 && counts.ended > 0 ? 'vanished' : seen;
}
