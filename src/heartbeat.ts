/** The heartbeat: the scheduler sends it, and each unit records that it came back. */
import { type Beats, minutesFrom, nextBeat, OVERDUE_MINUTES, type Returns, waitingSince } from './domain/heartbeat.ts';
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

export async function heard({ heartbeat }: Beating): Promise<Heard> {
  const [beats, back] = await Promise.all([heartbeat.sent.last(), returnsOf(heartbeat.returns)]);
  return { beats, back };
}

/**
 * The scheduler's part, once an hour: the call.
 * @returns null where it is not due
 */
export async function beat({ beats, back }: Heard, { heartbeat, clock }: Beating): Promise<Beats | null> {
  const now = clock.now().toISOString();
  const next = nextBeat(beats, back, now);
  if (next === null) return null;
  // The call first: one that was never made must not be waited for.
  await heartbeat.parameter.write(now);
  await heartbeat.sent.remember(next, beats);
  return next;
}

/**
 * The scheduler's part, every minute: the measurement that the alarms are on.
 * @returns the units that calls no longer come back to
 */
export function measure({ beats, back }: Heard, { meter, clock }: Beating): readonly Trouble[] {
  if (beats === null) return [];
  const [since, now] = [waitingSince(beats, back), clock.now().toISOString()];
  for (const unit of UNITS) meter.count('HeartbeatMinutes', { unit }, minutesFrom(since[unit], now));
  const silent = UNITS.filter((unit) => minutesFrom(since[unit], now) >= OVERDUE_MINUTES);
  return silent.map((unit) => ({ kind: 'silent', unit, since: since[unit] }));
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
