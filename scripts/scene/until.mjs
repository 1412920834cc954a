import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Looks until something is there.
 * @template T
 * @param {string} what for the error
 * @param {() => Promise<T | null | undefined | false>} look
 * @param {{ seconds?: number, every?: number }} [options]
 * @returns {Promise<T>}
 */
export async function until(what, look, { seconds = 120, every = 250 } = {}) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`not seen within ${seconds} s: ${what}`);
    await sleep(every);
  }
}
