/** The heartbeat: the scheduler sends it, and each unit records that it came back. */
import { type Beats, minutesWaiting, nextBeat, OVERDUE_MINUTES, type Returns } from './domain/heartbeat.ts';
import { UNITS, type Unit } from './domain/incident.ts';
import type { Trouble } from './domain/reminder.ts';
import { secondsBetween } from './domain/time.ts';
import type { ParameterCall } from './inbound/heartbeat.ts';
import type { Clock, HeartbeatParameter, HeartbeatReturns, Log, Meter, Watch } from './roles.ts';

export type Beating = {
  readonly heartbeat: {
    readonly parameter: HeartbeatParameter;
    readonly sent: Watch<Beats | null>;
    readonly returns: HeartbeatReturns;
  };
  readonly meter: Meter;
  readonly clock: Clock;
};

/**
 * The scheduler's part: once an hour the call, and every minute the measurement that the alarms are on.
 * @returns the units that calls no longer come back to
 */
export async function beat({ heartbeat, meter, clock }: Beating): Promise<readonly Trouble[]> {
  const { parameter, sent, returns } = heartbeat;
  const now = clock.now().toISOString();
  const [before, back] = await Promise.all([sent.last(), returnsOf(returns)]);
  const next = nextBeat(before, back, now);
  if (next !== null) {
    // The call first: one that was never made must not be waited for.
    await parameter.write(now);
    await sent.remember(next, before);
  }
  const beats = next ?? before;
  if (beats === null) return [];
  const minutes = minutesWaiting(beats, back, now);
  for (const unit of UNITS) meter.count('HeartbeatMinutes', { unit }, minutes[unit]);
  const silent = UNITS.filter((unit) => minutes[unit] >= OVERDUE_MINUTES);
  return silent.map((unit) => ({ kind: 'silent', unit, since: beats.since[unit] }));
}

async function returnsOf(returns: HeartbeatReturns): Promise<Returns> {
  const all = await Promise.all(UNITS.map(async (unit) => [unit, await returns.last(unit)] as const));
  return Object.fromEntries(all) as Record<Unit, string | null>;
}

/** What a unit knows a heartbeat by. */
export type HeartbeatSign = {
  readonly parameter: string;
  /** Of the scheduler: nobody else can assume it. */
  readonly role: string;
  readonly returns: HeartbeatReturns;
};

type Recording = { readonly unit: Unit; readonly meter: Meter; readonly clock: Clock; readonly log: Log };

/**
 * The unit's part. It never throws: a heartbeat that cannot be recorded is missed, and rings.
 * @returns why the call is no heartbeat; null where it is one
 */
export async function heartbeatReturned(
  { put }: ParameterCall,
  { parameter, role, returns }: HeartbeatSign,
  { unit, meter, clock, log }: Recording,
): Promise<string | null> {
  if (put.parameter !== parameter || put.role !== role) return 'PutParameter of somebody else';
  if (put.failed || put.at === null) return 'a heartbeat that failed';
  meter.count('HeartbeatSeconds', { unit }, Math.max(0, secondsBetween(put.at, clock.now())));
  try {
    await returns.record(unit, put.at);
  } catch (error) {
    log.warn('a heartbeat came back and cannot be recorded', { why: String(error) });
  }
  return null;
}
