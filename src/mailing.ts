/** Publishes notices, and decides which of them are emails now. What SNS did not take is no email. */
import type { EmailFacts } from './notice/email-facts.ts';
import type { Notice } from './notice/notice.ts';
import type { Clock, Email, Log, MailBudget, Notifier } from './roles.ts';

export type Mailing = {
  readonly notifier: Pick<Notifier, 'publish'>;
  readonly mail: Pick<MailBudget, 'admit' | 'takeBack'>;
  readonly mailsPerHour: number;
  readonly clock: Clock;
  readonly log: Log;
};

/** What the notice is about. Notices with the same `id` share a line of a list, and the one with the highest revision counts. */
export type Topic = { readonly id: string; readonly revision: number; readonly incidentKey: string | null };

/** `countedAt`: when the budget counted it as an email (ISO 8601, UTC); null where it is not an email of its own. */
export type Admission = { readonly email: Email | null; readonly countedAt: string | null };

export const NO_EMAIL: Admission = { email: null, countedAt: null };

/** Asks the budget, which counts the email from then on, or keeps it for a list. @throws Retryable, Refused */
export async function admit(notice: Notice, topic: Topic, deps: Mailing): Promise<Admission> {
  const now = deps.clock.now().toISOString();
  const email = emailOf(notice, topic);
  const atOnce = await deps.mail.admit(email, now, deps.mailsPerHour);
  return { email, countedAt: atOnce ? now : null };
}

function emailOf({ subject, attributes, email = UNKNOWN }: Notice, topic: Topic): Email {
  const { severity, rule } = attributes;
  return { ...email, ...topic, severity, rule, subject };
}

/** A notice that was recorded before emails had kinds: as it may be anything, it counts as the most urgent. */
const UNKNOWN: EmailFacts = {
  kind: 'action',
  over: false,
  verdict: 'Notification',
  principal: null,
  group: null,
  resource: null,
  incidentId: null,
  waitsFor: null,
};

/** @returns the message id of SNS. @throws Retryable, Refused, with the email given back to the budget */
export async function publish(notice: Notice, { email, countedAt }: Admission, deps: Mailing): Promise<string> {
  try {
    return await deps.notifier.publish(notice, countedAt !== null);
  } catch (error) {
    // What was kept for a list stays there: people are named it whether or not programs are.
    if (email !== null && countedAt !== null) await takeBack(email.kind, countedAt, deps);
    throw error;
  }
}

export async function takeBack(
  kind: Email['kind'],
  countedAt: string,
  { mail, log }: Pick<Mailing, 'mail' | 'log'>,
): Promise<void> {
  try {
    await mail.takeBack(kind, countedAt);
  } catch (error) {
    log.warn('the email counts all the same', { why: String(error) });
  }
}
