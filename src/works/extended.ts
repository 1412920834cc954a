/**
 * The incidents of an instance that a person extended, asked for by key. Anyone who can open incidents on the instance can fill
 * a list of them; this record grows by `undrift taint prolong` alone.
 */
import type { Incident } from '../domain/incident.ts';
import type { Ledger } from '../roles.ts';

/** So many extensions of one instance are remembered. Each takes a person a command. */
const KEPT = 20;

const idOf = (instanceId: string) => `extended/${instanceId}`;

export async function extendedOf(instanceId: string, ledger: Pick<Ledger, 'get' | 'lastReading'>) {
  const keys = await keysOf(instanceId, ledger);
  const incidents = await Promise.all(keys.map((key) => ledger.get(key)));
  return incidents.filter((incident): incident is Incident => incident !== null);
}

/**
 * Before the extension itself is written: a worker that decides in between finds an incident that is not extended yet.
 * @returns whether it is on record
 */
export async function noteExtended(
  { key, resource }: Incident,
  now: Date,
  ledger: Pick<Ledger, 'lastReading' | 'recordReading'>,
): Promise<boolean> {
  const others = (await keysOf(resource.id, ledger)).filter((other) => other !== key);
  const keys = [...others, key].slice(-KEPT);
  await ledger.recordReading(idOf(resource.id), { kind: 'extended', keys }, now.toISOString());
  return (await keysOf(resource.id, ledger)).includes(key);
}

async function keysOf(instanceId: string, ledger: Pick<Ledger, 'lastReading'>): Promise<readonly string[]> {
  const known = await ledger.lastReading(idOf(instanceId));
  return known?.kind === 'extended' ? known.keys : [];
}
