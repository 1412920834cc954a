import { SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';

/**
 * A queue that hears what a topic says.
 * @param {import('./clients.mjs').Clients} clients @param {string} topicArn @param {string} name
 */
export async function openInbox({ sqs, sns }, topicArn, name) {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: Attributes?.QueueArn }));
  /** @type {InboxNotice[]} */
  const notices = [];

  /** Takes what has come since, and answers with all that ever came. */
  const read = async () => {
    for (;;) {
      const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 });
      const { Messages = [] } = await sqs.send(command);
      for (const { Body = '{}', ReceiptHandle } of Messages) {
        const envelope = JSON.parse(Body);
        notices.push({
          subject: envelope.Subject ?? '',
          message: JSON.parse(envelope.Message),
          attributes: envelope.MessageAttributes ?? {},
          heardAt: Date.now(),
        });
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
      if (Messages.length === 0) return notices;
    }
  };
  return { read };
}

/**
 * @typedef {object} InboxNotice
 * @property {string} subject
 * @property {Record<string, any>} message the JSON for machines
 * @property {Record<string, { Type: string, Value: string }>} attributes
 * @property {number} heardAt milliseconds
 */
