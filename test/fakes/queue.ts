import { attributeText, type Parked, type Queue } from '../../src/aws/queue.ts';
import { counter, Scripted } from './world.ts';

type Entry = {
  readonly queueUrl: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  receiptHandle: string | null;
};

/** Queues in memory, by their URL. What is received stays in flight until it is put off. */
export class FakeQueue extends Scripted implements Queue {
  readonly #entries: Entry[] = [];
  readonly #receiptHandle = counter('receipt');

  /** All messages of a queue, in flight or not. */
  bodiesOf(queueUrl: string): readonly string[] {
    return this.#entries.filter((entry) => entry.queueUrl === queueUrl).map(({ body }) => body);
  }

  /** Takes all that is visible. */
  receive(queueUrl: string) {
    const visible = this.#entries.filter((entry) => entry.queueUrl === queueUrl && entry.receiptHandle === null);
    return visible.map((entry) => {
      entry.receiptHandle = this.#receiptHandle();
      return { body: entry.body, attributes: entry.attributes, receiptHandle: entry.receiptHandle };
    });
  }

  /** Time does not pass here: what is put off at all stays in flight. */
  async later(queueUrl: string, receiptHandle: string, seconds: number): Promise<void> {
    await this.enter('later', queueUrl, receiptHandle, seconds);
    const found = this.#entries.find((entry) => entry.queueUrl === queueUrl && entry.receiptHandle === receiptHandle);
    if (found !== undefined && seconds <= 0) found.receiptHandle = null;
  }

  async park(deadLetterQueueUrl: string, message: Parked): Promise<void> {
    await this.enter('park', deadLetterQueueUrl, message);
    const { reason, parkedBy, originalMessageId } = message;
    const attributes = { reason: attributeText(reason), parkedBy, originalMessageId };
    this.#entries.push({ queueUrl: deadLetterQueueUrl, body: message.body, attributes, receiptHandle: null });
  }

  async wake(queueUrl: string, incidentKeys: readonly string[]): Promise<void> {
    await this.enter('wake', queueUrl, incidentKeys);
    this.#put(
      queueUrl,
      incidentKeys.map((incident) => ({ undrift: 'recheck', incident })),
    );
  }

  async send(queueUrl: string, messages: readonly object[]): Promise<void> {
    await this.enter('send', queueUrl, messages);
    this.#put(queueUrl, messages);
  }

  #put(queueUrl: string, messages: readonly object[]): void {
    const bodies = messages.map((message) => JSON.stringify(message));
    this.#entries.push(...bodies.map((body) => ({ queueUrl, body, attributes: {}, receiptHandle: null })));
  }
}
