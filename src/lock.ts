import { ComeBack, type Deps, LEASE_SECONDS } from './deps.ts';
import { plus } from './domain/time.ts';

/** Milliseconds. Another worker needs about a second for a group; a message that waits longer makes room for others. */
const TRY_AGAIN_AFTER = [300, 700, 1500];
const COME_BACK_SECONDS = 5;

/**
 * Runs what only one worker at a time may do to these resources. They are locked in the order of their ids, so that two
 * workers never wait for each other.
 * @throws ComeBack while another is at one of them
 */
export async function underLock<T>(resourceIds: readonly string[], deps: Deps, run: () => Promise<T>): Promise<T> {
  const [first, ...others] = [...new Set(resourceIds)].sort();
  if (first === undefined) return run();
  return inLine(first, deps, async () => {
    const key = await takeLock(first, deps);
    try {
      return await underLock(others, deps, run);
    } finally {
      await giveBack(first, key, deps);
    }
  });
}

const LINES = new WeakMap<Deps['ledger'], Map<string, Promise<unknown>>>();

/**
 * One after the other within this process. Several targets of one message are judged at once: those that share a group must not
 * make the message come back for each of them.
 */
async function inLine<T>(resourceId: string, { ledger }: Deps, run: () => Promise<T>): Promise<T> {
  const lines = LINES.get(ledger) ?? new Map<string, Promise<unknown>>();
  LINES.set(ledger, lines);
  const mine = (lines.get(resourceId) ?? Promise.resolve()).then(run);
  const over = mine.catch(() => undefined);
  lines.set(resourceId, over);
  try {
    return await mine;
  } finally {
    if (lines.get(resourceId) === over) lines.delete(resourceId);
  }
}

async function takeLock(resourceId: string, { ledger, clock }: Deps): Promise<string> {
  for (const wait of [...TRY_AGAIN_AFTER, null]) {
    const now = clock.now();
    const key = await ledger.lock(resourceId, now.toISOString(), plus(now, LEASE_SECONDS));
    if (key !== null) return key;
    if (wait !== null) await clock.sleep(wait);
  }
  throw new ComeBack(COME_BACK_SECONDS, `another worker is at ${resourceId}`);
}

/** A lock that cannot be given back ends by itself; what was done under it stays done. */
async function giveBack(resourceId: string, key: string, { ledger, log }: Deps): Promise<void> {
  try {
    await ledger.unlock(resourceId, key);
  } catch (error) {
    log.warn('the lock ends only with its time', { resourceId, why: String(error) });
  }
}
