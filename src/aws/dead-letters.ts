/** How many messages lie in a dead-letter queue. IAM: sqs:GetQueueAttributes. */
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetters } from '../roles.ts';
import { ask } from './errors.ts';
import { required } from './shapes.ts';

export function sqsDeadLetters(client: SQSClient, queueUrl: string): DeadLetters {
  return {
    count: async () => {
      const command = new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      });
      const { Attributes = {} } = await ask('sqs', 'GetQueueAttributes', () => client.send(command));
      const visible = required(Attributes.ApproximateNumberOfMessages, 'ApproximateNumberOfMessages');
      // One that is being read lies there as well.
      return Number(visible) + Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0);
    },
  };
}
