import type { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { ssmManagedNodes } from '../../../src/aws/managed-nodes.ts';
import { Refused, Retryable } from '../../../src/roles.ts';
import { awsError, stub } from './stub.ts';

const COMMAND = 'f6887251-cdde-4251-a026-f50a25f521f7';

function nodesWith(answers: Parameters<typeof stub>[0]) {
  const { client, asked } = stub(answers);
  return { nodes: ssmManagedNodes(client as unknown as SSMClient), asked };
}

const state = (Status: string) => () => ({ Commands: [{ CommandId: COMMAND, Status }] });
const to = (InstanceId: string, Status = 'Success', StatusDetails = Status) => ({ InstanceId, Status, StatusDetails });
const list = (...CommandInvocations: object[]) => ({ ListCommandInvocations: () => ({ CommandInvocations }) });

/** 5,000 on-premises nodes, and an instance on the page after them. */
function behind(answer: (all: readonly object[]) => object) {
  const page = (from: number) => Array.from({ length: 50 }, (_, n) => to(`mi-${from + n}`));
  const pages = ({ NextToken = '0' }: { readonly NextToken?: unknown }) => {
    const from = Number(NextToken);
    return from < 5000 ? { ...answer(page(from)), NextToken: String(from + 50) } : answer([to('i-1')]);
  };
  return { ListCommandInvocations: pages, DescribeInstanceInformation: pages };
}

describe('whom a command reached', () => {
  it('is asked after its state, by its id, to the last page, and each once', async () => {
    const { nodes, asked } = nodesWith({
      ListCommands: state('Success'),
      ListCommandInvocations: ({ NextToken }) =>
        NextToken === undefined
          ? { CommandInvocations: [to('i-2'), to('mi-1')], NextToken: 'more' }
          : { CommandInvocations: [to('i-1'), to('i-2')] },
    });
    expect(await nodes.reachedBy(COMMAND)).toEqual({ ids: ['i-2', 'i-1'], complete: true });
    expect(asked).toEqual([
      { action: 'ListCommands', input: { CommandId: COMMAND } },
      { action: 'ListCommandInvocations', input: { CommandId: COMMAND, NextToken: undefined, MaxResults: 50 } },
      { action: 'ListCommandInvocations', input: { CommandId: COMMAND, NextToken: 'more', MaxResults: 50 } },
    ]);
  });

  it.each([
    ['Pending', false],
    ['InProgress', false],
    ['Cancelling', false],
    ['Success', true],
    ['Cancelled', true],
    ['Failed', true],
    ['TimedOut', true],
  ])('of a command that is %s is the whole truth: %s', async (status, complete) => {
    const { nodes } = nodesWith({ ListCommands: state(status), ...list(to('i-1')) });
    expect(await nodes.reachedBy(COMMAND)).toEqual({ ids: ['i-1'], complete });
  });

  it('is found behind 5,000 on-premises nodes', async () => {
    const { nodes } = nodesWith({ ListCommands: state('Success'), ...behind((all) => ({ CommandInvocations: all })) });
    expect(await nodes.reachedBy(COMMAND)).toEqual({ ids: ['i-1'], complete: true });
  });

  it('of a command that is not shown (yet) is not the whole truth', async () => {
    const { nodes } = nodesWith({ ListCommands: () => ({}), ListCommandInvocations: () => ({}) });
    expect(await nodes.reachedBy(COMMAND)).toEqual({ ids: [], complete: false });
  });

  it('of a command whose id is not known (yet) is not the whole truth either', async () => {
    const { nodes } = nodesWith({
      ListCommands: () => ({}),
      ListCommandInvocations: () => awsError('InvalidCommandId'),
    });
    expect(await nodes.reachedBy(COMMAND)).toEqual({ ids: [], complete: false });
  });

  it.each([
    [to('i-1', 'Pending'), []],
    [to('i-1', 'Failed', 'Undeliverable'), []],
    [to('i-1', 'TimedOut', 'Delivery Timed Out'), []],
    [to('i-1', 'TimedOut', 'DeliveryTimedOut'), []],
    [to('i-1', 'Cancelled', 'Terminated'), []],
    [to('i-1', 'Failed', 'InvalidPlatform'), []],
    [to('i-1', 'Failed', 'AccessDenied'), []],
    [to('i-1', 'TimedOut', 'ExecutionTimedOut'), ['i-1']],
    [to('i-1', 'InProgress'), ['i-1']],
    [to('i-1', 'Delayed'), ['i-1']],
    [to('i-1', 'Failed'), ['i-1']],
    [to('i-1', 'Cancelled'), ['i-1']],
    [to('i-1', 'Cancelling'), ['i-1']],
    [{ InstanceId: 'i-1' }, ['i-1']],
  ])('%j', async (invocation, ids) => {
    const { nodes } = nodesWith({ ListCommands: state('Success'), ...list(invocation) });
    expect((await nodes.reachedBy(COMMAND)).ids).toEqual(ids);
  });

  it.each([
    [awsError('ThrottlingException'), Retryable],
    [awsError('AccessDeniedException'), Refused],
  ])('is not known: %s', async (error, kind) => {
    const { nodes } = nodesWith({ ListCommands: state('Success'), ListCommandInvocations: () => error });
    await expect(nodes.reachedBy(COMMAND)).rejects.toThrow(kind);
  });
});

describe('the machines that Systems Manager looks after', () => {
  it('are asked for by all filters at once, to the last page; those elsewhere are none', async () => {
    const { nodes, asked } = nodesWith({
      DescribeInstanceInformation: ({ NextToken }) =>
        NextToken === undefined
          ? { InstanceInformationList: [{ InstanceId: 'i-1' }, { InstanceId: 'mi-1' }], NextToken: 'more' }
          : { InstanceInformationList: [{ InstanceId: 'i-2' }] },
    });
    const filters = [
      { key: 'tag:Env', values: ['prod', 'stage'] },
      { key: 'tag:Role', values: [] },
    ];
    expect(await nodes.carrying(filters)).toEqual(['i-1', 'i-2']);
    const Filters = [
      { Key: 'tag:Env', Values: ['prod', 'stage'] },
      { Key: 'tag-key', Values: ['Role'] },
    ];
    expect(asked.map(({ input }) => input)).toEqual([
      { Filters, NextToken: undefined, MaxResults: 50 },
      { Filters, NextToken: 'more', MaxResults: 50 },
    ]);
  });

  it('are found behind 5,000 on-premises nodes', async () => {
    const { nodes } = nodesWith(behind((all) => ({ InstanceInformationList: all })));
    expect(await nodes.carrying([])).toEqual(['i-1']);
  });

  it('are all of them where there is no filter', async () => {
    const { nodes, asked } = nodesWith({ DescribeInstanceInformation: () => ({}) });
    expect(await nodes.carrying([])).toEqual([]);
    expect(asked[0]?.input).toMatchObject({ Filters: [] });
  });
});
