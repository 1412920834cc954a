import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSame, startTimeOf } from './processes.mjs';

/**
 * Runs `work` while no other process on this machine does the same. A directory is the lock, as making one is atomic; it names
 * its owner, so that what a killed process left behind is not waited for.
 * @template T
 * @param {string} dir
 * @param {() => Promise<T>} work
 * @param {{ onWait?: () => void, deadlineMs?: number }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(dir, work, { onWait = () => {}, deadlineMs = 10 * 60_000 } = {}) {
  const giveUpAt = Date.now() + deadlineMs;
  let said = false;
  while (!(await tryLock(dir))) {
    if (await isAbandoned(dir)) {
      await rm(dir, { recursive: true, force: true });
      continue;
    }
    if (Date.now() > giveUpAt) throw new Error(`${dir} is held by another process: remove it if none is running`);
    if (!said) onWait();
    said = true;
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** @param {string} dir */
async function tryLock(dir) {
  try {
    await mkdir(dir);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  await writeFile(join(dir, 'owner'), JSON.stringify({ pid: process.pid, startedAt: startTimeOf(process.pid) }));
  return true;
}

/**
 * An owner that is gone, or a lock that for ten seconds has no owner written in it.
 * @param {string} dir
 */
async function isAbandoned(dir) {
  const read = async () => JSON.parse(await readFile(join(dir, 'owner'), 'utf8'));
  const owner = await read().catch(() => undefined);
  if (owner) return !isSame(owner);
  await sleep(10_000);
  return !(await read().then(
    () => true,
    () => false,
  ));
}
