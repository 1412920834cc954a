/**
 * Sends the notices that are owed. It never throws: what cannot be sent now stays owed, and the scheduler tries again. No act
 * and no check waits for it.
 */
import { chunksOf } from './domain/chunks.ts';
import { plus } from './domain/time.ts';
import { type Admission, admit, type Mailing, NO_EMAIL, publish } from './mailing.ts';
import { incidentNotice } from './notice/incident.ts';
import type { Place } from './notice/own.ts';
import type { Ledger, Outbox, OwedNotice } from './roles.ts';

export type OutboxDeps = Mailing & { readonly outbox: Outbox; readonly ledger: Pick<Ledger, 'get'> };
type SchedulerDeps = OutboxDeps & { readonly place: Pick<Place, 'stage'> };

const AT_ONCE = 10;
/** As many as one run of the scheduler lists. */
const MOST = 1000;
/** After a failure: a minute, and up to one more so that many do not come at once. */
const AGAIN_SECONDS = { least: 60, most: 120 };

/**
 * Sends what was recorded in this batch, the newest of each topic. Since then another worker may have recorded, and sent, how the
 * incident went on: a notice that is owed no more is not sent. Where none of ten can be sent, the rest is left to the scheduler.
 */
export async function sendRecorded(recorded: readonly OwedNotice[], deps: OutboxDeps): Promise<void> {
  const newest = [...new Map(recorded.map((each) => [each.id, each])).values()];
  for (const some of chunksOf(newest, AT_ONCE)) {
    const owed = (await Promise.all(some.map((each) => ifOwed(each, deps)))).filter((each) => each !== null);
    if (owed.length > 0 && (await sendAll(owed, deps)) === 0) return;
  }
}

async function ifOwed(owed: OwedNotice, { outbox, log }: OutboxDeps): Promise<OwedNotice | null> {
  try {
    return (await outbox.isOwed(owed)) ? owed : null;
  } catch (error) {
    log.warn('whether a notice is still owed cannot be read now; the scheduler sends it', {
      id: owed.id,
      why: String(error),
    });
    return null;
  }
}

/**
 * Sends what is due. Where none of ten can be sent, the others wait for the next run. While SNS fails, ten are tried each
 * minute; once it works, all of them are sent in one or two runs.
 */
export async function sendDue(deps: SchedulerDeps, random: () => number, enough: () => boolean): Promise<void> {
  try {
    const ids = await deps.outbox.due(deps.clock.now().toISOString(), MOST);
    for (const some of chunksOf(ids, AT_ONCE)) {
      if (!enough()) return;
      const taken = (await Promise.all(some.map((id) => ifTaken(id, deps, random())))).filter((owed) => owed !== null);
      if (taken.length > 0 && (await sendAll(taken, deps)) === 0) return;
    }
  } catch (error) {
    deps.log.error('the notices that are owed cannot be read now', { why: String(error) });
  }
}

/** One that cannot be read keeps no other from being sent. */
async function ifTaken(id: string, deps: SchedulerDeps, spread: number): Promise<OwedNotice | null> {
  try {
    return await take(id, deps, spread);
  } catch (error) {
    deps.log.error('a notice that is owed cannot be read now', { id, why: String(error) });
    return null;
  }
}

/** A hold that is over by now is reported as over: it stood, and no other notification may tell of it. */
async function take(
  id: string,
  { outbox, ledger, clock, log, place }: SchedulerDeps,
  spread: number,
): Promise<OwedNotice | null> {
  const now = clock.now();
  const { least, most } = AGAIN_SECONDS;
  const owed = await outbox.take(id, now.toISOString(), plus(now, least + spread * (most - least)));
  if (owed?.kind !== 'held') return owed;
  const incident = await ledger.get(owed.incidentKey);
  if (incident?.status !== 'closed') return owed;
  if (incident.closedBy !== 'operator') {
    const { stage } = place;
    const telling = { now: now.toISOString(), ...(stage !== undefined && { stage }) };
    return { ...owed, notice: incidentNotice(incident, 'held', telling) };
  }
  // It would announce an action that a person has ruled out meanwhile.
  log.info('not sent: a person has cleared the incident', { id });
  await outbox.sent(owed);
  return null;
}

/** @returns how many were sent */
async function sendAll(some: readonly OwedNotice[], deps: OutboxDeps): Promise<number> {
  const admitted: { readonly owed: OwedNotice; readonly admission: Admission }[] = [];
  // One after the other: they all change the same record.
  for (const owed of some) {
    const admission = await admissionOf(owed, deps);
    if (admission !== null) admitted.push({ owed, admission });
  }
  const sent = await Promise.all(admitted.map(({ owed, admission }) => send(owed, admission, deps)));
  return sent.filter((each) => each).length;
}

/** null where the budget cannot be asked now. */
async function admissionOf(owed: OwedNotice, deps: OutboxDeps): Promise<Admission | null> {
  const { mail, notice, id, incidentKey, revision } = owed;
  try {
    if (!mail) return NO_EMAIL;
    const own = notice.email?.apart === true;
    const topic = own ? { id, revision, incidentKey: null } : { id: incidentKey, revision, incidentKey };
    return await admit(notice, topic, deps);
  } catch (error) {
    deps.log.warn('the email budget cannot be asked now', { id, why: String(error) });
    return null;
  }
}

async function send(owed: OwedNotice, admission: Admission, deps: OutboxDeps): Promise<boolean> {
  const { outbox, log } = deps;
  const { id, kind, notice } = owed;
  try {
    const messageId = await publish(notice, admission, deps);
    log.info('notified', { id, kind, messageId, email: admission.countedAt !== null });
  } catch (error) {
    log.error('a notice cannot be sent now; it stays owed', { id, kind, why: String(error) });
    return false;
  }
  try {
    await outbox.sent(owed);
  } catch (error) {
    log.warn('a notice will be sent again', { id, why: String(error) });
  }
  return true;
}
