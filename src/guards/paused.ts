import { type Circumstances, type Guard, MINUTE } from './guard.ts';

/** Somebody paused undrift. Looked at again each minute, so that a resume is felt at once. */
export const paused: Guard<Circumstances> = {
  name: 'paused',
  check: ({ pause }) =>
    pause === null
      ? null
      : { reason: `paused by ${pause.by} until ${pause.until}: ${pause.reason}`, retryAfter: MINUTE },
};
