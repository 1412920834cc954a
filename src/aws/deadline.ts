import { SETTLE, type Service, timeFor } from '../domain/time-budget.ts';
import { type Clock, Retryable } from '../roles.ts';
import { alarm, systemClock } from './clock.ts';

/** Named so that `errors.ts` takes the first for a call that was never sent, and the second for one that may have had its effect. */
class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
}
class NoAnswer extends Error {
  override readonly name = 'AbortError';
}

/**
 * The time that one invocation has left. Each function has one for its clients and its clock, and each invocation sets it.
 * Outside of an invocation only the caps apply.
 */
export class Deadline {
  #remaining: () => number = unlimited;
  readonly #open = new Set<AbortController>();

  /** Milliseconds. */
  left(): number {
    return this.#remaining();
  }

  /** Runs one invocation. What it leaves unanswered is aborted, so that no timer or socket of it lives into the next. */
  async during<T>(remaining: () => number, invocation: () => Promise<T>): Promise<T> {
    this.#remaining = remaining;
    try {
      return await invocation();
    } finally {
      this.#remaining = unlimited;
      for (const call of this.#open) call.abort(new NoAnswer('the invocation is over'));
    }
  }

  /** Makes a call, which must give up at the signal. It is not waited for beyond that, even if it does not. */
  async call<T>(service: Service, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const time = timeFor(service, this.left());
    if (time <= 0) throw new DeadlinePassed('too little time is left of the invocation');
    const controller = new AbortController();
    const cancel = alarm(time, () => controller.abort(new NoAnswer(`no answer within ${Math.round(time)} ms`)));
    this.#open.add(controller);
    try {
      return await orAborted(controller.signal, send(controller.signal));
    } finally {
      cancel();
      this.#open.delete(controller);
    }
  }

  /** The system clock, which does not sleep into the time that is needed for what must follow. */
  clock(): Clock {
    const sleep: Clock['sleep'] = async (milliseconds) => {
      if (this.left() - milliseconds < SETTLE) throw new Retryable('too little time is left of the invocation to wait');
      await systemClock.sleep(milliseconds);
    };
    return { ...systemClock, sleep };
  }
}

const unlimited = () => Number.POSITIVE_INFINITY;

function orAborted<T>(signal: AbortSignal, answer: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([answer, aborted]);
}
