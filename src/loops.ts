/** Counts openings that undrift dealt with, and reports a principal that opens ports again and again. */
import { type Deps, LEASE_SECONDS } from './deps.ts';
import { isExposure } from './domain/exposure.ts';
import type { Incident } from './domain/incident.ts';
import { countOpening, isReported, type Loop, loopKeyOf } from './domain/loop.ts';
import type { LoopReading } from './domain/reading.ts';
import { plus } from './domain/time.ts';
import { loopNotice } from './notice/loop.ts';
import type { OwedNotice } from './roles.ts';
import { store } from './store.ts';

/**
 * After an exposure was dealt with, whatever became of it. What fails here leaves the count to the next opening: no act and no
 * message waits for it. A worker that dies between the two writes has the loop reported twice.
 */
export async function noteOpening(incident: Incident, deps: Deps): Promise<Incident> {
  if (!isExposure(incident)) return incident;
  try {
    return await count(incident, deps);
  } catch (error) {
    deps.log.warn('whether somebody opens ports again and again is counted later', { why: String(error) });
    return incident;
  }
}

async function count(incident: Incident, deps: Deps): Promise<Incident> {
  const { ledger, clock } = deps;
  const key = loopKeyOf(incident);
  const counted = countOpening(await readingOf(key, deps), incident);
  if (counted === null) return incident;
  await ledger.recordReading(key, counted.reading, clock.now().toISOString());
  return counted.loop === null ? incident : reportOnce(key, incident, counted.loop, deps);
}

/** Of several workers that see the loop at once, one reports it. Its record is apart from the count, which they all write. */
async function reportOnce(key: string, incident: Incident, loop: Loop, deps: Deps): Promise<Incident> {
  const { ledger, clock } = deps;
  const now = clock.now();
  const told = `${key}#reported`;
  if (isReported(await readingOf(told, deps), now)) return incident;
  const lock = await ledger.lock(key, now.toISOString(), plus(now, LEASE_SECONDS));
  if (lock === null) return incident;
  try {
    if (isReported(await readingOf(told, deps), now)) return incident;
    const reported = await report(incident, loop, deps);
    const at = now.toISOString();
    await ledger.recordReading(told, { kind: 'loop', openings: loop.openings, reportedAt: at }, at);
    return reported;
  } finally {
    await ledger.unlock(key, lock);
  }
}

async function readingOf(key: string, { ledger }: Deps): Promise<LoopReading | null> {
  const reading = await ledger.lastReading(key);
  return reading?.kind === 'loop' ? reading : null;
}

/** The incident stays as it is; the notification about it is owed from now on. */
async function report(incident: Incident, loop: Loop, deps: Deps): Promise<Incident> {
  const { principal, openings } = loop;
  deps.log.warn('ports are opened again and again', { incidentId: incident.id, principal, times: openings.length });
  let owed: OwedNotice | null = null;
  const owing = (written: Incident) => (owed = owedFor(written, loop, deps));
  const stored = await store({ ...incident, loop }, deps, { owing });
  if (owed !== null) deps.notify(owed);
  return stored;
}

function owedFor(incident: Incident, loop: Loop, { clock, stage }: Deps): OwedNotice {
  const now = clock.now();
  return {
    // Several principals may open the same resource: none replaces the notification about another.
    id: `${incident.key}#${loopKeyOf(incident)}`,
    incidentKey: incident.key,
    revision: incident.revision,
    kind: 'escalated',
    notice: loopNotice(incident, loop, now.toISOString(), stage),
    mail: true,
    tryAt: plus(now, LEASE_SECONDS),
  };
}
