import { describe, expect, it } from 'vitest';
import { snsSubscriptions } from '../../../src/aws/subscriptions.ts';
import { stub } from './stub.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:alarms';
const subscription = (Protocol: string, Endpoint = 'ops', SubscriptionArn = `${TOPIC}:1`) => {
  return { Protocol, Endpoint, SubscriptionArn };
};
const counted = (...pages: readonly (readonly object[])[]) => {
  const answers = pages.map((Subscriptions, n) => ({
    Subscriptions,
    ...(n + 1 < pages.length && { NextToken: `page-${n}` }),
  }));
  return snsSubscriptions(stub({ ListSubscriptionsByTopic: () => answers.shift() }).client as never, TOPIC).count();
};

describe('who is subscribed', () => {
  it.each(['email', 'email-json', 'sms', 'application'])('is a person by %s', async (protocol) => {
    expect(await counted([subscription(protocol)])).toEqual({ people: 1, machines: 0 });
  });

  it.each(['sqs', 'lambda', 'firehose', 'http', 'https'])('is a machine by %s', async (protocol) => {
    expect(await counted([subscription(protocol, 'https://hooks.example.com/a')])).toEqual({ people: 0, machines: 1 });
  });

  it.each([
    ['https://global.sns-api.chatbot.amazonaws.com', 1],
    ['https://global.sns-api.chatbot.amazonaws.com.example.com', 0],
    ['https://example.com/global.sns-api.chatbot.amazonaws.com', 0],
    ['not an address', 0],
  ])('is a person by the chat service of AWS alone: %s', async (endpoint, people) => {
    expect((await counted([subscription('https', endpoint)])).people).toBe(people);
  });

  it.each(['PendingConfirmation', 'Deleted', ''])('does not count while its ARN is "%s"', async (arn) => {
    expect(await counted([subscription('email', 'ops@example.com', arn)])).toEqual({ people: 0, machines: 0 });
  });

  it('is counted on every page', async () => {
    const pages = [Array.from({ length: 100 }, () => subscription('sqs')), [subscription('email')]];
    expect(await counted(...pages)).toEqual({ people: 1, machines: 100 });
  });
});
