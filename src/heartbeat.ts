/** The heartbeat: the scheduler sends it, and each unit records that it came back. */
import { type Beats, minutesWaiting, nextBeat, OVERDUE_MINUTES, type Returns } from './domain/heartbeat.ts';
import { UNITS, type Unit } from './domain/incident.ts';
import type { Trouble } from './domain/reminder.ts';
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

/** What the scheduler knows of its heartbeats. */
export type Heard = { readonly beats: Beats | null; readonly back: Returns };

/**
 * The scheduler's part, every minute: the measurement that the alarms are on. It does not wait for the next call to succeed: a unit that is
 * silent stays so.
 * @returns what is known, and the units that calls no longer come back to
 */
export async function listen({ heartbeat, meter, clock }: Beating): Promise<Heard & { silent: readonly Trouble[] }> {
  const [beats, back] = await Promise.all([heartbeat.sent.last(), returnsOf(heartbeat.returns)]);
  if (beats === null) return { beats, back, silent: [] };
  const minutes = minutesWaiting(beats, back, clock.now().toISOString());
  for (const unit of UNITS) meter.count('HeartbeatMinutes', { unit }, minutes[unit]);
  const silent = UNITS.filter((unit) => minutes[unit] >= OVERDUE_MINUTES);
  return { beats, back, silent: silent.map((unit) => ({ kind: 'silent', unit, since: beats.since[unit] })) };
}

/** The scheduler's part, once an hour: the call. */
export async function beat({ beats, back }: Heard, { heartbeat, clock }: Beating): Promise<void> {
  const now = clock.now().toISOString();
  const next = nextBeat(beats, back, now);
  if (next === null) return;
  // The call first: one that was never made must not be waited for.
  await heartbeat.parameter.write(now);
  await heartbeat.sent.remember(next, beats);
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

type Recording = { readonly unit: Unit; readonly log: Log };

/**
 * The unit's part. It never throws: a heartbeat that cannot be recorded is missed, and rings.
 * @returns why the call is no heartbeat; null where it is one
 */
export async function heartbeatReturned(
  { put }: ParameterCall,
  { parameter, role, returns }: HeartbeatSign,
  { unit, log }: Recording,
): Promise<string | null> {
  if (put.parameter !== parameter || put.role !== role) return 'PutParameter of somebody else';
  if (put.failed || put.at === null) return 'a heartbeat that failed';
  try {
    await returns.record(unit, put.at);
  } catch (error) {
    log.warn('a heartbeat came back and cannot be recorded', { why: String(error) });
  }
  return null;
}
