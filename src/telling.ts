/** What is recorded is reported: the notice is owed in the same write, and sent when the acts are done (`outbox.ts`). */
import { type Deps, LEASE_SECONDS } from './deps.ts';
import type { Incident, Inverse, NoticeKind } from './domain/incident.ts';
import { wholeOf } from './domain/part.ts';
import { noted } from './domain/settling.ts';
import { plus } from './domain/time.ts';
import { noticeDue, noticeKeyOf } from './notice/dedupe.ts';
import { incidentNotice } from './notice/incident.ts';
import type { OwedNotice } from './roles.ts';
import { store } from './store.ts';

/**
 * Whether people get an email of it. The batch incident reports what its members wait for, and that they were fixed. What else
 * holds a member is its own. Programs get every notice.
 */
function isEmailed(incident: Incident, kind: NoticeKind): boolean {
  if (wholeOf(incident) === null) return true;
  if (kind === 'held') return incident.guard !== 'tainted' && incident.guard !== 'budget';
  return kind !== 'fixed';
}

/** Records, and owes a notification where that is news. */
export async function record(incident: Incident, kind: NoticeKind | null, deps: Deps): Promise<Incident> {
  if (kind === null || !noticeDue(incident, kind)) return store(incident, deps);
  const known = noted(incident, noticeKeyOf(kind, incident));
  const inverse = await deps.ledger.inverseOf(incident);
  let owed: OwedNotice | null = null;
  // Made of what is stored, which may be less than this: then it says so.
  const owing = (written: Incident) => (owed = owedNotice(written, inverse, kind, deps));
  const stored = await store(known, deps, { owing });
  if (owed !== null) deps.notify(owed);
  return stored;
}

/**
 * `held` and `fixed` say how an incident stands, and the newest replaces one that was not sent yet. What failed or was
 * escalated is a topic of its own, so that nothing replaces it but a newer one of its kind.
 */
const TOPICS: Readonly<Record<NoticeKind, string>> = {
  held: 'state',
  fixed: 'state',
  failed: 'failed',
  escalated: 'escalated',
};

function owedNotice(incident: Incident, inverse: Inverse, kind: NoticeKind, { clock, stage }: Deps): OwedNotice {
  const now = clock.now();
  return {
    id: `${incident.key}#${TOPICS[kind]}`,
    incidentKey: incident.key,
    revision: incident.revision,
    kind,
    notice: incidentNotice({ ...incident, inverse }, kind, { now: now.toISOString(), stage }),
    mail: isEmailed(incident, kind),
    // A worker that lives has sent it by then.
    tryAt: plus(now, LEASE_SECONDS),
  };
}
