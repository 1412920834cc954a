/** How an incident goes on and ends, as pure functions: proof awaited, failed, closed, reported. */
import { dueAfterRefusal } from './back-off.ts';
import { isExposure } from './exposure.ts';
import type { ClosedBy, Incident, IncidentStatus, Outcome } from './incident.ts';
import { plus } from './time.ts';

const NOTICES_KEPT = 60;

/** Closed: seen put right, or gone without us. */
export function close(incident: Incident, outcome: Outcome | null, closedBy: ClosedBy, now: Date): Incident {
  const at = now.toISOString();
  return {
    ...incident,
    status: 'closed',
    guard: null,
    outcome: outcome ?? incident.outcome,
    closedAt: at,
    closedBy,
    updatedAt: at,
    dueAt: null,
    leaseUntil: null,
    failures: 0,
  };
}

/** Sent, and not yet seen: looked at again. */
export function awaitProof(
  incident: Incident,
  why: string,
  retryAfter: number,
  now: Date,
  status: IncidentStatus = incident.unit === 'instances' ? 'waiting' : 'unverified',
): Incident {
  return {
    ...incident,
    status,
    outcome: { kind: 'unverified', why },
    updatedAt: now.toISOString(),
    dueAt: plus(now, retryAfter),
    leaseUntil: null,
  };
}

/** In a row: people are notified of an exposure that AWS keeps refusing to close. */
export const REFUSALS_TO_ESCALATE = 2;

/**
 * Refused: tried again, never given up while the finding holds. A replacement waits longer and longer; an exposure comes back
 * with its message.
 * @param maybeDone the attempt stands without an error, so that it is followed should the finding be gone by then
 */
export function fail(incident: Incident, why: string, retryable: boolean, now: Date, maybeDone = false): Incident {
  const failures = incident.failures + 1;
  return {
    ...(maybeDone ? incident : withAttempt(incident, { error: why })),
    status: 'held',
    outcome: { kind: 'failed', why, retryable },
    failures,
    updatedAt: now.toISOString(),
    dueAt: plus(now, dueAfterRefusal(isExposure(incident), failures)),
    leaseUntil: null,
  };
}

/** What an attempt says instead of an error where somebody was faster: it changed nothing. */
export const NOTHING_LEFT = 'nothing of it was left';

/** Completes the attempt under way with what the call answered. */
export function withAttempt(incident: Incident, answer: { requestId?: string | null; error?: string }): Incident {
  const last = incident.attempts.at(-1);
  if (last === undefined) return incident;
  return { ...incident, attempts: [...incident.attempts.slice(0, -1), { ...last, ...answer }] };
}

/** A notice is recorded with what it reports, so that it is owed from then on, and owed once. */
export function noted(incident: Incident, key: string): Incident {
  return { ...incident, noticesSent: [...incident.noticesSent, key].slice(-NOTICES_KEPT) };
}
