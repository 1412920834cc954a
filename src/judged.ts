/** Which resources a change was judged for in earlier turns of its message. */
import type { Deps } from './deps.ts';
import type { Change } from './domain/change.ts';
import { occurrenceOf } from './domain/occurrence.ts';

/** Each unit judges other resources because of the same event. */
function keyOf({ eventId }: Change, { work }: Deps): string {
  return `judged/${occurrenceOf(work.unit, eventId)}`;
}

export async function judgedBefore(change: Change, deps: Deps): Promise<readonly string[]> {
  const known = await deps.ledger.lastReading(keyOf(change, deps));
  return known?.kind === 'judged' ? known.ids : [];
}

/** Never throws: what is not noted is judged again. */
export async function noteJudged(change: Change, ids: ReadonlySet<string>, deps: Deps): Promise<void> {
  const { ledger, clock, log } = deps;
  try {
    await ledger.recordReading(keyOf(change, deps), { kind: 'judged', ids: [...ids] }, clock.now().toISOString());
  } catch (error) {
    log.warn('what was judged in this turn is judged again', { eventId: change.eventId, why: String(error) });
  }
}
