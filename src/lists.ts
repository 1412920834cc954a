/** Sends what waits as lists, one email for each kind. What SNS refuses waits on, and takes nothing of the hour. */
import { chunksOf } from './domain/chunks.ts';
import { MAIL_KINDS, type MailKind } from './domain/mail-hour.ts';
import { takeBack } from './mailing.ts';
import { mostUrgent } from './notice/list.ts';
import { digestNotice, type Place, READ_AGAIN } from './notice/own.ts';
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

/** The incidents that are read again right before their list is sent are read so many at once. */
const AT_ONCE = 25;
/** Bytes of a text in JSON; of the 256 KB of SNS the rest is for programs. */
const MOST_TEXT = 235_000;

export async function sendLists(deps: ListDeps, steps: Steps): Promise<void> {
  for (const kind of MAIL_KINDS) await steps.run(`send the list of ${kind}`, () => sendList(kind, deps));
}

async function sendList(kind: MailKind, deps: ListDeps): Promise<void> {
  const { mail, mailsPerHour, clock, log, place } = deps;
  const now = clock.now().toISOString();
  const waiting = await mail.takeList(kind, now, mailsPerHour);
  if (waiting.length === 0) return;
  let handled: readonly WaitingEmail[] = [];
  try {
    const named = await asTheyStand(waiting, deps);
    const { notice, left } = fitting(named, kind, { ...place, now });
    if (named.length === 0) await takeBack(kind, now, deps);
    else await deps.notifier.publish(notice, true);
    handled = waiting.filter(({ id }) => !left.has(id));
  } catch (error) {
    await takeBack(kind, now, deps);
    throw error;
  }
  await mail.listed(handled, now);
  log.info('a list of emails was sent', { kind, count: handled.length, left: waiting.length - handled.length });
}

/** A longer text would be cut: what does not fit is left to the next list, the least urgent first. */
function fitting(named: readonly WaitingEmail[], kind: MailKind, place: Place) {
  const urgent = mostUrgent(named);
  let count = urgent.length;
  for (;;) {
    const notice = digestNotice(urgent.slice(0, count), kind, place);
    if (count <= 1 || Buffer.byteLength(JSON.stringify(notice.text)) <= MOST_TEXT)
      return { notice, left: new Set(urgent.slice(count).map(({ id }) => id)) };
    count = Math.ceil(count * 0.8);
  }
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
    return incident.closedBy === 'operator' ? null : overNow(email);
  } catch (error) {
    log.warn('how an incident stands now cannot be read', { incidentId: email.incidentId, why: String(error) });
    return email;
  }
}

function overNow(email: WaitingEmail): WaitingEmail {
  const was = email.subject.replace('[undrift] ', '');
  return { ...email, over: true, verdict: OVER_NOW, waitsFor: null, subject: `[undrift] ${OVER_NOW}: ${was}` };
}

const OVER_NOW = 'Over by now';
