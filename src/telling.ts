/** What is recorded is told: the notice is owed in the same write as what it tells, and sent after it. */
import type { Deps } from './deps.ts';
import { type Incident, type NoticeKind, warmingIn } from './domain/incident.ts';
import { wholeOf } from './domain/part.ts';
import { owe, takeOver, told } from './domain/settling.ts';
import { plus } from './domain/time.ts';
import { noticeDue, noticeKeyOf } from './notice/dedupe.ts';
import { incidentNotice } from './notice/incident.ts';
import { store } from './store.ts';

/** One of many machines that a call named, and that only waits for its turn. What else holds it is its own. */
function isToldWithWhole(incident: Incident): boolean {
  return wholeOf(incident) !== null && (incident.guard === 'tainted' || incident.guard === 'budget');
}

/** Records, and tells if people are owed a word about it, now or from before. */
export async function record(incident: Incident, notice: NoticeKind | null, deps: Deps): Promise<Incident> {
  const wanted = notice === 'held' && isToldWithWhole(incident) ? null : notice;
  const due = wanted !== null && noticeDue(incident, wanted) ? wanted : incident.noticeDue;
  if (due === null) return store(incident, deps);
  const owed = await store(owe(incident, due, deps.clock.now()), deps);
  return tell(owed, due, incident.dueAt, deps);
}

async function tell(incident: Incident, kind: NoticeKind, dueAt: string | null, deps: Deps): Promise<Incident> {
  const now = deps.clock.now().toISOString();
  // While the notice is owed the ledger holds the lease's own time: people are told when the incident is due.
  const inverse = await deps.ledger.inverseOf(incident);
  const notice = incidentNotice({ ...incident, inverse, dueAt }, kind, { now, stage: deps.stage });
  // Of one of many only machines are told that it was put right; people are told of the whole.
  const quiet = kind === 'fixed' && wholeOf(incident) !== null;
  const mail = !quiet && (await deps.mail.admit(notice.subject, now, deps.policy.notifications.mailsPerHour));
  const messageId = await deps.notifier.publish(notice, mail);
  deps.log.info('told', { incidentId: incident.id, kind, messageId, mail });
  return store(told(incident, noticeKeyOf(kind, incident), dueAt), deps);
}

/** Nothing is left to look at. */
function isOver(incident: Incident): boolean {
  return incident.status === 'closed' && warmingIn(incident) === null;
}

/** Sends what a worker that died left owed. An open incident is then looked at again at once. */
export async function tellForAnother(incident: Incident, deps: Deps): Promise<void> {
  const now = deps.clock.now();
  const mine = takeOver(incident, now);
  if (mine === null || incident.noticeDue === null) return;
  const taken = await store(mine, deps);
  await tell(taken, incident.noticeDue, isOver(incident) ? null : plus(now, 0), deps);
}
