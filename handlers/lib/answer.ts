import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { sentAtOf } from '../../src/domain/message-age.ts';
import type { Remediator } from '../../src/wiring.ts';
import { takeBatch } from '../../src/worker.ts';

/** Lambda's batch in, the ids of the messages that go back out (ReportBatchItemFailures). */
export async function answer(event: SQSEvent, context: Context, remediator: Remediator): Promise<SQSBatchResponse> {
  const messages = event.Records.map(({ messageId, body, receiptHandle, attributes }) => ({
    id: messageId,
    body,
    receiptHandle,
    receives: Number(attributes.ApproximateReceiveCount) || 1,
    sentAt: sentAtOf(attributes.SentTimestamp),
  }));
  const remaining = () => context.getRemainingTimeInMillis();
  const back = await remediator.deadline.during(remaining, () => takeBatch(messages, { ...remediator, remaining }));
  return { batchItemFailures: back.map((itemIdentifier) => ({ itemIdentifier })) };
}
