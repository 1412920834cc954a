import { FIGHT_ROUNDS, FIGHT_SECONDS } from '../domain/fight.ts';
import { type Guard, HOUR, type InstanceCase } from './guard.ts';

/**
 * Replacing would not help, or has not helped: whatever puts the drift there does it again. Held for a day, and people are told who, when, and
 * in which incidents. An exposure is never asked this: it is closed each time, by another unit.
 */
export const fight: Guard<InstanceCase> = {
  name: 'fight',
  check: ({ rounds, group, now, sameAgain }) => {
    if (sameAgain !== undefined) return { reason: `replacing would not help: ${sameAgain}`, retryAfter: HOUR };
    const last = rounds[FIGHT_ROUNDS - 1];
    if (last === undefined) return null;
    const free = Date.parse(last.doneAt ?? last.begunAt) + FIGHT_SECONDS * 1000;
    const seconds = Math.ceil((free - now.getTime()) / 1000) + 1;
    const names = rounds.map(({ incidentId }) => incidentId).join(', ');
    return {
      reason: `the same drift in ${group.name} came back after ${rounds.length} replacements (incidents ${names}): held until ${new Date(free).toISOString()}, unless its cause is gone`,
      retryAfter: Math.max(1, Math.min(HOUR, seconds)),
    };
  },
};
