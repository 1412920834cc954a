import type { Clock } from '../roles.ts';

/** The machine's clock: the one place where time enters. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
