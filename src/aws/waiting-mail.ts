/** The arithmetic of the mail budget: which notices may be mails now, which wait for the digest. Pure. */
import type { Digest } from '../roles.ts';
import { budgetOf, lastHour } from './slot-hour.ts';

export type MailState = {
  /** Instants of the mails of the last hour. */
  readonly sent: readonly string[];
  /** Subjects for the digest, newest last; `count` counts those that no longer fit, too. */
  readonly waiting: readonly string[];
  readonly count: number;
  readonly waitingSince: string | null;
};

export const NO_MAIL: MailState = { sent: [], waiting: [], count: 0, waitingSince: null };

const HOUR = 3_600_000;
const SUBJECTS_KEPT = 50;

export function admit(state: MailState, subject: string, now: string, perHour: number) {
  const sent = lastHour(state.sent, now);
  if (sent.length < budgetOf(perHour)) return { admitted: true, state: { ...state, sent: [...sent, now] } };
  const waiting = [...state.waiting, subject].slice(-SUBJECTS_KEPT);
  const waitingSince = state.waitingSince ?? now;
  return { admitted: false, state: { sent, waiting, count: state.count + 1, waitingSince } };
}

/** A digest that could not be sent waits again, in front of what has come since, and is due at once. */
export function putBack(state: MailState, lost: Digest, now: string): MailState {
  const waiting = [...lost.subjects, ...state.waiting].slice(-SUBJECTS_KEPT);
  const waitingSince = new Date(Date.parse(now) - HOUR).toISOString();
  return { ...state, waiting, count: state.count + lost.count, waitingSince };
}

/** The digest that is due once the first subject has waited for an hour; null when none is. */
export function digest(state: MailState, now: string) {
  if (state.waitingSince === null || Date.parse(now) - Date.parse(state.waitingSince) < HOUR) return null;
  const { waiting: subjects, count } = state;
  return { digest: { subjects, count }, state: { ...NO_MAIL, sent: lastHour(state.sent, now) } };
}
