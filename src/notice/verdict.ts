import type { Incident, NoticeKind } from '../domain/incident.ts';

/**
 * The closed set of the SNS attribute `outcome`. About an incident: done, already-done, observed, held, unverified,
 * failed, escalated. About undrift itself: digest, paused, resumed.
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
] as const;
export type NoticeOutcome = (typeof NOTICE_OUTCOMES)[number];

/** What the notice reports. Only what was seen done is reported done, whatever kind of notice is asked for. */
export function noticeOutcome(incident: Incident, kind: NoticeKind): NoticeOutcome {
  if (kind === 'held') return heldOutcome(incident);
  if (kind === 'escalated') return 'escalated';
  const outcome = incident.outcome?.kind ?? null;
  if (kind === 'failed') return outcome === 'unverified' ? 'unverified' : 'failed';
  return outcome === null || outcome === 'observed' ? 'unverified' : outcome;
}

/** What only a person can put right (a misuse of our own role) must not get lost among what is merely observed. */
function heldOutcome({ guard, decision }: Incident): NoticeOutcome {
  if (guard !== 'observe') return 'held';
  return decision.remediation === null ? 'escalated' : 'observed';
}

/** The first word of the subject. */
export function verdictWord(incident: Incident, outcome: NoticeOutcome): string {
  const replaces = isReplacement(incident);
  switch (outcome) {
    case 'done':
      return replaces ? 'Replaced' : 'Closed';
    case 'already-done':
      return replaces ? 'Already gone' : 'Already closed';
    case 'observed':
      return 'Held (observe)';
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

export function isReplacement({ decision, resource }: Incident): boolean {
  if (decision.remediation !== null) return decision.remediation.action === 'replace-instance';
  return resource.type !== 'security-group';
}

/** Whether rules were revoked: seen, or answered without an error; `perhaps` when a call was sent and never answered. */
export function revoked({ decision, outcome, attempts, round, closedBy }: Incident): 'yes' | 'perhaps' | 'no' {
  if (decision.remediation?.action !== 'revoke-rules') return 'no';
  if (outcome?.kind === 'already-done' && closedBy !== 'undrift') return 'no';
  if (outcome?.kind === 'done') return 'yes';
  const sent = attempts.filter((attempt) => attempt.round === round && attempt.error === null);
  if (sent.some((attempt) => attempt.requestId !== null)) return 'yes';
  return sent.length > 0 ? 'perhaps' : 'no';
}
