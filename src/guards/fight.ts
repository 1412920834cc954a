import { FIGHT_LINE, FIGHT_ROUNDS, FIGHT_SECONDS, type PastReplacement } from '../domain/fight.ts';
import { type Guard, HOUR, type InstanceCase } from './guard.ts';

/**
 * Replacing would not help, or has not helped: whatever puts the drift there does it again. Held for a day, and people are told who, when, and
 * in which incidents. An exposure is never asked this: it is closed each time, by another unit.
 */
export const fight: Guard<InstanceCase> = {
  name: 'fight',
  check: ({ rule, rounds, line, group, now, sameAgain }) => {
    if (sameAgain !== undefined) return { reason: `replacing would not help: ${sameAgain}`, retryAfter: HOUR };
    const [ofRounds, ofLine] = [freeAt(rounds, FIGHT_ROUNDS), freeAt(line, FIGHT_LINE)];
    const free = Math.max(ofRounds ?? 0, ofLine ?? 0);
    if (free === 0) return null;
    const seconds = Math.ceil((free - now.getTime()) / 1000) + 1;
    const what = ofRounds === null ? inTurn(line, group.name) : cameBack(rule, rounds, group.name);
    return {
      reason: `${what}: held until ${new Date(free).toISOString()}, unless its cause is gone`,
      retryAfter: Math.max(1, Math.min(HOUR, seconds)),
    };
  },
};

/** When fewer than that many are left of the day; null where they are fewer already. */
function freeAt(past: readonly PastReplacement[], many: number): number | null {
  const last = past[many - 1];
  return last === undefined ? null : Date.parse(last.doneAt ?? last.begunAt) + FIGHT_SECONDS * 1000;
}

/** Not all of them need be the same drift to the letter: of one actor, and of findings, the rule counts. */
function cameBack(rule: string, rounds: readonly PastReplacement[], group: string): string {
  return `drift under the rule ${rule} in ${group} came back after ${rounds.length} replacements (${incidents(rounds)})`;
}

function inTurn(line: readonly PastReplacement[], group: string): string {
  return `one machine of ${group} and its successors were replaced ${line.length} times within a day (${incidents(line)})`;
}

const incidents = (past: readonly PastReplacement[]) =>
  `incidents ${past.map(({ incidentId }) => incidentId).join(', ')}`;
