/** Notifies people of a message that keeps failing, once, and of one that is dead-lettered. Never throws. */
import type { Deps } from './deps.ts';
import { actorName } from './domain/actor.ts';
import type { Change } from './domain/change.ts';
import { firstOf } from './domain/first-of.ts';
import { ageOf, type Delivery, GIVE_UP_SECONDS, NOTIFY_SECONDS } from './domain/message-age.ts';
import { plus } from './domain/time.ts';
import { parseQueueBody } from './inbound/index.ts';
import { type Admission, admit, type Mailing, NO_EMAIL, publish } from './mailing.ts';
import { deadLetterNotice, delayedNotice, type MessageAbout, type MessageReport } from './notice/message.ts';
import type { Notice } from './notice/notice.ts';
import type { Place } from './notice/own.ts';
import type { ReportedMessages } from './roles.ts';

export type Failed = Delivery & { readonly id: string; readonly body: string };

export type Reporting = {
  readonly deps: Pick<Deps, 'notifier' | 'mail' | 'clock' | 'log' | 'policy' | 'work' | 'account' | 'stage'>;
  readonly reported: ReportedMessages;
  readonly region: string;
};

/**
 * Where the ledger cannot be asked whether it was reported, it is reported at a later try: the alarm rings meanwhile.
 */
export async function reportDelay(message: Failed, reason: string, reporting: Reporting): Promise<void> {
  const { deps, reported } = reporting;
  const now = deps.clock.now();
  const age = ageOf(message, now);
  if (age === null || age < NOTIFY_SECONDS) return;
  try {
    if (await reported.has(message.id)) return;
    const until = plus(now, Math.max(0, GIVE_UP_SECONDS - age));
    await send(message.id, delayedNotice(reportOf(message, reason, reporting), until, placeOf(reporting)), reporting);
    await reported.add(message.id, now.toISOString());
  } catch (error) {
    deps.log.warn('the delay could not be reported; the alarm on the age of messages rings', {
      messageId: message.id,
      why: String(error),
    });
  }
}

/** A message that is left in the dead-letter queue is reported once. */
export async function reportStay(message: Failed, reason: string, reporting: Reporting): Promise<void> {
  const { deps, reported } = reporting;
  try {
    if (await reported.has(message.id)) return;
    await send(message.id, deadLetterNotice(reportOf(message, reason, reporting), placeOf(reporting)), reporting);
    await reported.add(message.id, deps.clock.now().toISOString());
  } catch (error) {
    deps.log.warn('the dead letter could not be reported', { messageId: message.id, why: String(error) });
  }
}

/** Sent before the message is moved: a crash in between reports it twice, and never not at all. */
export async function reportDeadLetter(message: Failed, reason: string, reporting: Reporting): Promise<void> {
  try {
    await send(message.id, deadLetterNotice(reportOf(message, reason, reporting), placeOf(reporting)), reporting);
  } catch (error) {
    reporting.deps.log.error('the dead letter could not be reported; its alarm rings', {
      messageId: message.id,
      why: String(error),
    });
  }
}

function placeOf({ deps, region }: Reporting): Place {
  return { account: deps.account, stage: deps.stage, region, now: deps.clock.now().toISOString() };
}

function reportOf(message: Failed, reason: string, { deps }: Reporting): MessageReport {
  const { id, receives, body } = message;
  return { id, unit: deps.work.unit, about: aboutOf(body), reason, receives, age: ageOf(message, deps.clock.now()) };
}

/** A thousand failing messages are not a thousand emails, but lines of a list. */
async function send(id: string, notice: Notice, { deps }: Reporting): Promise<void> {
  const mailing = { ...deps, mailsPerHour: deps.policy.notifications.mailsPerHour };
  await publish(notice, await admissionOf(id, notice, mailing), mailing);
}

/** The ledger may be what fails. */
async function admissionOf(id: string, notice: Notice, mailing: Mailing): Promise<Admission> {
  try {
    const topic = `message/${id}/${notice.attributes.outcome}`;
    return await admit(notice, { id: topic, revision: 0, incidentKey: null }, mailing);
  } catch (error) {
    mailing.log.warn('the email budget cannot be read; the alarms are the emails', { why: String(error) });
    return NO_EMAIL;
  }
}

/** What a message is about, as far as it can be read. */
function aboutOf(body: string): MessageAbout {
  try {
    const parsed = parseQueueBody(body);
    if ('recheck' in parsed) return { title: `Recheck of the incident ${parsed.recheck}`, lines: [] };
    if ('irrelevant' in parsed || 'put' in parsed) return unread(body);
    if ('undrift' in parsed) return { title: `Look at the Region for the incident ${parsed.incident}`, lines: [] };
    return aboutChange(parsed);
  } catch {
    return unread(body);
  }
}

const RESOURCES_NAMED = 3;

function aboutChange({ name, resources, actor, at, eventId }: Change): MessageAbout {
  const ids = resources.map(({ id }) => id);
  const on = ids.length === 0 ? '' : ` on ${firstOf(ids, RESOURCES_NAMED)}`;
  return { title: `${name}${on}`, lines: [`by ${actorName(actor)}`, `at ${at}, event ${eventId}`] };
}

/** Of an event that cannot be parsed, its name and its id where they are where they belong. */
function unread(body: string): MessageAbout {
  const detail = objectIn(parsedOrNull(body), 'detail');
  const [name, id] = [detail?.eventName, detail?.eventID];
  const title = typeof name === 'string' ? `unreadable event ${name}` : 'unreadable event';
  return { title, lines: typeof id === 'string' ? [`event ${id}`] : [] };
}

function parsedOrNull(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function objectIn(value: unknown, key: string): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'object' || value === null) return null;
  const inner = (value as Record<string, unknown>)[key];
  return typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : null;
}
