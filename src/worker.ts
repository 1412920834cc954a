/** Takes a batch of messages: each is done, goes back to its queue, or is dead-lettered with its reason. */

import { comeBackFor } from './come-back.ts';
import { type Cause, ComeBack, type Deps, HIDDEN_SECONDS } from './deps.ts';
import type { Change, Irrelevant } from './domain/change.ts';
import { ageOf, type Delivery, isFatal } from './domain/message-age.ts';
import { ENOUGH_TO_BEGIN, SETTLE } from './domain/time-budget.ts';
import { type HeartbeatSign, heartbeatReturned } from './heartbeat.ts';
import type { ParameterCall } from './inbound/heartbeat.ts';
import { parseQueueBody } from './inbound/index.ts';
import type { FoundMessage, LookedMessage } from './inbound/looked.ts';
import { MalformedEvent } from './inbound/malformed.ts';
import { judgeFound, settleLooked } from './looked.ts';
import { alsoServe, type Freed, serveNext, watchingSlots } from './next-in-line.ts';
import { sendRecorded } from './outbox.ts';
import { recheck, recheckNews } from './recheck.ts';
import { changeOnRecord } from './redriven.ts';
import { OWN_CALL, remediate } from './remediate.ts';
import type { EventHistory, OwedNotice, ReportedMessages } from './roles.ts';
import { deadLetter, setAside } from './set-aside.ts';

/** One message of a batch. */
export type Message = Delivery & {
  readonly id: string;
  readonly body: string;
  readonly receiptHandle: string;
  /** It does not come from the unit's own queue, which admits nobody but EventBridge and the scheduler: its text may be forged. */
  readonly redriven: boolean;
};

/** What a worker may do with a message besides taking it. */
export type Postman = {
  /** The message stays hidden for so many seconds while it is worked on. */
  hide(message: Message, seconds: number): Promise<void>;
  /** The message comes back after so many seconds. */
  later(message: Message, seconds: number): Promise<void>;
  /** Puts a message that cannot be handled where people look, with the reason. */
  park(message: Message, reason: string): Promise<void>;
};

export type Worker = {
  readonly deps: Omit<Deps, 'notify'>;
  readonly postman: Postman;
  readonly reported: ReportedMessages;
  readonly history: EventHistory;
  readonly heartbeat: HeartbeatSign;
  readonly region: string;
  /** Milliseconds until the function is stopped. */
  remaining(): number;
};

/** `afterwards`: what is done when the acts of all messages are. */
export type Batch = Worker & { readonly afterwards: (() => Promise<void>)[]; readonly freed: Freed };

/** @returns the ids of the messages that go back to the queue */
export async function takeBatch(messages: readonly Message[], worker: Worker): Promise<readonly string[]> {
  const back: string[] = [];
  const enough = () => worker.remaining() >= ENOUGH_TO_BEGIN;
  const recorded: OwedNotice[] = [];
  const { deps, freed } = watchingSlots({ ...worker.deps, notify: (owed) => void recorded.push(owed) });
  const batch: Batch = { ...worker, afterwards: [], freed };
  for (const message of messages) measure(message, deps);
  await Promise.all(messages.map((message) => hide(message, worker)));
  for (const message of messages) {
    const done = enough()
      ? await take(message, deps, batch)
      : await setAside(message, new ComeBack(1, 'too little time is left to begin it'), batch);
    if (!done) back.push(message.id);
  }
  // After the batch: a message must not have to come again for it.
  await serveNext(freed, deps, worker.remaining);
  // Last: no act waits for it.
  await sendRecorded(recorded, { ...deps, mailsPerHour: deps.policy.notifications.mailsPerHour });
  if (worker.remaining() >= SETTLE) await Promise.all(batch.afterwards.map((report) => report()));
  return back;
}

/** Before anything is tried, and without a call: the alarm on it rings whatever fails, and for a worker that dies. */
function measure(message: Message, { meter, clock, work }: Deps): void {
  const age = ageOf(message, clock.now());
  if (age !== null) meter.count('MessageAge', { unit: work.unit }, age);
}

