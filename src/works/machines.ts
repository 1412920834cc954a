/**
 * Machines that a call named all at once. They are looked up each time anew: who was replaced is no longer there, and its
 * successor was not there before. Whoever carries the tags may lose them again, so of these the ids are remembered.
 */
import type { Change, LookUp, ResourceRef } from '../domain/change.ts';
import type { Decision } from '../domain/decision.ts';
import type { Estate, Meant, TargetsEstate } from '../domain/estate.ts';
import { MOST_MACHINES, wholeKey } from '../domain/part.ts';
import type { TargetsReading } from '../domain/reading.ts';
import { secondsBetween } from '../domain/time.ts';
import { type Clock, type Fleet, type Ledger, type ManagedNodes, Refused } from '../roles.ts';

type Tools = {
  readonly fleet: Pick<Fleet, 'machines'>;
  readonly nodes: ManagedNodes;
  readonly ledger: Pick<Ledger, 'lastReading' | 'recordReading'>;
  readonly clock: Pick<Clock, 'now'>;
};

const NOTHING: TargetsReading = { kind: 'targets', ids: [], cleared: [] };
/** Of either kind: at 20 bytes each, both fit into one record of the ledger with room to spare. */
const MOST_REMEMBERED = 8_000;
/** A command that has come to nobody for so long is over, or Systems Manager remembers it no more. */
const NOBODY_FOR_SECONDS = 3600;

export async function readTargets(resource: ResourceRef, change: Change, tools: Tools): Promise<TargetsEstate> {
  const key = wholeKey(resource, change);
  if (resource.lookUp === undefined || key === null) return { kind: 'targets', resource };
  const before = await known(key, tools.ledger);
  const meant = await meantBy(resource.lookUp, change, before.ids, tools);
  return { kind: 'targets', resource, meant: withoutCleared(meant, before) };
}

async function known(key: string, ledger: Tools['ledger']): Promise<TargetsReading> {
  const reading = await ledger.lastReading(key);
  return reading?.kind === 'targets' ? reading : NOTHING;
}

function withoutCleared(meant: Meant, { cleared }: TargetsReading): Meant {
  if (meant.kind !== 'found' || cleared.length === 0) return meant;
  return { ...meant, machines: meant.machines.filter(({ id }) => !cleared.includes(id)) };
}

/** What AWS will not tell is said; what it cannot tell now is thrown. */
async function meantBy(lookUp: LookUp, change: Change, before: readonly string[], tools: Tools): Promise<Meant> {
  try {
    return lookUp.by === 'command'
      ? await reachedBy(lookUp.commandId, change, tools)
      : await carrying(lookUp, change, before, tools);
  } catch (error) {
    if (error instanceof Refused) return { kind: 'unread', why: error.message };
    throw error;
  }
}

async function reachedBy(commandId: string, { at }: Change, { fleet, nodes, clock }: Tools): Promise<Meant> {
  const { ids, complete } = await nodes.reachedBy(commandId);
  const over = complete || (ids.length === 0 && secondsBetween(at, clock.now()) > NOBODY_FOR_SECONDS);
  return { kind: 'found', machines: await some(ids, null, fleet), complete: over };
}

/** Those that carry the tags now and are older than the call, and those that did when they were looked up before. */
async function carrying(
  { managed, filters }: Extract<LookUp, { by: 'tags' }>,
  { at }: Change,
  before: readonly string[],
  { fleet, nodes }: Tools,
): Promise<Meant> {
  const ids = managed ? await nodes.carrying(filters) : null;
  const now = ids === null ? await fleet.machines({ filters }, at) : await some(ids, at, fleet);
  const listed = new Set(now.map(({ id }) => id));
  const others = before.filter((id) => !listed.has(id));
  const machines = [...now, ...(await some(others, null, fleet))].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  // Of the nodes that were listed, some may have ended since: that makes the list no less full.
  return { kind: 'found', machines, complete: (ids ?? now).length < MOST_MACHINES };
}

const some = async (ids: readonly string[], before: string | null, fleet: Tools['fleet']) =>
  ids.length === 0 ? [] : fleet.machines({ ids }, before);

/** Remembers whom the call meant: tags may be taken off, and the batch incident says at its end what became of each. */
export async function noteTargets(
  estate: Estate,
  decisions: readonly Decision[],
  change: Change,
  { ledger, clock }: Tools,
): Promise<void> {
  if (estate.kind !== 'targets' || estate.meant?.kind !== 'found') return;
  const key = wholeKey(estate.resource, change);
  if (key === null || !decisions.some(({ kind }) => kind === 'hold')) return;
  const before = await known(key, ledger);
  const ids = estate.meant.machines.map(({ id }) => id).filter((id) => !before.ids.includes(id));
  if (ids.length === 0) return;
  const after = { ...before, ids: [...before.ids, ...ids].slice(0, MOST_REMEMBERED) };
  await ledger.recordReading(key, after, clock.now().toISOString());
}

/** Remembers whom a person cleared one by one: they are not waited for. */
export async function noteCleared(key: string, ids: readonly string[], { ledger, clock }: Tools): Promise<void> {
  const before = await known(key, ledger);
  const cleared = [...new Set([...before.cleared, ...ids])].slice(0, MOST_REMEMBERED);
  if (cleared.length === before.cleared.length) return;
  await ledger.recordReading(key, { ...before, cleared }, clock.now().toISOString());
}
