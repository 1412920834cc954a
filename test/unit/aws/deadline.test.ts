import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as listenOnly, type Server as NetServer } from 'node:net';
import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { DescribeSecurityGroupsCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetInstanceProfileCommand } from '@aws-sdk/client-iam';
import { PublishCommand } from '@aws-sdk/client-sns';
import { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as clients from '../../../src/aws/clients.ts';
import { Deadline } from '../../../src/aws/deadline.ts';
import { ask } from '../../../src/aws/errors.ts';
import { dynamoTable } from '../../../src/aws/table.ts';
import { Retryable } from '../../../src/roles.ts';

type Call = (deadline: Deadline) => Promise<unknown>;

/** One call by each client, and the milliseconds of the invocation that it must leave untouched. */
const CALLS: Readonly<Record<string, { readonly keeps: number; readonly call: Call }>> = {
  ec2Client: { keeps: 14_000, call: (it) => clients.ec2Client('unit', it).send(new DescribeSecurityGroupsCommand()) },
  autoScalingClient: {
    keeps: 14_000,
    call: (it) => clients.autoScalingClient('unit', it).send(new DescribeAutoScalingGroupsCommand()),
  },
  iamClient: {
    keeps: 14_000,
    call: (it) => clients.iamClient('unit', it).send(new GetInstanceProfileCommand({ InstanceProfileName: 'web' })),
  },
  loadBalancingClient: {
    keeps: 14_000,
    call: (it) =>
      clients.loadBalancingClient('unit', it).send(new DescribeTargetHealthCommand({ TargetGroupArn: 'arn:web' })),
  },
  ssmClient: {
    keeps: 14_000,
    call: (it) => clients.ssmClient('unit', it).send(new GetParameterCommand({ Name: 'pause' })),
  },
  cloudTrailClient: {
    keeps: 14_000,
    call: (it) => clients.cloudTrailClient('unit', it).send(new LookupEventsCommand()),
  },
  snsClient: {
    keeps: 9_000,
    call: (it) => clients.snsClient('unit', it).send(new PublishCommand({ TopicArn: 'topic', Message: 'words' })),
  },
  // By lib-dynamodb, which has a `send` of its own.
  dynamoClient: { keeps: 4_000, call: (it) => dynamoTable(clients.dynamoClient('unit', it), 'ledger').get('key') },
  sqsClient: {
    keeps: 1_000,
    call: (it) =>
      clients
        .sqsClient('unit', it)
        .send(new ChangeMessageVisibilityCommand({ QueueUrl: 'https://q', ReceiptHandle: 'r', VisibilityTimeout: 1 })),
  },
};
const LEFT = 150;

const servers: (Server | NetServer)[] = [];

function use(port: number): void {
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
}

async function listen<S extends Server | NetServer>(server: S): Promise<S> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  use((server.address() as AddressInfo).port);
  return server;
}

const answering = (answer: RequestListener) => listen(createServer(answer));

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  }
});

/** The error of a call, and the milliseconds until it came. */
async function timed(call: () => Promise<unknown>): Promise<{ readonly error: unknown; readonly after: number }> {
  const from = Date.now();
  const error = await call().then(
    () => null,
    (caught: unknown) => caught,
  );
  return { error, after: Date.now() - from };
}

/** Ways in which AWS does not come to an end, however often it is asked. */
const HANGS: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['takes the connection and never answers', () => listen(listenOnly(() => {}))],
  [
    'answers the headers and never ends the body',
    () => answering((_request, response) => void response.writeHead(200, { 'content-length': 1000 }).write('<')),
  ],
  [
    'sends the body byte by byte, without end',
    () =>
      answering((_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
      }),
  ],
  ['throttles every attempt', () => answering((_request, response) => void response.writeHead(503).end())],
  [
    'refuses connections',
    async () => {
      const server = await listen(listenOnly(() => {}));
      await new Promise((resolve) => server.close(resolve));
    },
  ],
];

