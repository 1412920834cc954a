/**
 * Notices over SNS. Machines (SQS, Lambda, HTTPS) get `default`, which is JSON; mail gets plain text. Whether a notice is
 * also a mail is an attribute: the mail subscription filters on `mail` = `yes`.
 *
 * IAM: sns:Publish.
 */
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Notice } from '../notice/notice.ts';
import type { Notifier } from '../roles.ts';
import { ask } from './errors.ts';
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
