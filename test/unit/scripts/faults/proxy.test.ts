/** The proxy in front of two small HTTP servers, and the clients of AWS's own SDK before it. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { faultsAt } from '../../../../scripts/local/faults/handle.mjs';
import { faultProxy } from '../../../../scripts/local/faults/proxy.mjs';

type Seen = {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};
const seen: Seen[] = [];
const unseen: { action: string; status: number; fault: string }[] = [];
const servers: Server[] = [];
/** Whether the emulators take their time. */
const slowly = { now: false };

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** It answers in two chunks, with headers of its own. */
const upstream = (name: string) =>
  createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const { method = '', url = '', headers } = request;
    seen.push({ name, method, url, headers, body: Buffer.concat(parts).toString() });
    if (slowly.now) await new Promise((resolve) => setTimeout(resolve, 200));
    response.writeHead(202, { 'x-amzn-requestid': `of-${name}`, 'content-type': 'text/xml' });
    response.write('<first/>');
    response.end(`<second of="${name}"/>`);
  });

let endpoint = '';
beforeAll(async () => {
  const [main, moto] = await Promise.all([listen(upstream('main')), listen(upstream('moto'))]);
  endpoint = await listen(
    faultProxy({
      now: () => Date.now(),
      record: ({ action }, { status, fault }) => unseen.push({ action, status, fault }),
    }),
  );
  await faultsAt(endpoint).leadTo({ main, moto });
});
beforeEach(async () => {
  seen.length = 0;
  unseen.length = 0;
  await faultsAt(endpoint).clear();
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const signed = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, Signature=00`;
const FORM = 'application/x-www-form-urlencoded; charset=utf-8';
/** DescribeVpcs as an SDK sends it. */
const ask = (service: string, init: RequestInit = {}) =>
  fetch(`${endpoint}/path?x=1`, {
    method: 'POST',
    body: 'Action=DescribeVpcs&Version=2016-11-15&Filter.1.Name=a%20b',
    headers: { authorization: signed(service), 'content-type': FORM, 'x-own': 'kept' },
    ...init,
  });

describe('without a fault', () => {
  it.each([
    ['ec2', 'moto'],
    ['autoscaling', 'moto'],
    ['elasticloadbalancing', 'moto'],
    ['sns', 'main'],
    ['', 'main'],
  ])('a call to %j reaches %s unchanged', async (service, name) => {
    const answer = await ask(service);
    expect(seen).toMatchObject([
      { name, method: 'POST', url: '/path?x=1', body: 'Action=DescribeVpcs&Version=2016-11-15&Filter.1.Name=a%20b' },
    ]);
    expect(seen[0]?.headers).toMatchObject({ authorization: signed(service), 'content-type': FORM, 'x-own': 'kept' });
    expect([answer.status, answer.headers.get('x-amzn-requestid'), await answer.text()]).toEqual([
      202,
      `of-${name}`,
      `<first/><second of="${name}"/>`,
    ]);
    expect(unseen).toEqual([]);
  });
});

describe('with a fault', () => {
  const set = (...faults: readonly object[]) => faultsAt(endpoint).set({ faults });

  it('a refused, failed or reset call never reaches an emulator, and is recorded', async () => {
    await set(
      { service: 'ec2', kind: 'refuse' },
      { service: 'autoscaling', kind: 'error', status: 503 },
      { service: 'sns', kind: 'reset' },
    );
    expect((await ask('ec2')).status).toBe(403);
    expect((await ask('autoscaling')).status).toBe(503);
    await expect(ask('sns')).rejects.toThrow();
    expect(seen).toEqual([]);
    expect(unseen).toEqual([
      { action: 'DescribeVpcs', status: 403, fault: 'refuse' },
      { action: 'DescribeVpcs', status: 503, fault: 'error' },
      { action: 'DescribeVpcs', status: 0, fault: 'reset' },
    ]);
  });

  it('a call whose answer is lost has its effect, and its caller waits for nothing', async () => {
    await set({ service: 'ec2', kind: 'lose' });
    await expect(ask('ec2', { signal: AbortSignal.timeout(400) })).rejects.toThrow(/timeout|aborted/);
    expect(seen).toHaveLength(1);
    expect(unseen).toEqual([]);
  });

  it('a slow answer comes whole, after the call had its effect', async () => {
    await set({ service: 'ec2', kind: 'delay', seconds: 0.4 });
    const began = Date.now();
    const answer = ask('ec2');
    while (seen.length === 0 && Date.now() - began < 10_000) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen).toHaveLength(1);
    expect(await (await answer).text()).toBe('<first/><second of="moto"/>');
    expect(Date.now() - began).toBeGreaterThanOrEqual(390);
  });

  it('outlives a caller who leaves before the answer comes', async () => {
    await set({ service: 'ec2', kind: 'delay', seconds: 0.2 });
    await expect(ask('ec2', { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    slowly.now = true;
    await expect(ask('sns', { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 400));
    slowly.now = false;
    expect((await ask('sns')).status).toBe(202);
  });

  it('counts what became of each call', async () => {
    const before = (await faultsAt(endpoint).state()).calls['iam DescribeVpcs'];
    expect(before).toBeUndefined();
    await set({ service: 'iam', kind: 'throttle', capacity: 2, refill: 0 });
    for (let each = 0; each < 5; each += 1) await ask('iam');
    await set({ service: 'iam', kind: 'error' });
    await ask('iam');
    const { calls } = await faultsAt(endpoint).state();
    expect(calls['iam DescribeVpcs']).toEqual({ received: 6, passed: 2, throttled: 3, failed: 1 });
  });

  it('a wrong fault is refused, and the old ones stay', async () => {
    await set({ service: 'ec2', kind: 'refuse' });
    await expect(set({ service: 'ec2', kind: 'refuse', often: true })).rejects.toThrow('faults[0].often: unknown key');
    expect((await ask('ec2')).status).toBe(403);
  });
});

describe("AWS's SDK", () => {
  const client = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 };
  const at = () => ({ ...client, endpoint });
  const CALLS: [string, () => Promise<unknown>, throttled: string, refused: string, failed: string][] = [
    [
      'ec2',
      () => new EC2Client(at()).send(new DescribeSecurityGroupsCommand({})),
      'RequestLimitExceeded',
      'UnauthorizedOperation',
      'Unavailable',
    ],
    [
      'autoscaling',
      () => new AutoScalingClient(at()).send(new DescribeAutoScalingGroupsCommand({})),
      'Throttling',
      'AccessDenied',
      'ServiceUnavailable',
    ],
    [
      'sns',
      () => new SNSClient(at()).send(new ListTopicsCommand({})),
      'Throttling',
      'AuthorizationError',
      'ServiceUnavailable',
    ],
    [
      'dynamodb',
      () => new DynamoDBClient(at()).send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'k' } } })),
      'ProvisionedThroughputExceededException',
      'AccessDeniedException',
      'ServiceUnavailable',
    ],
    [
      'ssm',
      () => new SSMClient(at()).send(new GetParameterCommand({ Name: '/p' })),
      'ThrottlingException',
      'AccessDeniedException',
      'ServiceUnavailable',
    ],
    [
      'sqs',
      () => new SQSClient(at()).send(new ListQueuesCommand({})),
      'RequestThrottled',
      'AccessDeniedException',
      'ServiceUnavailable',
    ],
  ];
  /** SNS and SQS call some errors by other names than their codes. */
  const codeOf = (error: { name?: string; Code?: string; Error?: { Code?: string } }) =>
    error.Error?.Code ?? error.Code ?? error.name;
  const failure = (call: () => Promise<unknown>) => call().then(() => 'answered', codeOf);

  it.each(CALLS)('takes the faults of %s for its own errors', async (service, call, throttled, refused, failed) => {
    await faultsAt(endpoint).set({ faults: [{ service, kind: 'throttle', capacity: 0, refill: 0 }] });
    expect(await failure(call)).toBe(throttled);
    await faultsAt(endpoint).set({ faults: [{ service, kind: 'refuse' }] });
    expect(await failure(call)).toBe(refused);
    await faultsAt(endpoint).set({ faults: [{ service, kind: 'error', status: 503 }] });
    expect(await failure(call)).toBe(failed);
    await faultsAt(endpoint).set({ faults: [{ service, kind: 'throttle', capacity: 0, refill: 0, code: 'SlowDown' }] });
    expect(await failure(call)).toBe('SlowDown');
    expect(seen).toEqual([]);
  });
});
