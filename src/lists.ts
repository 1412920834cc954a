/** Sends what waits as lists, one email for each kind. What SNS refuses waits on, and takes nothing of the hour. */
import { chunksOf } from './domain/chunks.ts';
import { MAIL_KINDS, type MailKind } from './domain/mail-hour.ts';
import { takeBack } from './mailing.ts';
import { mostUrgent } from './notice/list.ts';
import { digestNotice, type Place } from './notice/own.ts';
import type { Clock, Ledger, Log, MailBudget, Notifier, WaitingEmail } from './roles.ts';
import type { Steps } from './steps.ts';

export type ListDeps = {
  readonly notifier: Pick<Notifier, 'publish'>;
  readonly mail: MailBudget;
  readonly mailsPerHour: number;
  readonly ledger: Pick<Ledger, 'get'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly place: Omit<Place, 'now'>;
};

/** The most urgent incidents of a list are read again, so many at once, right before it is sent. */
const READ_AGAIN = 50;
const AT_ONCE = 25;

export async function sendLists(deps: ListDeps, steps: Steps): Promise<void> {
  for (const kind of MAIL_KINDS) await steps.run(`send the list of ${kind}`, () => sendList(kind, deps));
}

async function sendList(kind: MailKind, deps: ListDeps): Promise<void> {
  const { mail, mailsPerHour, clock, log, place } = deps;
  const now = clock.now().toISOString();
  const waiting = await mail.takeList(kind, now, mailsPerHour);
  if (waiting.length === 0) return;
  try {
    const named = await asTheyStand(waiting, deps);
    if (named.length === 0) await takeBack(kind, now, deps);
    else await deps.notifier.publish(digestNotice(named, kind, { ...place, now }), true);
  } catch (error) {
    await takeBack(kind, now, deps);
    throw error;
  }
  await mail.listed(waiting, now);
  log.info('a list of emails was sent', { kind, count: waiting.length });
}

/** What a person has cleared needs nobody any more; what was closed without a notice of its own says so. */
async function asTheyStand(waiting: readonly WaitingEmail[], deps: ListDeps): Promise<readonly WaitingEmail[]> {
  const read = mostUrgent(waiting).slice(0, READ_AGAIN);
  const standing = new Map<string, WaitingEmail | null>();
  for (const some of chunksOf(read, AT_ONCE)) {
    for (const [email, now] of await Promise.all(some.map(async (it) => [it, await asItStands(it, deps)] as const)))
      standing.set(email.id, now);
  }
  return waiting.flatMap((it) => (standing.has(it.id) ? (standing.get(it.id) ?? []) : it));
}

/** Null where it is not to be named. What cannot be read is named as it was. */
async function asItStands(email: WaitingEmail, { ledger, log }: ListDeps): Promise<WaitingEmail | null> {
  if (email.incidentKey === null || email.over) return email;
  try {
    const incident = await ledger.get(email.incidentKey);
    if (incident?.status !== 'closed') return email;
    return incident.closedBy === 'operator' ? null : { ...email, subject: `${email.subject}; over since` };
  } catch (error) {
    log.warn('how an incident stands now cannot be read', { incidentId: email.incidentId, why: String(error) });
    return email;
  }
}
