import type { Severity } from '../domain/decision.ts';

/** What people and machines are told. */
export type Notice = {
  /** At most 99 characters, no control characters, ASCII: what SNS allows as the subject of a mail. */
  readonly subject: string;
  /** For people: plain text, short lines, readable on a phone. */
  readonly text: string;
  /** For machines. */
  readonly json: Readonly<Record<string, unknown>>;
  /** SNS message attributes to filter on. */
  readonly attributes: NoticeAttributes;
};

type NoticeAttributes = {
  readonly outcome: string;
  readonly severity: Severity;
  readonly rule: string;
  readonly account: string;
  readonly region: string;
};
