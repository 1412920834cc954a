/** Who closed what somebody opened, where that was not undrift. */
import { type Actor, principalOf } from './actor.ts';
import type { ClosedBy } from './incident.ts';

/** The call that closed it, as its event says. `at`: ISO 8601, UTC. */
export type Closing = {
  readonly at: string;
  readonly name: string;
  readonly eventId: string;
  readonly actor: Actor;
};

/**
 * Who closed all of it, from the calls that closed its parts; null where no event tells of one of them. It counts as taken back
 * where each call was made by the principal that had opened it.
 * @param opener null where nobody is known to have opened it
 */
export function closedByCalls(
  closings: readonly (Closing | null)[],
  opener: string | null,
): { readonly closedBy: ClosedBy; readonly closing: Closing } | null {
  const known = closings.filter((closing) => closing !== null);
  const last = known.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)).at(-1);
  if (last === undefined || known.length < closings.length) return null;
  const byOpener = opener !== null && known.every(({ actor }) => principalOf(actor) === opener);
  return { closedBy: byOpener ? 'actor' : 'another', closing: last };
}
