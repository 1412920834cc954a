/** After an incident is closed: the slot stays taken until the replacement carries load. */
import type { Deps } from './deps.ts';
import type { Incident } from './domain/incident.ts';
import { plus } from './domain/time.ts';
import type { WarmingUp } from './domain/warm-up.ts';
import { record } from './telling.ts';

/** Looks at the replacement of a closed incident, and gives the slot back when it is not needed any more. */
export async function lookAtReplacement(incident: Incident, deps: Deps): Promise<void> {
  const { work, clock, log } = deps;
  const later = (await work.notServing?.(incident, clock.now())) ?? null;
  if (later !== null) {
    log.info('the replacement does not carry load yet', { incidentId: incident.id, waitsFor: later.warmUp.waitsFor });
    const dueAt = plus(clock.now(), later.retryAfter);
    const waiting = { ...warming(incident, later.warmUp), dueAt };
    await record(waiting, later.overdue ? 'escalated' : null, deps);
    return;
  }
  log.info('the slot of the replacement is free', { incidentId: incident.id });
  const over = warming(incident, { over: true });
  // Released first: should this worker die in between, the incident is still due, and releasing again changes nothing.
  await work.release(over, null);
  await record({ ...over, dueAt: null }, null, deps);
}

function warming(incident: Incident, change: Partial<WarmingUp>): Incident {
  const { replacement } = incident;
  if (replacement?.warmUp === undefined) return incident;
  return { ...incident, replacement: { ...replacement, warmUp: { ...replacement.warmUp, ...change } } };
}
