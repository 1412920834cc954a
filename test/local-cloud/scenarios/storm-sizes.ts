/**
 * How large the storms are: small on every run, full with UNDRIFT_STORM=full.
 *
 *   UNDRIFT_STORM=full npm run test:cloud -- test/local-cloud/storm.test.ts
 */
import type { Fault } from '../../../scripts/local/faults/config.mjs';

type Bucket = { readonly capacity: number; readonly refill: number };

export type StormSize = {
  readonly name: string;
  /** How often one group of 104 rules is opened again. */
  readonly occurrences: number;
  /** Groups that are opened at once during the outage, and before the pause. */
  readonly groups: number;
  readonly flood: number;
  /** Groups that are opened at once, and left open. */
  readonly exposures: number;
  /** EC2's token buckets, per action: one for what reads, one for what changes something. */
  readonly reads: Bucket;
  readonly writes: Bucket;
  /** For how long a test may take. */
  readonly minutes: number;
};

const SIZES: Readonly<Record<string, StormSize>> = {
  // Buckets of the same shape, small enough that so few groups still empty them.
  small: {
    name: 'small',
    occurrences: 40,
    groups: 40,
    flood: 60,
    exposures: 200,
    reads: { capacity: 20, refill: 4 },
    writes: { capacity: 5, refill: 0.5 },
    minutes: 10,
  },
  // 100 and 20 is AWS's own example of a Describe. 20 and 1.5 is assumed, as what others in the account leave of 50 and 5:
  // it must be less than what functions on two busy cores use up, or nothing is throttled.
  full: {
    name: 'full',
    occurrences: 500,
    groups: 1000,
    flood: 1000,
    exposures: 1000,
    reads: { capacity: 100, refill: 20 },
    writes: { capacity: 20, refill: 1.5 },
    minutes: 60,
  },
};

const wish = process.env.UNDRIFT_STORM ?? 'small';
const chosen = SIZES[wish];
if (chosen === undefined)
  throw new Error(`UNDRIFT_STORM: "${wish}" is not a size; use ${Object.keys(SIZES).join(' or ')}`);
export const STORM: StormSize = chosen;
export const MINUTE = 60_000;

const every = { probability: 1, from: 0 };
/** EC2 throttles, each action by a bucket of its own. */
export const EC2_THROTTLED: readonly Fault[] = [
  { ...every, service: 'ec2', actions: ['Describe*', 'Get*'], kind: 'throttle', shared: false, ...STORM.reads },
  { ...every, service: 'ec2', actions: ['Revoke*', 'Modify*'], kind: 'throttle', shared: false, ...STORM.writes },
];
