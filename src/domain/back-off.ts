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

/** The scheduler looks only if that message got lost: well after its return. */
const EXPOSURE_SAFETY_NET = EXPOSURE_BACK_OFF.most + 75;
const REPLACEMENT_BACK_OFF: BackOff = { first: 60, most: 6 * 3600 };

/** Seconds after a refusal until the scheduler looks at the incident. */
export function dueAfterRefusal(exposure: boolean, failures: number): number {
  return exposure ? EXPOSURE_SAFETY_NET : backOff(failures, REPLACEMENT_BACK_OFF, 1);
}
