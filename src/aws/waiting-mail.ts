/** The arithmetic of the mail budget: which notices may be mails now, which wait for the digest. Pure. */
import { cutText } from '../domain/cut.ts';
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
/** SNS takes fewer than 100 characters, so none is cut. */
const SUBJECT_BYTES = 400;

export function admit(state: MailState, subject: string, now: string, perHour: number) {
  const sent = lastHour(state.sent, now);
  if (sent.length < budgetOf(perHour)) return { admitted: true, state: { ...state, sent: [...sent, now] } };
  const waiting = [...state.waiting, cutText(subject, SUBJECT_BYTES)].slice(-SUBJECTS_KEPT);
  const waitingSince = state.waitingSince ?? now;
  return { admitted: false, state: { sent, waiting, count: state.count + 1, waitingSince } };
}

/** The state as if the email had not been asked for. */
export function takeBack(state: MailState, subject: string, now: string, admitted: boolean): MailState {
  if (admitted) return { ...state, sent: without(state.sent, now) };
  const waiting = without(state.waiting, cutText(subject, SUBJECT_BYTES));
  const count = Math.max(waiting.length, state.count - 1);
  return { ...state, waiting, count, waitingSince: count === 0 ? null : state.waitingSince };
}

function without(list: readonly string[], value: string): readonly string[] {
  const at = list.lastIndexOf(value);
  return at < 0 ? list : list.toSpliced(at, 1);
}

const NONE: Digest = { subjects: [], count: 0, since: null };

/** The digest that is due once the first subject has waited for an hour. */
export function digest({ waiting, count, waitingSince }: MailState, now: string): Digest {
  if (waitingSince === null || Date.parse(now) - Date.parse(waitingSince) < HOUR) return NONE;
  return { subjects: waiting, count, since: waitingSince };
}

/** What came after the digest was read waits on; null where another has sent the same digest. */
export function digestSent(state: MailState, sent: Digest, now: string): MailState | null {
  if (sent.since === null || state.waitingSince !== sent.since) return null;
  const count = Math.max(0, state.count - sent.count);
  const waiting = count === 0 ? [] : state.waiting.slice(-count);
  return { sent: lastHour(state.sent, now), waiting, count, waitingSince: count === 0 ? null : now };
}
