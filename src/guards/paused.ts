import type { PauseFlag, PauseValue } from '../domain/pause.ts';
import { secondsBetween } from '../domain/time.ts';
import { type Circumstances, type Guard, MINUTE } from './guard.ts';

type Asked = Pick<Circumstances, 'pause' | 'now'>;

/** While paused an incident rests: the scheduler wakes it when undrift resumes. */
const REST = 5 * MINUTE;

/** undrift is paused, or was stopped by a value that cannot be understood. The last known value still counts. */
export const paused: Guard<Asked> = {
  name: 'paused',
  check: ({ pause, now }) => {
    const why = whyStopped(pause);
    return why === null ? null : { reason: why, retryAfter: rest(pause, now) };
  },
};

/** Whether undrift is paused cannot be read: not asked before an exposure is closed. */
export const unreadablePause: Guard<Asked> = {
  name: 'unreadable',
  check: ({ pause }) =>
    pause.kind === 'unreadable' ? { reason: `the pause flag cannot be read: ${pause.why}`, retryAfter: MINUTE } : null,
};

function whyStopped(pause: PauseFlag): string | null {
  if (pause.kind !== 'unreadable') return saying(pause);
  const last = pause.last === null ? null : saying(pause.last);
  return last === null ? null : `the pause flag cannot be read (${pause.why}), and its last known value says: ${last}`;
}

function saying(value: PauseValue): string | null {
  switch (value.kind) {
    case 'running':
      return null;
    case 'paused':
      return `paused by ${value.by} until ${value.until}: ${value.reason}`;
    case 'stopped':
      return `stopped, without an end, by the value of the pause parameter (${value.why}); undrift resume ends it`;
  }
}

/** Until the pause ends by itself, at most. */
function rest(pause: PauseFlag, now: Date): number {
  const value = pause.kind === 'unreadable' ? pause.last : pause;
  if (value?.kind !== 'paused') return REST;
  const left = Math.ceil(secondsBetween(now.toISOString(), new Date(value.until)));
  return Math.max(1, Math.min(REST, left + 1));
}
