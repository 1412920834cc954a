import { Cron } from 'croner';

/** A span of time that begins again and again: whenever the schedule comes, in its time zone, and for so many seconds. */
export type Window = { readonly schedule: string; readonly seconds: number; readonly timeZone: string };

const MACROS = /^@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)$/i;
const WRITE_SCHEDULE = 'write five fields such as "0 9 * * 1-5", or @daily';
const LONGEST_HOURS = 8784;
/** Any instant will do to see whether a schedule ever comes. */
const SOME_DAY = new Date('2026-01-01T00:00:00.000Z');

/**
 * Whether it is open at `now`; null when that cannot be told, which is never taken for a permission.
 * Where clocks go forward, a start that the day does not have is taken at the next one that it has.
 */
export function isOpen({ schedule, seconds, timeZone }: Window, now: Date): boolean | null {
  if (cronFault(schedule) !== null || zoneFault(timeZone) !== null || !(seconds > 0)) return null;
  try {
    const start = cronOf(schedule, timeZone).nextRun(new Date(now.getTime() - seconds * 1000));
    return start === null ? null : start.getTime() <= now.getTime();
  } catch {
    return null;
  }
}

/** Seconds of `8h`, `30m` or `10h5m`, as in Karpenter's budgets; null for anything else, for nothing, and for over a year. */
export function readDuration(text: string): number | null {
  const [whole, hours = '0', minutes = '0'] = /^(?:(\d{1,5})h)?(?:(\d{1,6})m)?$/.exec(text) ?? [];
  const seconds = Number(hours) * 3600 + Number(minutes) * 60;
  return whole === undefined || seconds === 0 || seconds > LONGEST_HOURS * 3600 ? null : seconds;
}

/** Each answers null, or the tail of the sentence `found "…"`. */
export function cronFault(schedule: string): string | null {
  if (!MACROS.test(schedule) && schedule.trim().split(/\s+/).length !== 5) {
    return `, which is no cron schedule; ${WRITE_SCHEDULE}`;
  }
  try {
    const comes = cronOf(schedule, 'Etc/UTC').nextRun(SOME_DAY) !== null;
    return comes ? null : `, which never comes; ${WRITE_SCHEDULE}`;
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    return `, which is no cron schedule (${why}); ${WRITE_SCHEDULE}`;
  }
}

export function zoneFault(zone: string): string | null {
  const fault = ', which is no time zone; write an IANA name such as Europe/Berlin, or UTC';
  if (!/^[A-Za-z]/.test(zone)) return fault;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return null;
  } catch {
    return fault;
  }
}

export function durationFault(text: string): string | null {
  return readDuration(text) === null ? '; write hours and minutes such as 8h, 30m or 10h5m, a year at most' : null;
}

function cronOf(schedule: string, timeZone: string): Cron {
  return new Cron(schedule, { mode: '5-part', timezone: timeZone, paused: true });
}
