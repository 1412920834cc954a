import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';

/**
 * How the demo ends before its time: on Ctrl-C, when it is told to, when nobody reads any more. Everything that it started
 * ends with it, a deploy under way included, and its folder goes once nobody writes there any more.
 * @param {() => string | undefined} folder
 */
export function endEarly(folder) {
  /** @param {number} code */
  const leave = (code) => {
    // Before the exit, and at one blow: whoever loses its parent first is found no more.
    endDescendants();
    const dir = folder();
    if (dir) rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
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

/** Asks nobody: what is under way here is to be thrown away. One round more for what was started meanwhile. */
function endDescendants() {
  for (const _round of [1, 2]) {
    for (const pid of descendantsOf(process.pid)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
    pause(150);
  }
}

/** @param {number} pid @returns {number[]} */
function descendantsOf(pid) {
  const parents = processes();
  const found = [pid];
  // The list grows while it is walked: children of children.
  for (const parent of found) {
    for (const each of parents) if (each.parent === parent) found.push(each.pid);
  }
  return found.slice(1);
}

/** Every process with its parent. A small Linux has no ps. @returns {{ pid: number, parent: number }[]} */
function processes() {
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => ({ pid: Number(name), parent: parentOf(name) }));
  }
  const lines = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => line.trim().split(/\s+/).map(Number)).map(([pid = 0, parent = 0]) => ({ pid, parent }));
}

/** @param {string} pid */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold anything; behind it come the state and the parent.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}

/** Waits without giving way: nothing else runs while a process exits. @param {number} milliseconds */
function pause(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
