/** What the flow is given, and the one way in which it says "not now". */
import type { Change } from './domain/change.ts';
import type { Stamp } from './domain/lifecycle.ts';
import { secondsBetween } from './domain/time.ts';
import type { Policy } from './policy/policy.ts';
import type { Clock, Ledger, Log, MailBudget, Meter, Notifier, Outbox, OwedNotice, PauseFlagReader } from './roles.ts';
import type { Work } from './work.ts';

export type Cause = 'event' | 'config' | 'recheck';

export type Deps = {
  readonly work: Work;
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  /** Called when a notice was recorded: it is sent after the acts of the whole batch. */
  notify(owed: OwedNotice): void;
  readonly notifier: Notifier;
  readonly mail: MailBudget;
  readonly pause: PauseFlagReader;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
  /** From 0 up to 1: spreads what comes back. */
  readonly random: () => number;
  readonly policy: Policy;
  readonly stamp: Stamp;
  readonly account: string;
  /** The deployment, for the commands that people are given. */
  readonly stage: string;
  readonly ownRoleArns: readonly string[];
  readonly optInTag: { readonly key: string; readonly value: string };
};

/**
 * Not now: the message goes back to its queue for so many seconds. Nothing is lost by it.
 * `recorded`: an incident holds the reason, and people are notified by it.
 */
export class ComeBack extends Error {
  override readonly name = 'ComeBack';
  readonly seconds: number;
  readonly recorded: boolean;
  constructor(seconds: number, why: string, recorded = false) {
    super(why);
    this.seconds = seconds;
    this.recorded = recorded;
  }
}

/** Of a claim and of a lock: longer than a remediator's time-out (60 s). */
export const LEASE_SECONDS = 90;
/**
 * A message that was begun stays hidden until a claim of its worker has ended. If the worker dies, the next one can claim at
 * once. The queue's own visibility time-out (360 s) only covers the way into the function.
 */
export const HIDDEN_SECONDS = LEASE_SECONDS + 1;
/** For so long an answer of EC2 that lacks what the event names may be older than the event. */
export const STALE_SECONDS = 60;

/** Seconds until EC2 must have caught up with the change; 0 when it has. */
export function secondsYoung(change: Change, clock: Clock): number {
  return Math.max(0, Math.ceil(STALE_SECONDS - secondsBetween(change.at, clock.now())));
}

export const isYoung = (change: Change, clock: Clock): boolean => secondsYoung(change, clock) > 0;
