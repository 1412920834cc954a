import type { Severity } from '../domain/decision.ts';
import type { EmailFacts } from './email-facts.ts';

/** What undrift reports, to people and to programs. */
export type Notice = {
  /** At most 99 characters, no control characters, ASCII: what SNS allows as the subject of an email. */
  readonly subject: string;
  /** For people: plain text, short lines, readable on a phone. */
  readonly text: string;
  /** For programs. */
  readonly json: Readonly<Record<string, unknown>>;
  /** SNS message attributes to filter on. */
  readonly attributes: NoticeAttributes;
  /** For a list of emails. Left out of what was recorded before emails had kinds. */
  readonly email?: EmailFacts;
};

type NoticeAttributes = {
  readonly outcome: string;
  readonly severity: Severity;
  readonly rule: string;
  readonly account: string;
  readonly region: string;
};
