import { CreateEventBusCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { makeFleet, stateOf } from '../../../scripts/scene/estate.mjs';
import { type AwsEvent, PEOPLE, userDataEvent } from '../../../scripts/scene/events.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import { type Deployed, noticesAbout, output } from '../deployed.ts';
import { physicalIds } from './rights.ts';

const ACCOUNT = '123456789012';

/** As EventBridge would deliver it. SQS takes it from anybody here: the emulator asks no queue policy. */
function bodyOf(event: AwsEvent): string {
  const time = String(event.detail.eventTime);
  const envelope = {
    version: '0',
    id: crypto.randomUUID(),
    account: ACCOUNT,
    time,
    region: 'us-east-1',
    resources: [],
  };
  return JSON.stringify({ ...envelope, ...event });
}

/** A call that CloudTrail has on record, and that no rule of undrift was told of. */
async function happened({ clients }: Deployed, event: AwsEvent): Promise<void> {
  await clients.events.send(new CreateEventBusCommand({ Name: 'quiet' })).catch(() => null);
  const { source: Source, 'detail-type': DetailType, detail } = event;
  const entry = { EventBusName: 'quiet', Source, DetailType, Detail: JSON.stringify(detail) };
  await clients.events.send(new PutEventsCommand({ Entries: [entry] }));
}

/** What the runbook has an operator do, over HTTP. */
async function readDeadLetters(at: Deployed, enabled: boolean): Promise<void> {
  const ids = Object.entries(await physicalIds(at));
  const [, id] = ids.find(([name]) => /^InstancesEventSourceMapping.*DeadLetterQueue$/u.test(name)) ?? [];
  const url = `${at.cloud.env.AWS_ENDPOINT_URL}/2015-03-31/event-source-mappings/${id}`;
  const body = JSON.stringify({ Enabled: enabled });
  const answer = await fetch(url, { method: 'PUT', body, headers: { 'content-type': 'application/json' } });
  expect(answer.ok, await answer.text()).toBe(true);
}

export function redrivenScenarios(deployed: () => Deployed): void {
  it('replaces the instance of a redriven call that CloudTrail has, and not the one of a forged call', async () => {
    const at = deployed();
    const tags = { 'undrift:replace': 'allowed' };
    const [genuine, spared] = await Promise.all(
      ['redriven', 'forged'].map(async (name) => {
        const { instanceIds } = await makeFleet(at.clients, { name, size: 3, tags });
        return instanceIds[0] ?? '';
      }),
    );
    const QueueUrl = output(at.outputs, 'InstancesDeadLetterQueueUrl');
    const [first, second] = [spared, genuine].map((id) => userDataEvent(id ?? '', { userIdentity: PEOPLE.user }));
    const letters = [first, second].filter((event) => event !== undefined);
    for (const event of letters)
      await at.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: bodyOf(event) }));
    if (letters[1] !== undefined) await happened(at, letters[1]);
    await readDeadLetters(at, true);
    await noticesAbout(at, genuine ?? '', 1, 240);
    expect(await stateOf(at.clients, genuine ?? '')).toBe('terminated');
    const told = await until('the notification of the forged one', async () =>
      (await at.inbox.read()).find(({ message }) => message.text.includes(spared ?? '')),
    );
    expect(told.message.text).toContain('CloudTrail has no record of the event');
    expect(await stateOf(at.clients, spared ?? '')).toBe('running');
    await readDeadLetters(at, false);
  });
}
