/** The arithmetic of the mail budget: which notices may be mails now, which wait for the digest. Pure. */
import { cutText } from '../domain/cut.ts';
import type { Severity } from '../domain/decision.ts';
import { budgetOf, lastHour } from '../domain/hour.ts';
import { SEVERITIES } from '../domain/urgency.ts';
import type { Digest } from '../roles.ts';

type Waiting = { readonly subject: string; readonly severity: Severity };

export type MailState = {
  /** Instants of the mails of the last hour. */
  readonly sent: readonly string[];
  /** Subjects for the digest, newest last; `count` counts those that no longer fit, too. */
  readonly waiting: readonly Waiting[];
  readonly count: number;
  readonly waitingSince: string | null;
};

export const NO_MAIL: MailState = { sent: [], waiting: [], count: 0, waitingSince: null };

const HOUR = 3_600_000;
const SUBJECTS_KEPT = 50;
/** SNS takes fewer than 100 characters, so none is cut. */
const SUBJECT_BYTES = 400;

/**
 * How much of the hourly number may be used up when an email of this severity is sent: what anyone can cause in any number leaves
 * room for what is worse.
 */
const SHARE: Readonly<Record<Severity, number>> = { critical: 1, high: 0.75, medium: 0.5, low: 0.25 };

type Asked = { readonly subject: string; readonly severity: Severity };

export function admit(state: MailState, { subject, severity }: Asked, now: string, perHour: number) {
  const sent = lastHour(state.sent, now);
  const most = Math.ceil(budgetOf(perHour) * SHARE[severity]);
  if (sent.length < most) return { admitted: true, state: { ...state, sent: [...sent, now] } };
  const waiting = worst([...state.waiting, { subject: cutText(subject, SUBJECT_BYTES), severity }]);
  const waitingSince = state.waitingSince ?? now;
  return { admitted: false, state: { sent, waiting, count: state.count + 1, waitingSince } };
}

/** Where there are too many, the oldest of the least severity goes: it is counted, and not shown. */
function worst(waiting: readonly Waiting[]): readonly Waiting[] {
  if (waiting.length <= SUBJECTS_KEPT) return waiting;
  const least = SEVERITIES.findLast((severity) => waiting.some((it) => it.severity === severity));
  return waiting.toSpliced(
    waiting.findIndex((it) => it.severity === least),
    1,
  );
}

/** The state as if the email had not been asked for. */
export function takeBack(state: MailState, subject: string, now: string, admitted: boolean): MailState {
  if (admitted) return { ...state, sent: without(state.sent, now) };
  const cut = cutText(subject, SUBJECT_BYTES);
  const at = state.waiting.findLastIndex((it) => it.subject === cut);
  const waiting = at < 0 ? state.waiting : state.waiting.toSpliced(at, 1);
  const count = Math.max(waiting.length, state.count - 1);
  return { ...state, waiting, count, waitingSince: count === 0 ? null : state.waitingSince };
}

function without(list: readonly string[], value: string): readonly string[] {
  const at = list.lastIndexOf(value);
  return at < 0 ? list : list.toSpliced(at, 1);
}

const NONE: Digest = { subjects: [], count: 0, since: null };

/** The digest that is due once the first subject has waited for an hour: the most severe first. */
export function digest({ waiting, count, waitingSince }: MailState, now: string): Digest {
  if (waitingSince === null || Date.parse(now) - Date.parse(waitingSince) < HOUR) return NONE;
  const subjects = SEVERITIES.flatMap((severity) => waiting.filter((it) => it.severity === severity));
  return { subjects: subjects.map(({ subject }) => subject), count, since: waitingSince };
}

/** What came after the digest was read waits on; null where another has sent the same digest. */
export function digestSent(state: MailState, sent: Digest, now: string): MailState | null {
  if (sent.since === null || state.waitingSince !== sent.since) return null;
  const count = Math.max(0, state.count - sent.count);
  const left = [...sent.subjects];
  const waiting = state.waiting.filter(({ subject }) => {
    const at = left.indexOf(subject);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return { sent: lastHour(state.sent, now), waiting, count, waitingSince: count === 0 ? null : now };
}
