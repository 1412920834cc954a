import type { Attempt, Incident, NoticeKind, Replacement } from '../domain/incident.ts';
import type { RuleId } from '../policy/policy.ts';

/**
 * The closed set of the SNS attribute `outcome`. About an incident: done, already-done, observed, held, unverified,
 * failed, escalated. About undrift itself: digest, paused, resumed, pause-unreadable, pause-readable, delayed,
 * dead-lettered, sensor-silent, sensor-back, reminder.
 */
export const NOTICE_OUTCOMES = [
  'done',
  'already-done',
  'observed',
  'held',
  'unverified',
  'failed',
  'escalated',
  'digest',
  'paused',
  'resumed',
  'pause-unreadable',
  'pause-readable',
  'delayed',
  'dead-lettered',
  'sensor-silent',
  'sensor-back',
  'reminder',
] as const;
export type NoticeOutcome = (typeof NOTICE_OUTCOMES)[number];

/** What the notice reports. Only what was seen done is reported done, whatever kind of notice is asked for. */
export function noticeOutcome(incident: Incident, kind: NoticeKind): NoticeOutcome {
  // What ended before it was reported is reported as over.
  if (kind === 'held') return incident.status === 'closed' ? 'already-done' : heldOutcome(incident);
  if (kind === 'escalated') return 'escalated';
  const outcome = incident.outcome?.kind ?? null;
  if (kind === 'failed') return outcome === 'unverified' ? 'unverified' : 'failed';
  return outcome === null || outcome === 'observed' ? 'unverified' : outcome;
}

/** What only a person can put right (a misuse of our own role) must not get lost among what is merely observed. */
function heldOutcome(incident: Incident): NoticeOutcome {
  if (incident.guard !== 'observe') return 'held';
  const known = incident.decision.remediation !== null || onlyTold(incident) || isLookedUp(incident);
  return known ? 'observed' : 'escalated';
}

/**
 * A change of a security group that undrift tells and leaves: a rule was removed, changed or described by somebody who
 * is not trusted. Nothing is open, and no role of undrift may put rules back.
 */
export function onlyTold({ decision, finding }: Incident): boolean {
  return decision.remediation === null && finding.rule === PIPELINE_ONLY;
}

/** An expression of which it is known which machines it means: they are told, and nobody has to find them out. */
function isLookedUp({ resource, change }: Incident): boolean {
  return change.resources.some(({ id, lookUp }) => id === resource.id && lookUp !== undefined);
}

export const PIPELINE_ONLY: RuleId = 'pipeline-only';

/** The first word of the subject. */
export function verdictWord(incident: Incident, outcome: NoticeOutcome): string {
  switch (outcome) {
    case 'done':
      return isPartly(incident) ? 'Partly replaced' : PUT_RIGHT[natureOf(incident)].done;
    case 'already-done':
      return onlyTold(incident) ? 'Settled' : PUT_RIGHT[natureOf(incident)].already;
    case 'observed':
      return onlyTold(incident) ? 'Told' : 'Held (observe)';
    case 'held':
      return `Held (${incident.guard ?? 'no guard'})`;
    case 'escalated':
      return 'Needs you';
    case 'failed':
      return 'Failed';
    default:
      return 'Not verified';
  }
}

/** A batch of which some were cleared, or went without undrift. */
function isPartly({ members }: Incident): boolean {
  return members !== undefined && members.counts.cleared + members.counts.ended > 0;
}

/** An exposure is closed; a rule that was added past the pipeline may have opened nothing. */
const PUT_RIGHT = {
  replacement: { done: 'Replaced', already: 'Already gone' },
  addition: { done: 'Revoked', already: 'Already gone' },
  exposure: { done: 'Closed', already: 'Already closed' },
} as const;

function natureOf({ decision, finding, resource }: Incident): keyof typeof PUT_RIGHT {
  const act = decision.remediation?.action;
  if (act === 'replace-instance' || (act === undefined && ['instance', 'targets'].includes(resource.type))) {
    return 'replacement';
  }
  return finding.rule === PIPELINE_ONLY ? 'addition' : 'exposure';
}

/** Attempts of the present round: an incident keeps those of earlier rounds, too. */
export function attemptsNow({ attempts, round }: Incident): readonly Attempt[] {
  return attempts.filter((attempt) => attempt.round === round);
}

/** Calls were made, and no answer to any of them is on record: what is gone may be gone by somebody else's. */
export function isUnanswered(incident: Incident): boolean {
  const attempts = attemptsNow(incident);
  return attempts.length > 0 && attempts.every(({ requestId }) => requestId === null);
}

/** Attempts of the present round that AWS did not refuse; without a request id, no answer is known. */
function sentNow(incident: Incident): readonly Attempt[] {
  return attemptsNow(incident).filter((attempt) => attempt.error === null);
}

/**
 * Whether rules, groups or entries were taken away: seen, or answered without an error; `perhaps` when a call was sent
 * and never answered. A replacement takes nothing of the kind away. What was sent counts, whatever was decided since.
 */
export function tookAway(incident: Incident): 'yes' | 'perhaps' | 'no' {
  if (incident.unit === 'instances') return 'no';
  if (incident.outcome?.kind === 'done') return 'yes';
  const sent = sentNow(incident);
  if (sent.some((attempt) => attempt.requestId !== null)) return 'yes';
  return sent.length > 0 ? 'perhaps' : 'no';
}

/** The replacement that Auto Scaling was asked for in the present round; null when it was refused or not asked for. */
export function replacementNow(incident: Incident): Replacement | null {
  if (incident.unit !== 'instances') return null;
  return incident.outcome?.kind === 'done' || sentNow(incident).length > 0 ? incident.replacement : null;
}

/** Whether a call was sent for the present round, and not refused. */
export function hasActed(incident: Incident): boolean {
  return tookAway(incident) !== 'no' || replacementNow(incident) !== null;
}
