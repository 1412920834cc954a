import { type Circumstances, type Guard, HOUR } from './guard.ts';

/** The policy says to look and tell. Asked after the other guards, so that what "would be done" really would be. */
export const observe: Guard<Circumstances> = {
  name: 'observe',
  check: ({ mode }) =>
    mode.mode === 'enforce' ? null : { reason: `the policy observes here (${mode.because})`, retryAfter: 6 * HOUR },
};
