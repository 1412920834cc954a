/**
 * Sends the notices that are owed. It never throws: what cannot be sent now stays owed, and the scheduler tries again. No act
 * and no check waits for it.
 */
import { plus } from './domain/time.ts';
import type { Clock, Ledger, Log, MailBudget, Notifier, Outbox, OwedNotice } from './roles.ts';

export type OutboxDeps = {
  readonly outbox: Outbox;
  readonly ledger: Pick<Ledger, 'get'>;
  readonly notifier: Pick<Notifier, 'publish'>;
  readonly mail: Pick<MailBudget, 'admit' | 'takeBack'>;
  readonly mailsPerHour: number;
  readonly clock: Clock;
  readonly log: Log;
};

const AT_ONCE = 10;
/** As many as one run of the scheduler lists. */
const MOST = 1000;
/** After a failure: a minute, and up to one more so that many do not come at once. */
const AGAIN_SECONDS = { least: 60, most: 120 };

/** Sends what was just recorded, the newest of each topic. Where none of ten can be sent, the rest is left to the scheduler. */
export async function sendRecorded(owed: readonly OwedNotice[], deps: OutboxDeps): Promise<void> {
  const newest = [...new Map(owed.map((each) => [each.id, each])).values()];
  for (const some of inTens(newest)) if ((await sendAll(some, deps)) === 0) return;
}

/**
 * Sends what is due. Where none of ten can be sent, the others wait for the next run: while SNS is out of order, ten are tried
 * each minute, and once it works all of them are sent in one or two runs.
 */
export async function sendDue(deps: OutboxDeps, random: () => number, enough: () => boolean): Promise<void> {
  try {
    const ids = await deps.outbox.due(deps.clock.now().toISOString(), MOST);
    for (const some of inTens(ids)) {
      if (!enough()) return;
      const taken = (await Promise.all(some.map((id) => take(id, deps, random())))).filter((owed) => owed !== null);
      if (taken.length > 0 && (await sendAll(taken, deps)) === 0) return;
    }
  } catch (error) {
    deps.log.error('the notices that are owed cannot be read now', { why: String(error) });
  }
}

function inTens<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, n) => all.slice(n * AT_ONCE, (n + 1) * AT_ONCE));
}

async function take(
  id: string,
  { outbox, ledger, clock, log }: OutboxDeps,
  spread: number,
): Promise<OwedNotice | null> {
  const now = clock.now();
  const { least, most } = AGAIN_SECONDS;
  const owed = await outbox.take(id, now.toISOString(), plus(now, least + spread * (most - least)));
  if (owed?.kind !== 'held') return owed;
  // It would announce an action that a person has ruled out meanwhile.
  if ((await ledger.get(owed.incidentKey))?.closedBy !== 'operator') return owed;
  log.info('not sent: a person has cleared the incident', { id });
  await outbox.sent(owed);
  return null;
}

/** @returns how many were sent */
async function sendAll(some: readonly OwedNotice[], deps: OutboxDeps): Promise<number> {
  const admitted: Admitted[] = [];
  // One after the other: they all change the same record.
  for (const owed of some) {
    const mail = await admit(owed, deps);
    if (mail !== null) admitted.push({ owed, ...mail });
  }
  const sent = await Promise.all(admitted.map((each) => send(each, deps)));
  return sent.filter((each) => each).length;
}

/** A notice, whether it is an email, too, and when that was asked. */
type Admitted = { readonly owed: OwedNotice; readonly mail: boolean; readonly at: string };

/** null where the budget cannot be asked now. */
async function admit({ mail, notice, id }: OwedNotice, deps: OutboxDeps): Promise<Omit<Admitted, 'owed'> | null> {
  const at = deps.clock.now().toISOString();
  try {
    return { mail: mail && (await deps.mail.admit(notice.subject, at, deps.mailsPerHour)), at };
  } catch (error) {
    deps.log.warn('the email budget cannot be asked now', { id, why: String(error) });
    return null;
  }
}

async function send({ owed, mail, at }: Admitted, deps: OutboxDeps): Promise<boolean> {
  const { outbox, notifier, log } = deps;
  const { id, kind, notice } = owed;
  try {
    const messageId = await notifier.publish(notice, mail);
    log.info('notified', { id, kind, messageId, mail });
  } catch (error) {
    log.error('a notice cannot be sent now; it stays owed', { id, kind, why: String(error) });
    if (owed.mail)
      await quietly(() => deps.mail.takeBack(notice.subject, at, mail), 'the email counts all the same', deps);
    return false;
  }
  await quietly(() => outbox.sent(owed), 'a notice will be sent again', deps);
  return true;
}

async function quietly(step: () => Promise<void>, otherwise: string, { log }: OutboxDeps): Promise<void> {
  try {
    await step();
  } catch (error) {
    log.warn(otherwise, { why: String(error) });
  }
}