describe('the time of a call', () => {
  it('is checked here for every client that there is', () => {
    expect(Object.keys(CALLS).sort()).toEqual(Object.keys(clients).sort());
  });

  describe.each(HANGS)('while AWS %s', (_name, hang) => {
    it.each(Object.entries(CALLS))('%s gives up, for now, when the rest of the invocation is needed', async (...it) => {
      const [, { keeps, call }] = it;
      await hang();
      const deadline = new Deadline();
      const until = Date.now() + keeps + LEFT;
      const asked = () => ask('aws', 'Call', () => call(deadline));
      const { error, after } = await deadline.during(
        () => until - Date.now(),
        () => timed(asked),
      );
      expect(error).toBeInstanceOf(Retryable);
      expect(after).toBeLessThan(LEFT + 2_000);
    });
  });

  it.each(Object.entries(CALLS))('of %s is none where the rest is needed already: nothing is sent', async (...it) => {
    const [, { keeps, call }] = it;
    let sent = 0;
    await answering((_request, response) => {
      sent += 1;
      response.end();
    });
    const deadline = new Deadline();
    const asked = () => ask('aws', 'Call', () => call(deadline));
    const { error, after } = await deadline.during(
      () => keeps,
      () => timed(asked),
    );
    expect(error).toMatchObject({ name: 'Retryable', maybeDone: false });
    expect([sent, after < 2_000]).toEqual([0, true]);
  });

  it('ends an act as one that may have had its effect', async () => {
    await listen(listenOnly(() => {}));
    const deadline = new Deadline();
    const client = clients.ec2Client('unit', deadline);
    const revoke = new RevokeSecurityGroupIngressCommand({ GroupId: 'sg-1', SecurityGroupRuleIds: ['sgr-1'] });
    const asked = () => ask('ec2', 'RevokeSecurityGroupIngress', () => client.send(revoke));
    const { error } = await deadline.during(
      () => 14_200,
      () => timed(asked),
    );
    expect(error).toMatchObject({ name: 'Retryable', maybeDone: true });
    expect(String(error)).toContain('no answer within 200 ms');
  });

  it('has a cap, whatever is left: two attempts that hang', { timeout: 15_000 }, async () => {
    let attempts = 0;
    await answering(() => {
      attempts += 1;
    });
    const deadline = new Deadline();
    const client = clients.ssmClient('unit', deadline);
    const { after } = await timed(() => client.send(new GetParameterCommand({ Name: 'pause' })));
    expect(after).toBeGreaterThan(2_900);
    expect(after).toBeLessThan(4_500);
    expect(attempts).toBe(2);
  });
});

describe('an invocation', () => {
  const hanging = (deadline: Deadline) => clients.ec2Client('unit', deadline).send(new DescribeSecurityGroupsCommand());

  it('that is over leaves no call, no timer and no connection behind', async () => {
    const server = await answering(() => {});
    const deadline = new Deadline();
    let left: Promise<unknown> = Promise.resolve();
    await deadline.during(
      () => 60_000,
      async () => {
        left = hanging(deadline).catch((error: unknown) => error);
        await new Promise((resolve) => server.once('request', resolve));
      },
    );
    expect(await left).toMatchObject({ name: 'AbortError', message: 'the invocation is over' });
    const connections = () => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
    await vi.waitFor(async () => expect(await connections()).toBe(0));
  });

  it('does not reuse a connection on which AWS did not answer', async () => {
    const ports: (number | undefined)[] = [];
    await answering((request, response) => {
      ports.push(request.socket.remotePort);
      if (ports.length > 1) response.end('<DescribeSecurityGroupsResponse/>');
    });
    const deadline = new Deadline();
    const client = clients.ec2Client('unit', deadline);
    const send = () => client.send(new DescribeSecurityGroupsCommand());
    const first = await deadline.during(
      () => 14_200,
      () => timed(send),
    );
    expect(first.error).toMatchObject({ name: 'AbortError' });
    await deadline.during(() => 60_000, send);
    expect(ports).toHaveLength(2);
    expect(ports[0]).not.toBe(ports[1]);
  });

  it('ends with its own time, and the next one has its own', async () => {
    const deadline = new Deadline();
    expect(deadline.left()).toBe(Number.POSITIVE_INFINITY);
    await deadline.during(
      () => 1_000,
      async () => expect(deadline.left()).toBe(1_000),
    );
    await expect(
      deadline.during(
        () => 2_000,
        () => Promise.reject(new Error('boom')),
      ),
    ).rejects.toThrow('boom');
    expect(deadline.left()).toBe(Number.POSITIVE_INFINITY);
  });

  it('waits only while what must follow still fits', async () => {
    const deadline = new Deadline();
    const clock = deadline.clock();
    const wait = (left: number) =>
      deadline.during(
        () => left,
        () => clock.sleep(10),
      );
    await expect(wait(14_010)).resolves.toBeUndefined();
    await expect(wait(14_009)).rejects.toBeInstanceOf(Retryable);
    await expect(clock.sleep(1)).resolves.toBeUndefined();
  });
});
