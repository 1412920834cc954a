import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { sentAtOf } from '../../src/domain/message-age.ts';
import type { Remediator } from '../../src/wiring.ts';
import { takeBatch } from '../../src/worker.ts';

/** Lambda's batch in, the ids of the messages that go back out (ReportBatchItemFailures). */
export async function answer(event: SQSEvent, context: Context, remediator: Remediator): Promise<SQSBatchResponse> {
  const messages = event.Records.map(({ messageId, body, receiptHandle, attributes, eventSourceARN }) => {
    // Lambda says which queue it was read from; nobody who sends a message can choose that.
    const redriven = eventSourceARN.split(':').at(-1) !== remediator.queueName;
    return {
      id: messageId,
      body,
      receiptHandle,
      redriven,
      receives: Number(attributes.ApproximateReceiveCount) || 1,
      // The age of a dead letter says nothing: it is never given up for it.
      sentAt: redriven ? null : sentAtOf(attributes.SentTimestamp),
    };
  });
  const remaining = () => context.getRemainingTimeInMillis();
  const back = await remediator.deadline.during(remaining, () => takeBatch(messages, { ...remediator, remaining }));
  return { batchItemFailures: back.map((itemIdentifier) => ({ itemIdentifier })) };
}
