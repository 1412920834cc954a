import {
  DescribeInstanceInformationCommand,
  DescribeSessionsCommand,
  GetParameterCommand,
  type InstanceInformationStringFilter,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  PutParameterCommand,
  ResumeSessionCommand,
  SendCommandCommand,
  type SessionFilter,
  type SessionState,
  SSMClient,
  StartSessionCommand,
  type Target,
  TerminateSessionCommand,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { faultOf, openScene, present, type Scene, until } from './scene.ts';

const [WEB, DB, TEST] = ['i-0000000000000000a', 'i-0000000000000000b', 'i-0000000000000000c'];
const ON_PREMISES = 'mi-0000000000000000d';

let scene: Scene;
let ssm: SSMClient;
beforeAll(async () => {
  scene = await openScene(['moto', 'ministack']);
  ssm = new SSMClient(scene.config(scene.cloud.endpoints.main));
});
afterAll(() => scene?.close());

beforeEach(async () => {
  await control('managed', { method: 'DELETE' });
  await control('sessions?ending=0', { method: 'POST' });
  await register([
    { id: WEB, tags: { Env: 'prod', Role: 'web' } },
    { id: DB, tags: { Env: 'prod', Role: 'db' } },
    { id: TEST, tags: { Env: 'test' } },
    { id: ON_PREMISES, tags: { Env: 'prod' } },
  ]);
});

async function control(path: string, init: RequestInit) {
  const answer = await fetch(`${scene.cloud.endpoints.main}/_undrift/${path}`, init);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
}

const register = (instances: readonly { id: string; tags?: Record<string, string> }[]) =>
  control('managed', { method: 'POST', body: JSON.stringify({ instances }) });

const nodes = async (...Filters: InstanceInformationStringFilter[]) => {
  const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({ Filters }));
  return present(InstanceInformationList).map(({ InstanceId }) => InstanceId);
};

describe('managed nodes', () => {
  test('are those that were registered, online, with their kind', async () => {
    const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({}));
    const told = present(InstanceInformationList).map(({ InstanceId, PingStatus, ResourceType }) => [
      InstanceId,
      PingStatus,
      ResourceType,
    ]);
    expect(told).toEqual([
      [WEB, 'Online', 'EC2Instance'],
      [DB, 'Online', 'EC2Instance'],
      [TEST, 'Online', 'EC2Instance'],
      [ON_PREMISES, 'Online', 'ManagedInstance'],
    ]);
  });

  test('several filters hold together, the values of one are alternatives', async () => {
    const prod = { Key: 'tag:Env', Values: ['prod'] };
    expect(await nodes(prod)).toEqual([WEB, DB, ON_PREMISES]);
    expect(await nodes(prod, { Key: 'ResourceType', Values: ['EC2Instance'] })).toEqual([WEB, DB]);
    expect(await nodes(prod, { Key: 'InstanceIds', Values: [DB, TEST] })).toEqual([DB]);
    expect(await nodes({ Key: 'tag:Env', Values: ['prod', 'test'] })).toHaveLength(4);
    expect(await nodes({ Key: 'tag-key', Values: ['Role'] })).toEqual([WEB, DB]);
    expect(await faultOf(nodes({ Key: 'Env', Values: ['prod'] }))).toBe('InvalidFilterKey');
  });

  test('come in pages', async () => {
    await register(Array.from({ length: 8 }, (_, at) => ({ id: `i-1000000000000000${at}` })));
    const first = await ssm.send(new DescribeInstanceInformationCommand({ MaxResults: 5 }));
    const second = await ssm.send(
      new DescribeInstanceInformationCommand({ MaxResults: 5, NextToken: first.NextToken }),
    );
    const third = await ssm.send(
      new DescribeInstanceInformationCommand({ MaxResults: 5, NextToken: second.NextToken }),
    );
    const counts = [first, second, third].map(({ InstanceInformationList }) => InstanceInformationList?.length);
    expect([counts, third.NextToken]).toEqual([[5, 5, 2], undefined]);
  });

  test('a node that is registered again has its new tags', async () => {
    await register([{ id: WEB, tags: { Env: 'test' } }]);
    expect(await nodes({ Key: 'tag:Env', Values: ['test'] })).toEqual([WEB, TEST]);
  });
});

