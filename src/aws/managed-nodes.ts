/**
 * The machines that Systems Manager looks after, and whom a command reached. Commands are remembered for 30 days.
 *
 * IAM: ssm:ListCommands, ssm:ListCommandInvocations, ssm:DescribeInstanceInformation.
 */
import {
  DescribeInstanceInformationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type { TagFilter } from '../domain/change.ts';
import { MOST_MACHINES } from '../domain/part.ts';
import type { ManagedNodes } from '../roles.ts';
import { ask, isCode } from './errors.ts';
import { deliveredTo, isInstance } from './invocations.ts';
import { allPages } from './paging.ts';

/** The command goes on: to further machines, perhaps (SSM API Reference, Command, Status). */
const AT_WORK = ['Pending', 'InProgress', 'Cancelling'];

export function ssmManagedNodes(ssm: SSMClient): ManagedNodes {
  return {
    reachedBy: (commandId) => reachedBy(ssm, commandId),
    carrying: (filters) => carrying(ssm, filters),
  };
}

/** The state first: what it comes to after that is among those who are then listed. */
async function reachedBy(ssm: SSMClient, commandId: string) {
  try {
    const complete = !(await isAtWork(ssm, commandId));
    const ids = await reached(ssm, commandId);
    return { ids: [...new Set(ids)], complete: complete && ids.length < MOST_MACHINES };
  } catch (error) {
    if (isCode(error, 'InvalidCommandId')) return { ids: [], complete: false };
    throw error;
  }
}

/** A command that Systems Manager does not show (yet) is taken for one at work. */
async function isAtWork(ssm: SSMClient, CommandId: string): Promise<boolean> {
  const answer = await ask('ssm', 'ListCommands', () => ssm.send(new ListCommandsCommand({ CommandId })));
  return AT_WORK.includes(answer.Commands?.[0]?.Status ?? 'Pending');
}

async function reached(ssm: SSMClient, commandId: string): Promise<readonly string[]> {
  // Only what counts fills the list: on-premises nodes, of which anyone may register thousands, must hide no instance.
  return allPages(async (token) => {
    const command = new ListCommandInvocationsCommand({ CommandId: commandId, NextToken: token, MaxResults: 50 });
    const answer = await ask('ssm', 'ListCommandInvocations', () => ssm.send(command));
    return { items: deliveredTo(answer.CommandInvocations ?? []), next: answer.NextToken };
  }, MOST_MACHINES);
}

async function carrying(ssm: SSMClient, filters: readonly TagFilter[]): Promise<readonly string[]> {
  const Filters = filters.map(({ key, values }) =>
    values.length === 0 ? { Key: 'tag-key', Values: [key.replace(/^tag:/, '')] } : { Key: key, Values: [...values] },
  );
  return allPages(async (token) => {
    const command = new DescribeInstanceInformationCommand({ Filters, NextToken: token, MaxResults: 50 });
    const answer = await ask('ssm', 'DescribeInstanceInformation', () => ssm.send(command));
    const items = answer.InstanceInformationList?.flatMap(({ InstanceId }) => InstanceId ?? []).filter(isInstance);
    return { items, next: answer.NextToken };
  }, MOST_MACHINES);
}
