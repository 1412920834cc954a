/**
 * Notices over SNS. Machines (SQS, Lambda, HTTPS) get `default`, which is JSON; mail gets plain text. Whether a notice is
 * also a mail is an attribute: the mail subscription filters on `mail` = `yes`.
 *
 * IAM: sns:Publish, sns:GetTopicAttributes.
 */
import { GetTopicAttributesCommand, PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Notice } from '../notice/notice.ts';
import type { Notifier } from '../roles.ts';
import { AwsRefused, ask } from './errors.ts';
import { messageOf } from './notice-size.ts';

export function snsNotifier(client: SNSClient, topicArn: string): Notifier {
  return {
    publish: async (notice, mail) => {
      const command = new PublishCommand({
        TopicArn: topicArn,
        Subject: subjectOf(notice),
        MessageStructure: 'json',
        Message: messageOf(notice),
        MessageAttributes: attributesOf(notice, mail),
      });
      const answer = await ask('sns', 'Publish', () => client.send(command));
      return answer.MessageId ?? '';
    },
    confirmedSubscriptions: async () => {
      const command = new GetTopicAttributesCommand({ TopicArn: topicArn });
      const { Attributes = {} } = await ask('sns', 'GetTopicAttributes', () => client.send(command));
      const confirmed = Number(Attributes.SubscriptionsConfirmed ?? Number.NaN);
      if (Number.isInteger(confirmed)) return confirmed;
      throw new AwsRefused('sns', 'GetTopicAttributes', 'NoCount', `${topicArn} does not say how many are confirmed`);
    },
  };
}

/** "Subjects must be ASCII text that begins with a letter, number, or punctuation mark … less than 100 characters". */
function subjectOf(notice: Notice): string {
  const ascii = notice.subject.replace(/[^\x20-\x7e]+/g, ' ').trim();
  return ascii.slice(0, 99) || 'undrift';
}

function attributesOf(notice: Notice, mail: boolean) {
  const values = { ...notice.attributes, mail: mail ? 'yes' : 'no' };
  // SNS refuses an empty value.
  const given = Object.entries(values).filter(([, value]) => value !== '');
  return Object.fromEntries(given.map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]));
}
