/** Publishes notices within the email budget of the hour. What SNS did not take is no email. */
import type { Severity } from './domain/decision.ts';
import type { Notice } from './notice/notice.ts';
import type { Clock, Log, MailBudget, Notifier } from './roles.ts';

export type Mailing = {
  readonly notifier: Pick<Notifier, 'publish'>;
  readonly mail: Pick<MailBudget, 'admit' | 'takeBack'>;
  readonly mailsPerHour: number;
  readonly clock: Clock;
  readonly log: Log;
};

/** Whether a notice is an email, too. `askedAt`: when the budget was asked (ISO 8601, UTC); null when it was not. */
export type Admission = { readonly email: boolean; readonly askedAt: string | null };

export const NO_EMAIL: Admission = { email: false, askedAt: null };

/** Asks the budget, which counts the email from then on. @throws Retryable, Refused when the ledger cannot say */
export async function admit(notice: Notice, { mail, mailsPerHour, clock }: Mailing): Promise<Admission> {
  const askedAt = clock.now().toISOString();
  const asked = { subject: notice.subject, severity: severityOf(notice) };
  return { email: await mail.admit(asked, askedAt, mailsPerHour), askedAt };
}

/** What is over asks nothing of anybody, however severe it was: closed exposures leave half of the hour to what stands open. */
function severityOf({ attributes: { outcome, severity } }: Notice): Severity {
  return OVER.has(outcome) && severity !== 'low' ? 'medium' : severity;
}

const OVER: ReadonlySet<string> = new Set(['done', 'already-done']);

/** @returns the message id of SNS. @throws Retryable, Refused, with the email given back to the budget */
export async function publish(notice: Notice, { email, askedAt }: Admission, deps: Mailing): Promise<string> {
  try {
    return await deps.notifier.publish(notice, email);
  } catch (error) {
    if (askedAt !== null) await takeBack(notice.subject, askedAt, email, deps);
    throw error;
  }
}

async function takeBack(subject: string, askedAt: string, email: boolean, { mail, log }: Mailing): Promise<void> {
  try {
    await mail.takeBack(subject, askedAt, email);
  } catch (error) {
    log.warn('the email counts all the same', { why: String(error) });
  }
}
