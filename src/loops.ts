/** Counts openings that undrift dealt with, and reports a principal that opens ports again and again. */
import { type Deps, LEASE_SECONDS } from './deps.ts';
import { isExposure } from './domain/exposure.ts';
import type { Incident } from './domain/incident.ts';
import { countOpening, type Loop, loopKeyOf } from './domain/loop.ts';
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
  const before = await ledger.lastReading(key);
  const now = clock.now();
  const counted = countOpening(before?.kind === 'loop' ? before : null, incident, now);
  if (counted === null) return incident;
  const reported = counted.loop === null ? incident : await report(incident, counted.loop, deps);
  await ledger.recordReading(key, counted.reading, now.toISOString());
  return reported;
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
    id: `${incident.key}#loop`,
    incidentKey: incident.key,
    revision: incident.revision,
    kind: 'escalated',
    notice: loopNotice(incident, loop, now.toISOString(), stage),
    mail: true,
    tryAt: plus(now, LEASE_SECONDS),
  };
}
