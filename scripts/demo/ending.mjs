import { rmSync } from 'node:fs';
import { constants } from 'node:os';

/** @typedef {import('../local/cloud.mjs').Cloud} Cloud */

/**
 * How the demo ends before its time: on Ctrl-C, when it is told to, when nobody reads any more. Processes end with this one
 * by themselves (they listen to `exit`); what is left to do is the folder, once they write no more.
 * @param {() => string | undefined} folder
 */
export function endEarly(folder) {
  /** @param {number} code */
  const leave = (code) => {
    process.on('exit', () => {
      pause(300);
      const dir = folder();
      if (dir) rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    });
    process.exit(code);
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      console.error(`\nStopped (${signal}): everything that was started is ended.`);
      leave(128 + constants.signals[signal]);
    });
  }
  // `npm run demo | head`: that is no failure of ours, but the rest would be for nobody.
  process.stdout.on('error', () => leave(1));
}

/** Waits without giving way: nothing else runs while a process exits. @param {number} milliseconds */
function pause(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
