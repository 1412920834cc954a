import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { expect, it } from 'vitest';
import { answer } from '../../handlers/lib/answer.ts';
import { Deadline } from '../../src/aws/deadline.ts';
import type { Remediator } from '../../src/wiring.ts';
import type { Message } from '../../src/worker.ts';

const SENT = '1772366400000';
const record = (messageId: string, queue: string): SQSRecord => ({
  messageId,
  receiptHandle: `r-${messageId}`,
  body: '{}',
  attributes: {
    ApproximateReceiveCount: '2',
    SentTimestamp: SENT,
    SenderId: 'AIDAEXAMPLE',
    ApproximateFirstReceiveTimestamp: SENT,
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: `arn:aws:sqs:eu-central-1:123456789012:${queue}`,
  awsRegion: 'eu-central-1',
});

/** What the flow makes of each message, as far as it gets: every one of them fails as it is hidden. */
async function told(...records: readonly SQSRecord[]): Promise<readonly Message[]> {
  const seen: Message[] = [];
  const hide = async (message: Message) => void seen.push(message);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const remediator = {
    deadline: new Deadline(),
    queueName: 'undrift-dev-InstancesQueue-1A2B',
    deps: {
      clock: { now: () => new Date(Number(SENT)) },
      meter: { count: () => {} },
      work: { unit: 'instances' },
      log,
      random: () => 0,
      policy: { notifications: {} },
    },
    postman: { hide, later: async () => {}, park: async () => {} },
    reported: { has: async () => true, add: async () => {} },
  } as unknown as Remediator;
  await answer(
    { Records: [...records] } as SQSEvent,
    { getRemainingTimeInMillis: () => 15_000 } as Context,
    remediator,
  );
  return seen;
}

it("takes for genuine what Lambda read from the unit's own queue, and for redriven everything else", async () => {
  const seen = await told(
    record('own', 'undrift-dev-InstancesQueue-1A2B'),
    record('dead', 'undrift-dev-InstancesDeadLetterQueue-3C4D'),
    record('other', 'mallory'),
  );
  expect(seen.map(({ id, redriven, sentAt }) => [id, redriven, sentAt])).toEqual([
    ['own', false, Number(SENT)],
    ['dead', true, null],
    ['other', true, null],
  ]);
});
