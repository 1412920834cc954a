import type { GuardName } from '../domain/decision.ts';
import type { Incident, NoticeKind } from '../domain/incident.ts';

/** The rounds that are told: 1, 2, 10, 100, 1000, … so that fifty re-openings make three notices. */
export function toldRounds(round: number): boolean {
  if (round === 1 || round === 2) return true;
  let rung = 10;
  while (rung < round) rung *= 10;
  return rung === round;
}

/** What is remembered in `noticesSent`: `held/budget/2`, `fixed/-/1`. Only a hold is told apart by its guard. */
export function noticeKey(kind: NoticeKind, guard: GuardName | null, rounds: number): string {
  return `${topic(kind, guard)}${rounds}`;
}

/**
 * Whether people are told this now. Each round, kind and guard once, and only the told rounds; but what is still
 * wrong is told the first time that it is so, in whatever round.
 */
export function noticeDue(incident: Incident, kind: NoticeKind): boolean {
  const { guard, rounds, noticesSent, closedAt } = incident;
  if (noticesSent.includes(noticeKey(kind, guard, rounds))) return false;
  if (toldRounds(rounds)) return true;
  const first = !noticesSent.some((sent) => sent.startsWith(topic(kind, guard)));
  return first && closedAt === null;
}

function topic(kind: NoticeKind, guard: GuardName | null): string {
  return `${kind}/${kind === 'held' ? (guard ?? '-') : '-'}/`;
}
