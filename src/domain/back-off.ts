/** How long to wait before the next try. Pure: chance is an argument, a number from 0 up to 1. */
import type { Unit } from './incident.ts';

/** Seconds before the first further try, and at most. */
type BackOff = { readonly first: number; readonly most: number };

/** An exposure is tried again within a minute of the moment when AWS would accept the call, with room for the call itself. */
const EXPOSURE_BACK_OFF: BackOff = { first: 5, most: 45 };
const INSTANCE_MESSAGE: BackOff = { first: 5, most: 900 };

const OF_MESSAGES: Readonly<Record<Unit, BackOff>> = {
  'security-groups': EXPOSURE_BACK_OFF,
  networks: EXPOSURE_BACK_OFF,
  instances: INSTANCE_MESSAGE,
};

/**
 * Whole seconds, doubled with each try up to the cap. The upper half is left to chance, so that what was refused at one moment
 * does not come back at one moment.
 */
function backOff(tries: number, { first, most }: BackOff, chance: number): number {
  const longest = Math.min(most, first * 2 ** Math.min(tries - 1, 20));
  return Math.ceil(longest * (0.5 + chance / 2));
}

export function messageBackOff(unit: Unit, receives: number, chance: number): number {
  return backOff(receives, OF_MESSAGES[unit], chance);
}

/** Seconds until the message of an exposure comes back that AWS has refused so many times in a row. */
export function exposureBackOff(failures: number, chance: number): number {
  return backOff(Math.max(1, failures), EXPOSURE_BACK_OFF, chance);
}

/**
 * What could not be read for long is asked for less often, so that many such exposures do not keep the workers from others: the
 * wait is a twelfth of the time for which it has been open, from 45 seconds (for the first nine minutes) to five minutes (after
 * an hour). It may be readable again at any moment, without an event.
 */
const UNREAD: BackOff = { first: EXPOSURE_BACK_OFF.most, most: 300 };
const SHARE_OF_AGE = 1 / 12;

/** The longest wait, in seconds, until an exposure is looked at again that has been unreadable for so many. */
function unreadWait(age: number): number {
  return Math.min(UNREAD.most, Math.max(UNREAD.first, age * SHARE_OF_AGE));
}

/** Seconds until the message of such an exposure comes back. The upper half is left to chance. */
export function unreadBackOff(age: number, chance: number): number {
  return Math.ceil(unreadWait(age) * (0.5 + chance / 2));
}

/** Seconds until the scheduler looks at it: a minute while it is new, later only if its message got lost. */
export function dueAfterUnread(age: number): number {
  const wait = unreadWait(age);
  return wait > UNREAD.first ? Math.ceil(wait) + 75 : 60;
}

/** The scheduler looks only if that message got lost: well after its return. */
const EXPOSURE_SAFETY_NET = EXPOSURE_BACK_OFF.most + 75;
const REPLACEMENT_BACK_OFF: BackOff = { first: 60, most: 6 * 3600 };

/** Seconds after a refusal until the scheduler looks at the incident. */
export function dueAfterRefusal(exposure: boolean, failures: number): number {
  return exposure ? EXPOSURE_SAFETY_NET : backOff(failures, REPLACEMENT_BACK_OFF, 1);
}