async function hide(message: Message, { postman, deps }: Worker): Promise<void> {
  try {
    await postman.hide(message, HIDDEN_SECONDS);
  } catch (error) {
    deps.log.warn('hidden until the visibility of its queue ends', { messageId: message.id, why: String(error) });
  }
}

/** @returns whether the message is done with */
async function take(message: Message, deps: Deps, worker: Batch): Promise<boolean> {
  if (isFatal(message, worker.deps.clock.now())) return deadLetter(message, DIED, worker);
  try {
    await handle(message, deps, worker);
    return true;
  } catch (error) {
    return setAside(message, error, worker);
  }
}

const DIED = 'the function ended before it could handle or give up this message, again and again';

async function handle(message: Message, deps: Deps, batch: Batch): Promise<void> {
  const { remaining, history, freed, heartbeat } = batch;
  const told = parseQueueBody(message.body);
  if ('put' in told) return handlePut(told, message, deps, heartbeat);
  // Nobody vouches for it by then, and the call is due for another look.
  if (message.redriven && 'undrift' in told) return irrelevant({ irrelevant: LOOKED_AGAIN }, message, deps);
  if ('undrift' in told) return handleLook(told, message, deps, remaining);
  const isTold = !message.redriven || 'recheck' in told || 'irrelevant' in told;
  const parsed = isTold ? told : await changeOnRecord(told, { ...deps, history });
  if ('recheck' in parsed) return handleRecheck(parsed.recheck, message, deps, { remaining, freed });
  if ('irrelevant' in parsed) return irrelevant(parsed, message, deps);
  const { unread, ...change } = parsed;
  await handleChange(change, message, deps, remaining);
  if (unread !== undefined) throw new MalformedEvent(`the rest of it was dealt with; ${unread.join('; ')}`);
}

async function handleChange(change: Change, message: Message, deps: Deps, remaining: Worker['remaining']) {
  const cause: Cause = change.source === 'config' ? 'config' : 'event';
  const report = await remediate(change, { cause, remaining, turn: message.receives }, deps);
  if (report !== OWN_CALL) await recheckNews(change, remaining, deps);
  if ('irrelevant' in report) return irrelevant(report, message, deps);
  // Of a further occurrence, its own message carries on.
  comeBackFor(report, deps);
}

async function handleRecheck(
  key: string,
  { receives, sentAt }: Message,
  deps: Deps,
  { remaining, freed }: Pick<Batch, 'remaining' | 'freed'>,
) {
  const wokenAt = receives === 1 && sentAt !== null ? new Date(sentAt) : null;
  const report = await recheck(key, deps, { remaining, turn: receives }, wokenAt);
  alsoServe(report, freed);
  comeBackFor(report, deps);
}

/** A heartbeat that lay in the dead-letter queue came by no road that it could prove. */
async function handlePut(call: ParameterCall, message: Message, deps: Deps, heartbeat: HeartbeatSign): Promise<void> {
  const recording = { unit: deps.work.unit, log: deps.log };
  const reason = message.redriven ? 'redriven' : await heartbeatReturned(call, heartbeat, recording);
  if (reason !== null) irrelevant({ irrelevant: reason }, message, deps);
}

const LOOKED_AGAIN = 'redriven: what a look at the Region found is looked for again';

async function handleLook(
  said: FoundMessage | LookedMessage,
  message: Message,
  deps: Deps,
  remaining: Worker['remaining'],
): Promise<void> {
  if (said.undrift === 'looked') return settleLooked(said, deps);
  const report = await judgeFound(said, { cause: 'event', remaining, turn: message.receives }, deps);
  if ('irrelevant' in report) return irrelevant(report, message, deps);
  comeBackFor(report, deps);
}

function irrelevant({ irrelevant: reason }: Irrelevant, { id }: Message, { meter, log }: Deps): void {
  meter.count('Irrelevant', {});
  log.info('irrelevant', { messageId: id, reason });
}
