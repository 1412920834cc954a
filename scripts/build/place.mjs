import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Another process may put its own build there between our two renames: then once more. */
const TRIES = 20;

/**
 * Puts a finished folder in its place, whole: whoever builds last wins, and nobody sees a mixture of two builds.
 * @param {string} built a folder on the same disk
 * @param {string} place
 */
export async function placeFolder(built, place) {
  await mkdir(dirname(place), { recursive: true });
  const old = `${built}.old`;
  for (let attempt = 1; ; attempt++) {
    await rename(place, old).catch(unless('ENOENT'));
    try {
      await rename(built, place);
      break;
    } catch (fault) {
      if (attempt === TRIES || !['ENOTEMPTY', 'EEXIST'].includes(fault.code)) throw fault;
      await rm(old, { recursive: true, force: true });
      await wait(10);
    }
  }
  await rm(old, { recursive: true, force: true });
}

/** @param {string} code */
const unless = (code) => (fault) => {
  if (fault.code !== code) throw fault;
};
