/** Takes a batch of messages: each is done, goes back to its queue, or is parked with its reason. None is lost. */

import { type Cause, ComeBack, type Deps } from './deps.ts';
import { ENOUGH_TO_BEGIN } from './domain/time-budget.ts';
import { parseQueueBody } from './inbound/index.ts';
import { MalformedEvent } from './inbound/malformed.ts';
import { serveNext, watchingSlots } from './next-in-line.ts';
import { recheck, remediate } from './remediate.ts';
import { Refused, Superseded } from './roles.ts';

/** One message of a batch. */
export type Message = {
  readonly id: string;
  readonly body: string;
  readonly receiptHandle: string;
  /** How often the queue has handed it out, this time included. */
  readonly receives: number;
};

/** What a worker may do with a message besides taking it. */
export type Postman = {
  /** The message comes back after so many seconds. */
  later(message: Message, seconds: number): Promise<void>;
  /** Puts a message that cannot be handled where people look, with the reason. */
  park(message: Message, reason: string): Promise<void>;
};

export type Worker = {
  readonly deps: Deps;
  readonly postman: Postman;
  readonly maxReceives: number;
  /** Milliseconds until the function is stopped. */
  remaining(): number;
};

const BACKOFF_SECONDS = { first: 5, most: 900 };

/** @returns the ids of the messages that go back to the queue */
export async function takeBatch(messages: readonly Message[], worker: Worker): Promise<readonly string[]> {
  const back: string[] = [];
  const enough = () => worker.remaining() >= ENOUGH_TO_BEGIN;
  const { deps, freed } = watchingSlots(worker.deps);
  for (const message of messages) {
    const done = enough() ? await take(message, { ...worker, deps }) : await goBack(message, 1, worker);
    if (!done) back.push(message.id);
  }
  // After the batch: a message must not have to come again for it.
  await serveNext(freed, deps, worker.remaining);
  return back;
}

/** @returns whether the message is done with */
async function take(message: Message, worker: Worker): Promise<boolean> {
  try {
    await handle(message, worker);
    return true;
  } catch (error) {
    return setAside(message, error, worker);
  }
}

async function handle(message: Message, { deps, remaining }: Worker): Promise<void> {
  const parsed = parseQueueBody(message.body);
  if ('recheck' in parsed) return void (await recheck(parsed.recheck, deps, remaining));
  const cause: Cause = 'source' in parsed && parsed.source === 'config' ? 'config' : 'event';
  const result =
    'irrelevant' in parsed ? parsed : await remediate(parsed, { cause, remaining, again: message.receives > 1 }, deps);
  if (!('irrelevant' in result)) return;
  deps.meter.count('Irrelevant', {});
  deps.log.info('irrelevant', { messageId: message.id, reason: result.irrelevant });
}

async function setAside(message: Message, error: unknown, worker: Worker): Promise<boolean> {
  const { log } = worker.deps;
  const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (message.receives >= patience(error, worker.maxReceives)) return park(message, why, worker);
  const seconds = error instanceof ComeBack ? error.seconds : backoff(message.receives);
  // Superseded: another worker carries on with that incident; what else the message asks for is looked at again.
  if (error instanceof ComeBack || error instanceof Superseded)
    log.info('not now', { messageId: message.id, why, seconds });
  else log.error('failed; the message goes back', { messageId: message.id, why, receives: message.receives });
  return goBack(message, seconds, worker);
}

/** What AWS refuses for good is tried for about an hour, as somebody may mend it; a malformed event never gets better. */
const REFUSED_RECEIVES = 10;

/** How often a message is taken before it is parked. What only has to wait for its turn comes often. */
function patience(error: unknown, maxReceives: number): number {
  if (error instanceof MalformedEvent) return 0;
  return error instanceof Refused ? Math.min(REFUSED_RECEIVES, maxReceives) : maxReceives;
}

async function park(message: Message, reason: string, worker: Worker): Promise<boolean> {
  const { log, meter } = worker.deps;
  try {
    await worker.postman.park(message, reason);
  } catch (error) {
    log.error('could not be parked; the queue will move it', { messageId: message.id, why: String(error) });
    return false;
  }
  meter.count('Parked', {});
  log.error('parked in the dead-letter queue', { messageId: message.id, reason });
  return true;
}

async function goBack(message: Message, seconds: number, { postman, deps }: Worker): Promise<false> {
  try {
    await postman.later(message, seconds);
  } catch (error) {
    deps.log.warn('comes back only when its visibility ends', { messageId: message.id, why: String(error) });
  }
  return false;
}

function backoff(receives: number): number {
  return Math.min(BACKOFF_SECONDS.most, BACKOFF_SECONDS.first * 2 ** (receives - 1));
}
