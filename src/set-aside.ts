/** A message that was not handled: it goes back to its queue, is dead-lettered with its reason, or ends where its incident is due. */
import { ComeBack } from './deps.ts';
import { messageBackOff } from './domain/back-off.ts';
import { isGivenUp, paced } from './domain/message-age.ts';
import { plus } from './domain/time.ts';
import { putOff } from './due.ts';
import { parseQueueBody } from './inbound/index.ts';
import { MalformedEvent } from './inbound/malformed.ts';
import { reportDeadLetter, reportDelay, reportStay } from './message-reports.ts';
import { NotOnRecord } from './redriven.ts';
import { Superseded } from './roles.ts';
import type { Batch, Message, Worker } from './worker.ts';

/** What becomes of a message that was not handled. @returns whether it is done with */
export async function setAside(message: Message, error: unknown, worker: Batch): Promise<boolean> {
  const { log, clock } = worker.deps;
  const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (message.redriven && (error instanceof NotOnRecord || error instanceof MalformedEvent))
    return stay(message, why, worker);
  // A malformed event stays malformed. What AWS refuses may pass, as an administrator may change a policy.
  const givenUp = isGivenUp(message, clock.now());
  const recorded = error instanceof ComeBack && error.recorded;
  if (givenUp && recorded) return handOver(message, why, worker);
  if (givenUp || error instanceof MalformedEvent) return deadLetter(message, why, worker);
  const wanted = error instanceof ComeBack ? error.seconds : backOffOf(message, worker);
  const key = recheckedBy(message);
  const seconds = paced(key === null ? wanted : Math.min(wanted, LONGEST_RECHECK_SECONDS), message, clock.now());
  // Superseded: another worker carries on with that incident; what else the message asks for is looked at again.
  if (error instanceof ComeBack || error instanceof Superseded)
    log.info('not now', { messageId: message.id, why, seconds });
  else log.error('failed; the message goes back', { messageId: message.id, why, receives: message.receives, seconds });
  await goBack(message, seconds, worker);
  if (key !== null) await carryOn(key, seconds, worker);
  if (!recorded) worker.afterwards.push(() => reportDelay(message, why, worker));
  return false;
}

/** Both together are what the scheduler takes for "due soon by itself": it then leaves the incident to its message. */
const LONGEST_RECHECK_SECONDS = 60;
const SAFETY_NET_SECONDS = 60;

function recheckedBy({ body }: Message): string | null {
  try {
    const parsed = parseQueueBody(body);
    return 'recheck' in parsed ? parsed.recheck : null;
  } catch {
    return null;
  }
}

/** One message carries on with an incident: otherwise the scheduler would send one more every two minutes. */
async function carryOn(key: string, seconds: number, { deps }: Worker): Promise<void> {
  try {
    await putOff({ key }, plus(deps.clock.now(), seconds + SAFETY_NET_SECONDS), deps);
  } catch (error) {
    deps.log.warn('the scheduler may wake it as well', { key, why: String(error) });
  }
}

/** Nothing is given up: the incident is due soon, and the scheduler sends a message of its own for it. */
function handOver({ id }: Message, why: string, { deps }: Worker): true {
  deps.log.warn('this message ends; the scheduler carries on with its incidents', { messageId: id, why });
  return true;
}

/** Seconds. CloudTrail shows a record up to 15 minutes late: then it is looked up again, if the queue is still read. */
const LOOK_UP_AGAIN = 900;

/** It is in the dead-letter queue, and stays there. @returns whether it is done with */
async function stay(message: Message, why: string, worker: Batch): Promise<boolean> {
  worker.deps.log.error('stays in the dead-letter queue', { messageId: message.id, why });
  worker.afterwards.push(() => reportStay(message, why, worker));
  await goBack(message, LOOK_UP_AGAIN, worker);
  return false;
}

/** Reports it, then moves it. What cannot be moved goes back. @returns whether it is done with */
export async function deadLetter(message: Message, reason: string, worker: Worker): Promise<boolean> {
  const { log, meter, clock } = worker.deps;
  await reportDeadLetter(message, reason, worker);
  try {
    await worker.postman.park(message, reason);
  } catch (error) {
    log.error('could not be dead-lettered; it goes back', { messageId: message.id, why: String(error) });
    await goBack(message, paced(backOffOf(message, worker), message, clock.now()), worker);
    return false;
  }
  meter.count('Parked', {});
  log.error('dead-lettered', { messageId: message.id, reason });
  return true;
}

async function goBack(message: Message, seconds: number, { postman, deps }: Worker): Promise<void> {
  try {
    await postman.later(message, seconds);
  } catch (error) {
    deps.log.warn('comes back only when its visibility ends', { messageId: message.id, why: String(error) });
  }
}

function backOffOf({ receives }: Message, { deps }: Worker): number {
  return messageBackOff(deps.work.unit, receives, deps.random());
}
