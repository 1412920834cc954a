/** What a person on call may do about an instance that is tainted, as pure functions. */
import { cutText } from './cut.ts';
import type { Incident } from './incident.ts';
import { close } from './settling.ts';
import { isAboutEntering, type TaintEntry } from './taint.ts';
import { leaseLeft } from './time.ts';

const KEPT = 50;
/** Bytes. Entries are never shed for room, so what each may take is bounded here. */
const WORDS = { by: 100, reason: 300 } as const;

/** Why this incident can be neither prolonged nor cleared now; null when it can. */
export function whyNotByHand(incident: Incident, now: Date): string | null {
  const { id, status, finding, guard } = incident;
  if (status === 'closed') return `incident ${id} is closed already`;
  if (leaseLeft(incident.leaseUntil, now) > 0) return `undrift is at incident ${id} this moment: try again in a minute`;
  if (status !== 'held')
    return `incident ${id} is ${status}: the instance is being replaced, which cannot be called back`;
  if (!isTainted(incident))
    return `incident ${id} is about ${finding.rule}, and no grace holds it: only what is held as tainted is left alone`;
  if (guard === 'observe') return `undrift only observes there: incident ${id} has nothing replaced`;
  return null;
}

/** An entry, whatever holds it just now; anything else while its rule's grace does. */
export function isTainted({ finding, guard }: Incident): boolean {
  return guard === 'tainted' || isAboutEntering(finding.rule);
}

/** Left alone until the entry's time; the recheck decides anew at once, so that the ledger says so. */
export function prolong(incident: Incident, entry: TaintEntry, now: Date): Incident {
  const at = now.toISOString();
  return { ...noted(incident, entry), updatedAt: at, dueAt: at };
}

/** Closed: the instance stays. */
export function clear(incident: Incident, entry: TaintEntry, now: Date): Incident {
  return close(noted(incident, entry), null, 'operator', now);
}

export function noted(incident: Incident, entry: TaintEntry): Incident {
  return {
    ...incident,
    taint: [
      ...(incident.taint ?? []),
      { ...entry, by: cutText(entry.by, WORDS.by), reason: cutText(entry.reason, WORDS.reason) },
    ].slice(-KEPT),
  };
}
