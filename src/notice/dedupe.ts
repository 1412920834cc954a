import type { GuardName } from '../domain/decision.ts';
import { isExposure } from '../domain/exposure.ts';
import { type Incident, type NoticeKind, warmingIn } from '../domain/incident.ts';
import { REFUSALS_TO_ESCALATE } from '../domain/settling.ts';

/** The rounds that are told: 1, 2, 10, 100, 1000, … so that fifty re-openings make three notices. */
export function toldRounds(round: number): boolean {
  if (round === 1 || round === 2) return true;
  let rung = 10;
  while (rung < round) rung *= 10;
  return rung === round;
}

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

/**
 * Whether people are told this now. Each round, kind, guard and day once, and only the told rounds; but what is still
 * wrong is told the first time that it is so, in whatever round, and an exposure each time that AWS begins to refuse it.
 */
export function noticeDue(incident: Incident, kind: NoticeKind): boolean {
  const { guard, rounds, noticesSent, closedAt } = incident;
  if (noticesSent.includes(noticeKeyOf(kind, incident))) return false;
  if (toldRounds(rounds)) return true;
  if (kind === 'escalated' && isExposure(incident) && incident.failures === REFUSALS_TO_ESCALATE) return true;
  const first = !noticesSent.some((sent) => sent.startsWith(topic(kind, guard, aboutOf(incident))));
  return first && (closedAt === null || (kind === 'escalated' && warmingIn(incident) !== null));
}

function topic(kind: NoticeKind, guard: GuardName | null, about: string): string {
  if (kind === 'held') return `held/${guard ?? '-'}/${about === '-' ? '' : `${about}/`}`;
  return `${kind}/${kind === 'escalated' ? about : '-'}/`;
}
