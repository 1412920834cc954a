/**
 * Who is subscribed to a topic. Only a confirmed subscription has an ARN; "PendingConfirmation" and "Deleted" are in its place
 * otherwise (SNS API Reference, ListSubscriptionsByTopic).
 *
 * IAM: sns:ListSubscriptionsByTopic.
 */
import { ListSubscriptionsByTopicCommand, type SNSClient, type Subscription } from '@aws-sdk/client-sns';
import type { Subscriptions } from '../roles.ts';
import { ask } from './errors.ts';
import { allPages } from './paging.ts';

export function snsSubscriptions(client: SNSClient, topicArn: string): Subscriptions {
  const page = async (NextToken: string | undefined) => {
    const command = new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken });
    const answer = await ask('sns', 'ListSubscriptionsByTopic', () => client.send(command));
    return { items: answer.Subscriptions, next: answer.NextToken };
  };
  return {
    count: async () => {
      const confirmed = (await allPages(page)).filter(({ SubscriptionArn = '' }) => SubscriptionArn.startsWith('arn:'));
      const people = confirmed.filter(reachesPeople).length;
      return { people, machines: confirmed.length - people };
    },
  };
}

const TO_PEOPLE: ReadonlySet<string> = new Set(['email', 'email-json', 'sms', 'application']);
/** "https://global.sns-api.chatbot.amazonaws.com": Amazon Q Developer in chat applications posts to a channel that people read. */
const CHAT = 'global.sns-api.chatbot.amazonaws.com';

/** Any other endpoint counts as a machine: nobody can tell whether a person is paged by it. */
function reachesPeople({ Protocol = '', Endpoint = '' }: Subscription): boolean {
  return TO_PEOPLE.has(Protocol) || (Protocol === 'https' && URL.canParse(Endpoint) && new URL(Endpoint).host === CHAT);
}
