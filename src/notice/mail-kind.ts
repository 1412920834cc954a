/** What an email asks of people. Closed and total: a new outcome does not compile until somebody decides on its kind. */
import type { GuardName, Severity } from '../domain/decision.ts';
import type { MailKind } from '../domain/mail-hour.ts';
import type { NoticeOutcome } from './verdict.ts';

export type Standing = {
  readonly severity: Severity;
  readonly guard: GuardName | null;
  /** It is about a path from or to the internet. */
  readonly exposure: boolean;
};

/** `left`: undrift changed nothing. `over`: nothing is left to do. */
const ASKS: Readonly<Record<NoticeOutcome, MailKind | 'left' | 'over'>> = {
  done: 'over',
  'already-done': 'over',
  observed: 'left',
  held: 'left',
  unverified: 'action',
  failed: 'action',
  escalated: 'action',
  digest: 'information',
  // While undrift is paused, what is opened stays open.
  paused: 'action',
  resumed: 'information',
  'pause-unreadable': 'action',
  'pause-readable': 'information',
  delayed: 'action',
  'dead-lettered': 'action',
  'sensor-silent': 'action',
  'sensor-back': 'information',
  reminder: 'action',
};

export function mailKind(outcome: NoticeOutcome, { severity, guard, exposure }: Standing): MailKind {
  const asks = ASKS[outcome];
  if (asks === 'over') return exposure && (severity === 'critical' || severity === 'high') ? 'finding' : 'information';
  if (asks !== 'left') return asks;
  // An exemption is in the policy: somebody has decided on it already.
  if (guard === 'exempted') return 'finding';
  return exposure || severity === 'critical' ? 'action' : 'finding';
}