describe('commands', () => {
  const send = async (to: { InstanceIds?: string[]; Targets?: Target[] }) => {
    const { Command } = await ssm.send(new SendCommandCommand({ DocumentName: 'AWS-RunShellScript', ...to }));
    return present(Command);
  };
  const told = async (CommandId: string) => {
    const { Commands } = await ssm.send(new ListCommandsCommand({ CommandId }));
    const command = present(Commands?.[0]);
    return [command.Status, command.TargetCount, command.CompletedCount];
  };
  const ran = async (CommandId: string, more: { InstanceId?: string } = {}) => {
    const { CommandInvocations } = await ssm.send(new ListCommandInvocationsCommand({ CommandId, ...more }));
    return present(CommandInvocations).map(({ InstanceId }) => InstanceId);
  };

  test('run on the nodes that have the tags, or that are named', async () => {
    const byTag = present((await send({ Targets: [{ Key: 'tag:Env', Values: ['prod'] }] })).CommandId);
    expect(byTag).toHaveLength(36);
    expect(await told(byTag)).toEqual(['Success', 3, 3]);
    expect(await ran(byTag)).toEqual([WEB, DB, ON_PREMISES]);
    expect(await ran(byTag, { InstanceId: DB })).toEqual([DB]);

    const everywhere = await send({ Targets: [{ Key: 'InstanceIds', Values: ['*'] }] });
    expect(await ran(present(everywhere.CommandId))).toHaveLength(4);
    const both = await send({ Targets: ['Env', 'Role'].map((tag) => ({ Key: `tag:${tag}`, Values: ['prod', 'db'] })) });
    expect(await ran(present(both.CommandId))).toEqual([DB]);
    const named = await send({ InstanceIds: [TEST] });
    expect([named.Status, named.TargetCount]).toEqual(['Pending', 1]);
  });

  test('reach the nodes of then, and not those that come later', async () => {
    const id = present((await send({ Targets: [{ Key: 'tag:Env', Values: ['test'] }] })).CommandId);
    await register([{ id: 'i-0000000000000000e', tags: { Env: 'test' } }]);
    expect(await ran(id)).toEqual([TEST]);
  });

  test('on nothing, or on what is no node', async () => {
    const { CommandId } = await send({ Targets: [{ Key: 'tag:Env', Values: ['nowhere'] }] });
    expect(await told(present(CommandId))).toEqual(['Success', 0, 0]);
    expect(await faultOf(send({ InstanceIds: ['i-0000000000000000f'] }))).toBe('InvalidInstanceId');
    expect(await faultOf(told('00000000-0000-0000-0000-000000000000'))).toBe('InvalidCommandId');
  });

  test('may stay in progress with the first invocations only', async () => {
    const id = present((await send({ Targets: [{ Key: 'tag:Env', Values: ['prod'] }] })).CommandId);
    const upTo = (first: number | null) => control('commands', { method: 'POST', body: JSON.stringify({ id, first }) });
    await upTo(1);
    expect([await told(id), await ran(id)]).toEqual([['InProgress', 3, 1], [WEB]]);
    await upTo(null);
    expect([await told(id), await ran(id)]).toEqual([
      ['Success', 3, 3],
      [WEB, DB, ON_PREMISES],
    ]);
  });

  test('invocations come in pages', async () => {
    const { CommandId } = await send({ Targets: [{ Key: 'InstanceIds', Values: ['*'] }] });
    const page = (NextToken?: string) =>
      ssm.send(new ListCommandInvocationsCommand({ CommandId, MaxResults: 3, NextToken }));
    const first = await page();
    const second = await page(first.NextToken);
    const counts = [first, second].map(({ CommandInvocations }) => CommandInvocations?.length);
    expect([counts, second.NextToken]).toEqual([[3, 1], undefined]);
  });
});

