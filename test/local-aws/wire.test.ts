import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TerminateInstanceInAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../scripts/scene/until.mjs';
import { recordedCalls } from '../recorded-calls.ts';
import { autoScalingGroup, instancesOf, openScene, present, type Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene(['moto', 'ministack'], { launchSeconds: 0.5 });
});
afterAll(() => scene?.close());

/** A queue behind a rule for one source; the answer waits for an event of it. */
async function listen(source: string) {
  const config = scene.config(scene.cloud.endpoints.main);
  const name = source.replace('.', '-');
  const sqs = new SQSClient(config);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const bus = new EventBridgeClient(config);
  await bus.send(new PutRuleCommand({ Name: name, EventPattern: JSON.stringify({ source: [source] }) }));
  await bus.send(
    new PutTargetsCommand({
      Rule: name,
      Targets: [{ Id: 'queue', Arn: `arn:aws:sqs:us-east-1:123456789012:${name}` }],
    }),
  );
  return async (events: number) => {
    const heard: Record<string, unknown>[] = [];
    for (const giveUpAt = Date.now() + 15_000; heard.length < events && Date.now() < giveUpAt; ) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      heard.push(...Messages.map(({ Body }) => JSON.parse(present(Body))));
    }
    return heard;
  };
}

test('every answer has a request id of its own, in its head and in its body', async () => {
  const ids = new Set<string>();
  for (let call = 0; call < 20; call += 1) {
    const answer = await fetch(scene.cloud.endpoints.ec2, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ec2/aws4_request',
      },
      body: 'Action=DescribeVpcs&Version=2016-11-15',
    });
    const id = present(answer.headers.get('x-amzn-requestid') ?? undefined);
    expect(await answer.text()).toContain(`<requestId>${id}</requestId>`);
    ids.add(id);
  }
  expect(ids.size).toBe(20);
});

test('a call is written down: who, what, with which answer', async () => {
  const client = new EC2Client({ ...scene.config(scene.cloud.endpoints.ec2), customUserAgent: 'wire-test/1.0' });
  const { $metadata } = await client.send(new DescribeSecurityGroupsCommand({ GroupNames: ['default'] }));
  const call = await until('the call in the list', async () =>
    scene.calls().find(({ requestId }) => requestId === $metadata.requestId),
  );
  expect(call).toMatchObject({
    service: 'ec2',
    action: 'DescribeSecurityGroups',
    params: { 'GroupName.1': 'default' },
    status: 200,
  });
  expect(call?.userAgent).toContain('wire-test/1.0');
  expect(Date.parse(String(call?.at))).toBeGreaterThan(Date.now() - 60_000);
});

test('a call that is still being written down is not in the list yet', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'undrift-calls-'));
  const file = join(dir, 'calls.jsonl');
  const line = JSON.stringify({ action: 'DescribeVpcs' });
  await writeFile(file, `${line}\n${line.slice(0, 9)}`);
  expect(recordedCalls(file)).toEqual([{ action: 'DescribeVpcs' }]);
  await writeFile(file, `${line}\n${line}\n`);
  expect(recordedCalls(file)).toHaveLength(2);
  await rm(dir, { recursive: true });
});

test('a replacement tells the bus of the end of one instance and the start of another', async () => {
  const heard = await listen('aws.autoscaling');
  const { name } = await autoScalingGroup(scene, 1);
  const altered = present((await instancesOf(scene, name))[0]).id;
  await scene.autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: altered, ShouldDecrementDesiredCapacity: false }),
  );
  const events = await heard(2);
  expect(events.map((event) => event['detail-type']).sort()).toEqual([
    'EC2 Instance Launch Successful',
    'EC2 Instance Terminate Successful',
  ]);
  const launch = events.find((event) => event['detail-type'] === 'EC2 Instance Launch Successful');
  const successor = present((await instancesOf(scene, name))[0]).id;
  expect(launch).toMatchObject({
    source: 'aws.autoscaling',
    account: '123456789012',
    resources: [
      expect.stringMatching(/:autoScalingGroupName\//),
      `arn:aws:ec2:us-east-1:123456789012:instance/${successor}`,
    ],
    detail: { AutoScalingGroupName: name, EC2InstanceId: successor, StatusCode: 'InProgress' },
  });
});

test('a changed parameter tells the bus', async () => {
  const heard = await listen('aws.ssm');
  await new SSMClient(scene.config(scene.cloud.endpoints.main)).send(
    new PutParameterCommand({ Name: '/wire/paused', Type: 'String', Value: 'yes' }),
  );
  const [event] = await heard(1);
  expect(event).toMatchObject({
    'detail-type': 'Parameter Store Change',
    detail: { operation: 'Create', name: '/wire/paused', type: 'String' },
  });
});
