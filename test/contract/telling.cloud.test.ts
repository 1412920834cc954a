import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { DeleteParameterCommand, GetParametersCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { describe } from 'vitest';
import { snsClient, sqsClient, ssmClient } from '../../src/aws/clients.ts';
import { sqsDeadLetters } from '../../src/aws/dead-letters.ts';
import { Deadline } from '../../src/aws/deadline.ts';
import { ssmHeartbeat } from '../../src/aws/heartbeat.ts';
import { snsNotifier } from '../../src/aws/notifier.ts';
import { ssmPauseParameter } from '../../src/aws/pause-parameter.ts';
import { sqsQueue } from '../../src/aws/queue.ts';
import { snsSubscriptions } from '../../src/aws/subscriptions.ts';
import { FakeClock } from '../fakes/clock.ts';
import { counter } from '../fakes/world.ts';
import { localCloud } from './cloud.ts';
import { deadLettersSuite } from './dead-letters.suite.ts';
import { heartbeatParameterSuite } from './heartbeat.suite.ts';
import { type Heard, notifierSuite } from './notifier.suite.ts';
import { pauseParameterSuite } from './pause-parameter.suite.ts';
import { type Message, queueSuite } from './queue.suite.ts';
import { subscriptionsSuite } from './subscriptions.suite.ts';

localCloud();
const name = counter('contract');

async function newQueue(sqs: SQSClient): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name() }));
  return QueueUrl;
}

async function receiveAll(sqs: SQSClient, QueueUrl: string): Promise<Message[]> {
  const command = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 60, MessageAttributeNames: ['All'] };
  const all: Message[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(command));
    if (Messages.length === 0) return all;
    for (const { Body = '', ReceiptHandle = '', MessageAttributes = {} } of Messages) {
      const values = Object.entries(MessageAttributes).map(([key, { StringValue = '' }]) => [key, StringValue]);
      all.push({ body: Body, receiptHandle: ReceiptHandle, attributes: Object.fromEntries(values) });
    }
  }
}

describe('notifier', () =>
  notifierSuite(async () => {
    const [sns, sqs] = [snsClient('contract', new Deadline()), sqsClient('contract', new Deadline())];
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name() }));
    const queueUrl = await newQueue(sqs);
    const asked = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] });
    const Endpoint = (await sqs.send(asked)).Attributes?.QueueArn;
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    return {
      notifier: snsNotifier(sns, TopicArn),
      heard: async () => (await receiveAll(sqs, queueUrl)).map(fromEnvelope),
    };
  }));

/** SNS wraps what it delivers to a queue. */
function fromEnvelope({ body }: Message): Heard {
  const envelope = JSON.parse(body) as { Message: string; MessageAttributes: Record<string, { Value: string }> };
  const attributes = Object.entries(envelope.MessageAttributes).map(([key, { Value }]) => [key, Value]);
  return { json: JSON.parse(envelope.Message), attributes: Object.fromEntries(attributes) };
}

describe('pause parameter', () =>
  pauseParameterSuite(async () => {
    const ssm = ssmClient('contract', new Deadline());
    const Name = `/undrift/${name()}/pause`;
    const clock = new FakeClock('2026-03-01T12:00:00.000Z');
    const put = async (Value: string | null) => {
      if (Value === null) await ssm.send(new DeleteParameterCommand({ Name }));
      else await ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
    };
    return { parameter: ssmPauseParameter(ssm, Name, clock), clock, put };
  }));

describe('queue', () =>
  queueSuite(async () => {
    const sqs = sqsClient('contract', new Deadline());
    const queueUrl = await newQueue(sqs);
    return { queue: sqsQueue(sqs), queueUrl, receive: () => receiveAll(sqs, queueUrl) };
  }));

describe('subscriptions', () =>
  subscriptionsSuite(async () => {
    const sns = snsClient('contract', new Deadline());
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name() }));
    const add = async (Protocol: string, Endpoint: string) => {
      await sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }));
    };
    return {
      subscriptions: snsSubscriptions(sns, TopicArn),
      addQueue: () => add('sqs', `arn:aws:sqs:us-east-1:123456789012:${name()}`),
      // A number needs no confirmation.
      addPerson: () => add('sms', `+4930${name().replaceAll(/\D/g, '').padStart(8, '0')}`),
    };
  }));

describe('dead letters', () =>
  deadLettersSuite(async () => {
    const sqs = sqsClient('contract', new Deadline());
    const queueUrl = await newQueue(sqs);
    const add = (count: number) =>
      sqsQueue(sqs).wake(
        queueUrl,
        Array.from({ length: count }, (_, n) => `letter ${n}`),
      );
    return { deadLetters: sqsDeadLetters(sqs, queueUrl), add };
  }));

describe('heartbeat parameter', () =>
  heartbeatParameterSuite(async () => {
    const ssm = ssmClient('contract', new Deadline());
    const Name = `/undrift/${name()}/heartbeat`;
    const value = async () =>
      (await ssm.send(new GetParametersCommand({ Names: [Name] }))).Parameters?.[0]?.Value ?? null;
    return { parameter: ssmHeartbeat(ssm, Name), value };
  }));
