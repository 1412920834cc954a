import type { Parked, Queue } from '../../src/aws/queue.ts';
import { Scripted } from './world.ts';

export class FakeQueue extends Scripted implements Queue {
  readonly postponed: { readonly receiptHandle: string; readonly seconds: number }[] = [];
  readonly parked: Parked[] = [];
  readonly woken: { readonly queueUrl: string; readonly incidentKey: string }[] = [];

  async later(queueUrl: string, receiptHandle: string, seconds: number): Promise<void> {
    await this.enter('later', queueUrl, receiptHandle, seconds);
    this.postponed.push({ receiptHandle, seconds });
  }

  async park(deadLetterQueueUrl: string, message: Parked): Promise<void> {
    await this.enter('park', deadLetterQueueUrl, message);
    this.parked.push(message);
  }

  async wake(queueUrl: string, incidentKeys: readonly string[]): Promise<void> {
    await this.enter('wake', queueUrl, incidentKeys);
    this.woken.push(...incidentKeys.map((incidentKey) => ({ queueUrl, incidentKey })));
  }
}
