import type { Incident } from '../domain/incident.ts';
import { LOOK_AGAIN_AFTER, secondsBetween } from '../domain/time.ts';
import type { Clock } from '../roles.ts';
import type { Proof } from '../work.ts';

const OVERDUE_SECONDS = 300;

/** What an act took away, looked for until it is gone: at once, after 1, 2 and 4 s, then by the recheck. */
export async function proveGone(
  left: () => Promise<readonly string[]>,
  seen: string,
  incident: Incident,
  clock: Clock,
  now: Date,
): Promise<Proof> {
  let there = await left();
  for (const wait of LOOK_AGAIN_AFTER) {
    if (there.length === 0) break;
    await clock.sleep(wait);
    there = await left();
  }
  if (there.length === 0) return { kind: 'proven', seen, closedBy: 'undrift', successor: null };
  const since = secondsBetween(incident.attempts.at(-1)?.at ?? incident.updatedAt, now);
  const why = `${there.join(', ')} still there`;
  if (since > OVERDUE_SECONDS) return { kind: 'undone', why };
  return { kind: 'pending', why, retryAfter: 15, overdue: false };
}
