/** How old a message is, when it is given up, and how often it may come back until then. Pure. */

/** A message as SQS hands it out. */
export type Delivery = {
  /** How often the queue has handed it out, this time included. */
  readonly receives: number;
  /** SQS's `SentTimestamp`, in epoch milliseconds; null when the attribute is missing or is not a number. */
  readonly sentAt: number | null;
};

/** People are notified of a message that is still failing at this age, and the alarm `MessagesOld` rings. */
export const NOTIFY_SECONDS = 300;
/** A message that is still failing at this age is dead-lettered. */
export const GIVE_UP_SECONDS = 12 * 3600;
/** But not before this many tries: a message may have waited for a day because its function was disabled. */
const FAIR_TRIES = 30;
/** Its workers die before they can give it up. */
const OVERDUE_SECONDS = 3600;
/** The longest that SQS keeps a message (`MessageRetentionPeriod`): an older SentTimestamp is not one. */
const LONGEST_KEPT_SECONDS = 14 * 86_400;

/** SQS's attribute as a number; null for what is missing or not one. */
export function sentAtOf(sentTimestamp: string | undefined): number | null {
  return sentTimestamp !== undefined && /^[0-9]{1,16}$/.test(sentTimestamp) ? Number(sentTimestamp) : null;
}

/** Seconds since the message was sent; null when that is not known, so that it is never given up for its age. */
export function ageOf({ sentAt }: Delivery, now: Date): number | null {
  if (sentAt === null) return null;
  const age = (now.getTime() - sentAt) / 1000;
  if (age > LONGEST_KEPT_SECONDS) return null;
  return Math.max(0, age);
}

export function isGivenUp(delivery: Delivery, now: Date): boolean {
  const age = ageOf(delivery, now);
  return age !== null && age >= GIVE_UP_SECONDS && delivery.receives >= FAIR_TRIES;
}

/** Given up long ago, and still here: it is not tried again, as the worker that tries it dies before it can give it up. */
export function isFatal(delivery: Delivery, now: Date): boolean {
  return isGivenUp(delivery, new Date(now.getTime() - OVERDUE_SECONDS * 1000));
}

/** SQS moves a message to the dead-letter queue after this many receives: the most that `maxReceiveCount` may be. */
export const MOST_RECEIVES = 1000;
/** A message may come back this often at short intervals, */
const BURST = 35;
/** and then once in this many seconds on average: (1,000 - 36) x 45 s = 12.05 h, more than the 12 h until it is given up. */
const PACE_SECONDS = 45;

/** The wait that was asked for, made longer where the message would use up its receives before its time is over. */
export function paced(seconds: number, delivery: Delivery, now: Date): number {
  const ahead = (delivery.receives - BURST) * PACE_SECONDS - (ageOf(delivery, now) ?? 0);
  return Math.ceil(Math.max(seconds, Math.min(PACE_SECONDS, ahead)));
}