describe('sessions', () => {
  const start = async (Target: string) => present((await ssm.send(new StartSessionCommand({ Target }))).SessionId);
  const end = (SessionId: string) => ssm.send(new TerminateSessionCommand({ SessionId }));
  const sessions = async (State: SessionState, ...Filters: SessionFilter[]) =>
    present((await ssm.send(new DescribeSessionsCommand({ State, Filters }))).Sessions);
  const of = (SessionId: string): SessionFilter => ({ key: 'SessionId', value: SessionId });

  test('are active until they are ended, then history', async () => {
    const before = Date.now();
    const { SessionId, TokenValue, StreamUrl } = await ssm.send(new StartSessionCommand({ Target: WEB }));
    const id = present(SessionId);
    expect([id.split('-').length, TokenValue !== undefined, StreamUrl?.includes(id)]).toEqual([2, true, true]);
    const [open] = await sessions('Active', of(id));
    expect(open).toMatchObject({ Target: WEB, Status: 'Connected', Owner: expect.stringContaining('123456789012') });
    expect(open?.EndDate).toBeUndefined();
    expect(await sessions('History', of(id))).toEqual([]);

    await end(id);
    expect(await sessions('Active', of(id))).toEqual([]);
    const [over] = await sessions('History', of(id));
    expect(over).toMatchObject({ Target: WEB, Status: 'Terminated' });
    const [began, ended] = [open?.StartDate, over?.EndDate].map((date) => present(date).getTime());
    expect(began).toBeGreaterThan(before - 1000);
    expect(ended).toBeGreaterThanOrEqual(present(began));
  });

  test('are told by target, owner, status and time', async () => {
    const [web, db] = [await start(WEB), await start(DB)];
    const ids = async (...filters: SessionFilter[]) =>
      (await sessions('Active', ...filters)).map(({ SessionId }) => SessionId);
    expect(await ids({ key: 'Target', value: DB })).toEqual([db]);
    const root = 'arn:aws:iam::123456789012:root';
    expect(await ids({ key: 'Owner', value: root }, of(web))).toEqual([web]);
    expect(await ids({ key: 'Owner', value: 'arn:aws:iam::123456789012:user/ada' })).toEqual([]);
    expect(await ids({ key: 'Status', value: 'Connected' }, of(web))).toEqual([web]);
    expect(await ids({ key: 'InvokedAfter', value: '2024-08-29T00:00:00Z' }, of(web))).toEqual([web]);
    expect(await ids({ key: 'InvokedBefore', value: '2024-08-29T00:00:00Z' })).toEqual([]);
    expect(await faultOf(ids({ key: 'InvokedAfter', value: '2024-08-29T00:00:00.123Z' }))).toBe('ValidationException');
    await Promise.all([end(web), end(db)]);
  });

  test('come in pages', async () => {
    const target: SessionFilter = { key: 'Target', value: TEST };
    for (let at = 0; at < 3; at += 1) await start(TEST);
    const page = (NextToken?: string) =>
      ssm.send(new DescribeSessionsCommand({ State: 'Active', Filters: [target], MaxResults: 2, NextToken }));
    const first = await page();
    const second = await page(first.NextToken);
    expect([first.Sessions?.length, second.Sessions?.length, second.NextToken]).toEqual([2, 1, undefined]);
  });

  test('can be resumed while they are open', async () => {
    const id = await start(WEB);
    const resume = () => ssm.send(new ResumeSessionCommand({ SessionId: id }));
    expect((await resume()).SessionId).toBe(id);
    await end(id);
    expect(await faultOf(resume())).toBe('DoesNotExistException');
  });

  test('one that is being ended may be active a while longer', async () => {
    await control('sessions?ending=3', { method: 'POST' });
    const id = await start(WEB);
    await end(id);
    expect((await sessions('Active', of(id))).map(({ Status, EndDate }) => [Status, EndDate])).toEqual([
      ['Terminating', undefined],
    ]);
    const over = await until(
      () => sessions('History', of(id)),
      (found) => found.length > 0,
    );
    expect(over.map(({ Status }) => Status)).toEqual(['Terminated']);
  });

  test('need a node that is there; a task of ECS is none', async () => {
    expect(await faultOf(start('i-0000000000000000f'))).toBe('TargetNotConnected');
    expect(await start(ON_PREMISES)).toBeDefined();
    expect(await start('ecs:cluster_task_runtime')).toBeDefined();
  });
});

test('parameters are answered as before, and no other control is known', async () => {
  await ssm.send(new PutParameterCommand({ Name: '/a', Value: 'one', Type: 'String' }));
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/a' }));
  expect(Parameter?.Value).toBe('one');
  const answer = await fetch(`${scene.cloud.endpoints.main}/_undrift/nothing`, { method: 'POST' });
  expect(answer.status).toBe(404);
});
