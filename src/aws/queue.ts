/**
 * What handlers do with messages besides taking them.
 *
 * IAM: sqs:ChangeMessageVisibility (own queue), sqs:SendMessage (dead-letter queue; for the recheck, both queues).
 */
import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { chunksOf } from '../domain/chunks.ts';
import { Retryable } from '../roles.ts';
import { AwsRefused, ask, isCode } from './errors.ts';

export type Parked = {
  readonly body: string;
  /** Why it can't be handled: one sentence for people, without secrets. */
  readonly reason: string;
  readonly parkedBy: string;
  readonly originalMessageId: string;
};

export type Queue = {
  /** The message comes back in so many seconds; one that is no longer in flight is left alone. */
  later(queueUrl: string, receiptHandle: string, seconds: number): Promise<void>;
  /** Puts a message that can never succeed where people look. */
  park(deadLetterQueueUrl: string, message: Parked): Promise<void>;
  /** Asks for incidents to be looked at again. @throws Retryable, AwsRefused when one was not taken */
  wake(queueUrl: string, incidentKeys: readonly string[]): Promise<void>;
  /** Puts messages of ours on a queue. @throws Retryable, AwsRefused when one was not taken */
  send(queueUrl: string, messages: readonly object[]): Promise<void>;
};

/** Seconds: "The maximum is 12 hours" (SQS API Reference, ChangeMessageVisibility). */
const LONGEST = 43_200;
/** Entries a batch may have. */
const BATCH = 10;
/** Of messages that name up to a thousand rules each: a batch takes 256 KB. */
const FEW = 5;
const REASON = 1_024;

export function sqsQueue(client: SQSClient): Queue {
  return {
    later: (queueUrl, receiptHandle, seconds) => later(client, queueUrl, receiptHandle, seconds),
    park: (deadLetterQueueUrl, message) => park(client, deadLetterQueueUrl, message),
    wake: (queueUrl, incidentKeys) =>
      send(
        client,
        queueUrl,
        incidentKeys.map((incident) => ({ undrift: 'recheck', incident })),
        BATCH,
      ),
    send: (queueUrl, messages) => send(client, queueUrl, messages, FEW),
  };
}

async function later(client: SQSClient, queueUrl: string, receiptHandle: string, seconds: number): Promise<void> {
  const command = new ChangeMessageVisibilityCommand({
    QueueUrl: queueUrl,
    ReceiptHandle: receiptHandle,
    VisibilityTimeout: Math.min(Math.max(Math.round(seconds), 0), LONGEST),
  });
  try {
    await ask('sqs', 'ChangeMessageVisibility', () => client.send(command));
  } catch (error) {
    if (!isCode(error, 'MessageNotInflight', 'AWS.SimpleQueueService.MessageNotInflight')) throw error;
  }
}

async function park(client: SQSClient, queueUrl: string, message: Parked): Promise<void> {
  const { reason, parkedBy, originalMessageId } = message;
  const command = new SendMessageCommand({
    QueueUrl: queueUrl,
    MessageBody: message.body,
    MessageAttributes: attributes({ reason, parkedBy, originalMessageId }),
  });
  await ask('sqs', 'SendMessage', () => client.send(command));
}

function attributes(values: Readonly<Record<string, string>>) {
  const entries = Object.entries(values).map(([name, value]) => {
    return [name, { DataType: 'String', StringValue: attributeText(value) }];
  });
  return Object.fromEntries(entries);
}

/** Fit to be the value of a message attribute: printable, not empty, at most 1,024 characters. */
export function attributeText(value: string): string {
  return (
    value
      .replace(/[^\x20-\x7e]+/g, ' ')
      .trim()
      .slice(0, REASON) || 'unknown'
  );
}

async function send(client: SQSClient, queueUrl: string, messages: readonly object[], size: number): Promise<void> {
  for (const some of chunksOf(messages, size)) await sendBatch(client, queueUrl, some);
}

async function sendBatch(client: SQSClient, queueUrl: string, messages: readonly object[]): Promise<void> {
  const command = new SendMessageBatchCommand({
    QueueUrl: queueUrl,
    Entries: messages.map((message, index) => ({ Id: String(index), MessageBody: JSON.stringify(message) })),
  });
  const { Failed = [] } = await ask('sqs', 'SendMessageBatch', () => client.send(command));
  const [first] = Failed;
  if (first === undefined) return;
  const why = `sqs:SendMessageBatch: ${Failed.length} of ${messages.length} were not taken (${first.Code ?? 'Unknown'})`;
  if (first.SenderFault === true) throw new AwsRefused('sqs', 'SendMessageBatch', first.Code ?? 'Unknown', why);
  throw new Retryable(why);
}
