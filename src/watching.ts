/** What the scheduler watches over in undrift itself: its heartbeat, dead letters, who is subscribed, a stop without an end. */
import type { PauseFlag } from './domain/pause.ts';
import { type DeadLetterQueue, type Reminded, remind, type Trouble, type TroubleKind } from './domain/reminder.ts';
import { type Beating, beat, heard, measure } from './heartbeat.ts';
import type { Mailing } from './mailing.ts';
import type { Place } from './notice/own.ts';
import { reminderNotices } from './notice/reminder.ts';
import { notifyOnce } from './notify-once.ts';
import type { DeadLetters, Subscribers, Subscriptions, Watch } from './roles.ts';
import type { Steps } from './steps.ts';

/** What undrift publishes to: notifications, and alarms about undrift itself. */
type Topic = 'notifications' | 'alarms';

export type Watching = Mailing &
  Beating & {
    readonly subscriptions: Readonly<Record<Topic, Subscriptions>>;
    readonly deadLetters: Readonly<Record<DeadLetterQueue, DeadLetters>>;
    readonly reminded: Watch<Reminded>;
    readonly place: Omit<Place, 'now'>;
  };

type Found = { readonly troubles: readonly Trouble[]; readonly unread: readonly TroubleKind[] };

/** @param flag null where it is not known, as the scheduler could not ask */
export async function watchOver(flag: PauseFlag | null, parts: Watching, steps: Steps): Promise<void> {
  const found = [
    flagTrouble(flag),
    await heartbeatTrouble(parts, steps),
    await deadLetterTrouble(parts, steps),
    await subscriptionTrouble(parts),
  ];
  await steps.run('remind', () => remindOf(found, parts));
}

async function remindOf(found: readonly Found[], parts: Watching): Promise<void> {
  const { reminded, clock, place, log } = parts;
  const now = clock.now().toISOString();
  const before = await reminded.last();
  const troubles = found.flatMap((each) => each.troubles);
  const { due, over, next } = remind(troubles, new Set(found.flatMap(({ unread }) => unread)), before, now);
  const notices = reminderNotices(due, over, { ...place, now });
  const isOurs = await notifyOnce(notices, { watch: reminded, before, next }, parts);
  if (isOurs && notices.length > 0) log.info('reminded', { due: due.map(({ kind }) => kind), over });
}

function flagTrouble(flag: PauseFlag | null): Found {
  if (flag === null) return { troubles: [], unread: ['stopped', 'pause-unreadable'] };
  if (flag.kind === 'stopped') return { troubles: [{ kind: 'stopped', why: flag.why }], unread: [] };
  // Whether it says stop is not known then.
  if (flag.kind === 'unreadable') return { troubles: [{ kind: 'pause-unreadable' }], unread: ['stopped'] };
  return { troubles: [], unread: [] };
}

/** A call that cannot be made does not end the measurement: a unit that is silent stays so. */
async function heartbeatTrouble(parts: Watching, steps: Steps): Promise<Found> {
  const known = await steps.run('look for the heartbeat', () => heard(parts));
  if (known === null) return { troubles: [], unread: ['silent'] };
  const sent = await steps.run('send the heartbeat', () => beat(known, parts));
  return { troubles: measure({ ...known, beats: sent ?? known.beats }, parts), unread: [] };
}

const QUEUES: readonly DeadLetterQueue[] = ['security-groups', 'instances', 'networks', 'scheduler'];

/**
 * Asking a queue also keeps its metrics coming: SQS ends those of a queue without activity after six hours, and they begin again up to 15
 * minutes late (SQS Developer Guide, "Monitoring Amazon SQS queues using CloudWatch").
 */
async function deadLetterTrouble({ deadLetters }: Watching, steps: Steps): Promise<Found> {
  const counts = await steps.run('count the dead letters', () =>
    Promise.all(QUEUES.map(async (queue) => ({ queue, count: await deadLetters[queue].count() }))),
  );
  if (counts === null) return { troubles: [], unread: ['dead-letters'] };
  const lying = counts.filter(({ count }) => count > 0);
  return { troubles: lying.map((each) => ({ kind: 'dead-letters', ...each })), unread: [] };
}

/** Each topic by itself, people and machines apart. */
async function subscriptionTrouble(parts: Watching): Promise<Found> {
  await countSubscribers('notifications', parts);
  const alarms = await countSubscribers('alarms', parts);
  if (alarms === null) return { troubles: [], unread: ['alarms-unheard'] };
  return { troubles: alarms.people === 0 ? [{ kind: 'alarms-unheard' }] : [], unread: [] };
}

/** A topic that cannot be counted (one of another account, say) is no reason to fail: where data is missing, its alarm rings. */
async function countSubscribers(topic: Topic, { subscriptions, meter, log }: Watching): Promise<Subscribers | null> {
  try {
    const counted = await subscriptions[topic].count();
    meter.count('ConfirmedSubscriptions', { topic, kind: 'people' }, counted.people);
    meter.count('ConfirmedSubscriptions', { topic, kind: 'machines' }, counted.machines);
    return counted;
  } catch (error) {
    log.warn('the subscriptions of a topic cannot be counted', { topic, why: String(error) });
    return null;
  }
}
