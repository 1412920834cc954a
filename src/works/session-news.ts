/** What the id of a session says: which instance it is on, and which incidents its end is news for. */
import { ComeBack, isYoung } from '../deps.ts';
import type { Change, ResourceRef } from '../domain/change.ts';
import type { FoundSession } from '../domain/taint.ts';
import { type Clock, type Ledger, Refused, type SessionLog } from '../roles.ts';

type Tools = { readonly sessions: SessionLog; readonly ledger: Ledger; readonly clock: Clock };

/** Seconds until Systems Manager is asked again about a session that was just ended: shown as open, or not shown at all. */
const SHOWN_SOON = { open: 5, unknown: 20 } as const;

/**
 * The incidents that are held because somebody was inside, when a session on their instance was ended. Nothing is decided
 * on the event: it only has them looked at again, with who is inside by what Systems Manager says.
 * @throws ComeBack while the session is still shown as open
 */
export async function endedFor(change: Change, tools: Tools): Promise<readonly string[]> {
  const { fact } = change;
  if (fact.kind !== 'session-ended') return [];
  const found = await findSession(fact.sessionId, tools.sessions);
  // Without an answer, the session's end is noticed when the incident is due.
  if (found === 'untold') return [];
  if (found !== null && instanceOf(found) === null) return [];
  if ((found === null || found.endedAt === null) && isYoung(change, tools.clock)) {
    const seconds = found === null ? SHOWN_SOON.unknown : SHOWN_SOON.open;
    throw new ComeBack(seconds, `Systems Manager does not show yet that the session ${fact.sessionId} has ended`);
  }
  if (found === null) return [];
  const incidents = await tools.ledger.of(found.target);
  return incidents.filter(({ status, guard }) => status === 'held' && guard === 'tainted').map(({ key }) => key);
}

/** What a session is on: its instance, nothing where that is no instance of EC2, and `null` when nobody can tell. */
export async function targetsOfSession(
  sessionId: string,
  sessions: SessionLog,
): Promise<readonly ResourceRef[] | null> {
  const found = await findSession(sessionId, sessions);
  if (found === null || found === 'untold') return null;
  const id = instanceOf(found);
  return id === null ? [] : [{ type: 'instance', id }];
}

async function findSession(sessionId: string, sessions: SessionLog): Promise<FoundSession | null | 'untold'> {
  try {
    return await sessions.find(sessionId);
  } catch (error) {
    if (error instanceof Refused) return 'untold';
    throw error;
  }
}

/** A session may be on an on-premises node (`mi-…`) or in a container (`ecs:…`) as well. */
function instanceOf({ target }: FoundSession): string | null {
  return target.startsWith('i-') ? target : null;
}
