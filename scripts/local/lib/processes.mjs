import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A process, told apart from a later one that was given the same number.
 * @typedef {{ pid: number, startedAt: string }} Known
 */

/**
 * When the process began, in whatever words this system has for it; '' when there is no such process.
 * @param {number} pid
 */
export function startTimeOf(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name in brackets may hold spaces; the start time is the 20th field after it. Z is a process that has ended.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? '' : fields[19];
    } catch {
      return '';
    }
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}

/** @param {number} pid @returns {Known} */
export const known = (pid) => ({ pid, startedAt: startTimeOf(pid) });

/** @param {Known} process_ */
export const isSame = ({ pid, startedAt }) => startedAt !== '' && startTimeOf(pid) === startedAt;

/**
 * Ends the process groups that these processes lead: asks first, and does not ask twice.
 * @param {Known[]} leaders
 */
export async function endGroups(leaders, graceMs = 3000) {
  const alive = leaders.filter(isSame);
  for (const { pid } of alive) signalGroup(pid, 'SIGTERM');
  const killAt = Date.now() + graceMs;
  while (alive.some(isSame) && Date.now() < killAt) await sleep(50);
  // A leader may be gone and a worker of its group still there.
  for (const { pid } of alive) signalGroup(pid, 'SIGKILL');
  while (alive.some(isSame)) await sleep(20);
}

/** @param {number} pid @param {NodeJS.Signals} signal */
export function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH' && error.code !== 'EPERM') throw error;
  }
}
