/** What the scheduler notifies people of: changes of the pause flag, the digest; and it counts who is subscribed. */
import type { PauseFlag } from './domain/pause.ts';
import { admit, type Mailing, publish } from './mailing.ts';
import type { Notice } from './notice/notice.ts';
import { digestNotice, type Place } from './notice/own.ts';
import { pauseNotice, pauseReadableNotice } from './notice/pause.ts';
import type { MailBudget, Meter, Notifier, PauseTold, PauseWatch, Subscriptions } from './roles.ts';
import type { Steps } from './steps.ts';

/** What undrift publishes to: notifications, and alarms about undrift itself. */
type Topic = 'notifications' | 'alarms';

export type Announcing = Mailing & {
  readonly notifier: Notifier;
  readonly mail: MailBudget;
  readonly watch: PauseWatch;
  readonly meter: Meter;
  readonly place: Omit<Place, 'now'>;
  readonly subscriptions: Readonly<Record<Topic, Subscriptions>>;
};

/** @param flag null where it is not known, as the scheduler could not ask */
export async function announce(flag: PauseFlag | null, parts: Announcing, steps: Steps): Promise<void> {
  if (flag !== null) await steps.run('notify of the pause flag', () => notifyOfFlag(flag, parts));
  await steps.run('send the digest', () => sendDigest(parts));
  await countSubscribers(parts);
}

/** Notifies of each change once, whatever made it. */
async function notifyOfFlag(flag: PauseFlag, parts: Announcing): Promise<void> {
  const { watch, log } = parts;
  const before = await watch.last();
  const told: PauseTold =
    flag.kind === 'unreadable' ? { ...before, unreadable: true } : { value: flag, unreadable: false };
  const notices = noticesOf(flag, told, before, parts);
  if (notices.length === 0 || !(await watch.remember(told, before))) return;
  try {
    for (const notice of notices) await publish(notice, await admit(notice, parts), parts);
  } catch (error) {
    // The next minute tries again.
    await watch.remember(before, told);
    throw error;
  }
  log.info('the pause flag changed', { flag: flag.kind });
}

function noticesOf(
  flag: PauseFlag,
  told: PauseTold,
  before: PauseTold,
  { place, clock }: Announcing,
): readonly Notice[] {
  const here = { ...place, now: clock.now().toISOString() };
  const change = pauseNotice(told.value, before.value, here);
  const readable =
    told.unreadable === before.unreadable ? null : pauseReadableNotice(flag.kind === 'unreadable' ? flag : null, here);
  return [readable, change].filter((notice) => notice !== null);
}

async function sendDigest({ mail, notifier, clock, log, place }: Announcing): Promise<void> {
  const now = clock.now().toISOString();
  const waiting = await mail.dueDigest(now);
  if (waiting.since === null) return;
  await notifier.publish(digestNotice(waiting, { ...place, now }), true);
  await mail.digestSent(waiting, now);
  log.info('digest sent', { count: waiting.count });
}

/**
 * Each topic by itself, people and machines apart. A topic that does not let itself be counted (one of another account, say) is
 * no reason to fail: where data is missing, its alarm rings.
 */
async function countSubscribers({ subscriptions, meter, log }: Announcing): Promise<void> {
  for (const topic of ['notifications', 'alarms'] as const) {
    try {
      const { people, machines } = await subscriptions[topic].count();
      meter.count('ConfirmedSubscriptions', { topic, kind: 'people' }, people);
      meter.count('ConfirmedSubscriptions', { topic, kind: 'machines' }, machines);
    } catch (error) {
      log.warn('the subscriptions of a topic cannot be counted', { topic, why: String(error) });
    }
  }
}
