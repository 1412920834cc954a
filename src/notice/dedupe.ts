import type { GuardName } from '../domain/decision.ts';
import { isExposure } from '../domain/exposure.ts';
import { type Incident, type NoticeKind, warmingIn } from '../domain/incident.ts';

/**
 * What is remembered in `noticesSent`: `held/budget/2`, `held/not-ours/day 3/1`, `fixed/-/1`, `escalated/day 3/1`, `escalated/warm-up/1`. Holds differ
 * by their guard, and escalations by what else they are about.
 */
export function noticeKey(kind: NoticeKind, guard: GuardName | null, rounds: number, about = '-'): string {
  return `${topic(kind, guard, about)}${rounds}`;
}

export function noticeKeyOf(kind: NoticeKind, incident: Incident): string {
  return noticeKey(kind, incident.guard, incident.rounds, aboutOf(incident));
}

/**
 * A replacement that does not carry load after its incident is closed, full days for which a modified instance is kept, or for which an
 * exposure is left to somebody else.
 */
function aboutOf(incident: Incident): string {
  if (warmingIn(incident) !== null) return 'warm-up';
  const days = incident.replacement?.keptDays ?? daysLeftToOthers(incident);
  return days > 0 ? `day ${days}` : '-';
}

/** An exposure that is not ours to close stands open meanwhile: people are reminded of it every day. */
export function isReminded(incident: Incident): boolean {
  return incident.status === 'held' && incident.guard === 'not-ours' && isExposure(incident);
}

function daysLeftToOthers(incident: Incident): number {
  if (!isReminded(incident)) return 0;
  const since = Date.parse(incident.since ?? incident.openedAt);
  return Math.floor((Date.parse(incident.updatedAt) - since) / 86_400_000);
}

/** Whether this was not reported yet: each occurrence, kind, guard and day once. What is an email is decided elsewhere. */
export function noticeDue(incident: Incident, kind: NoticeKind): boolean {
  return !incident.noticesSent.includes(noticeKeyOf(kind, incident));
}

function topic(kind: NoticeKind, guard: GuardName | null, about: string): string {
  if (kind === 'held') return `held/${guard ?? '-'}/${about === '-' ? '' : `${about}/`}`;
  return `${kind}/${kind === 'escalated' ? about : '-'}/`;
}
