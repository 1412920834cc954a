import type { GuardName } from '../domain/decision.ts';
import type { Incident, NoticeKind } from '../domain/incident.ts';

/** The rounds that are told: 1, 2, 10, 100, 1000, … so that fifty re-openings make three notices. */
export function toldRounds(round: number): boolean {
  if (round === 1 || round === 2) return true;
  let rung = 10;
  while (rung < round) rung *= 10;
  return rung === round;
}

/**
 * What is remembered in `noticesSent`: `held/budget/2`, `fixed/-/1`, `escalated/day 3/1`. Only a hold is told apart by its
 * guard, and only what is kept alive by its full days.
 */
export function noticeKey(kind: NoticeKind, guard: GuardName | null, rounds: number, keptDays = 0): string {
  return `${topic(kind, guard, keptDays)}${rounds}`;
}

/**
 * Whether people are told this now. Each round, kind, guard and day once, and only the told rounds; but what is still
 * wrong is told the first time that it is so, in whatever round.
 */
export function noticeDue(incident: Incident, kind: NoticeKind): boolean {
  const { guard, rounds, noticesSent, closedAt, replacement } = incident;
  const days = replacement?.keptDays ?? 0;
  if (noticesSent.includes(noticeKey(kind, guard, rounds, days))) return false;
  if (toldRounds(rounds)) return true;
  const first = !noticesSent.some((sent) => sent.startsWith(topic(kind, guard, days)));
  return first && closedAt === null;
}

function topic(kind: NoticeKind, guard: GuardName | null, keptDays: number): string {
  if (kind === 'held') return `held/${guard ?? '-'}/`;
  return `${kind}/${kind === 'escalated' && keptDays > 0 ? `day ${keptDays}` : '-'}/`;
}
