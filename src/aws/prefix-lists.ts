import {
  DescribeManagedPrefixListsCommand,
  type EC2Client,
  GetManagedPrefixListEntriesCommand,
  type ManagedPrefixList,
} from '@aws-sdk/client-ec2';
import type { PrefixList } from '../domain/estate.ts';
import { AwsRefused, ask } from './errors.ts';

/**
 * The prefix lists with the entries of their newest version. One that EC2 refuses to show is left out, so that the
 * decision sees that it is unreadable; a throttled call is an error, as a minute later it would be readable.
 * @throws Retryable
 */
export async function readPrefixLists(client: EC2Client, ids: readonly string[]): Promise<PrefixList[]> {
  if (ids.length === 0) return [];
  const known = await orRefused(describe(client, ids), []);
  const lists = await Promise.all(known.map((list) => orRefused(withEntries(client, list), null)));
  return lists.filter((list) => list !== null);
}

async function orRefused<T, U>(answer: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AwsRefused) return otherwise;
    throw error;
  }
}

/** By filter, not by id: one list that is gone would fail the call for all. */
async function describe(client: EC2Client, ids: readonly string[]): Promise<ManagedPrefixList[]> {
  const lists: ManagedPrefixList[] = [];
  let token: string | undefined;
  do {
    const page = new DescribeManagedPrefixListsCommand({
      Filters: [{ Name: 'prefix-list-id', Values: [...ids] }],
      NextToken: token,
    });
    const answer = await ask('ec2', 'DescribeManagedPrefixLists', () => client.send(page));
    lists.push(...(answer.PrefixLists ?? []));
    token = answer.NextToken;
  } while (token);
  return lists.filter(({ PrefixListId: id }) => id !== undefined && ids.includes(id));
}

async function withEntries(client: EC2Client, list: ManagedPrefixList): Promise<PrefixList> {
  const cidrs: string[] = [];
  let token: string | undefined;
  do {
    const page = new GetManagedPrefixListEntriesCommand({
      PrefixListId: list.PrefixListId,
      MaxResults: 100,
      NextToken: token,
    });
    const answer = await ask('ec2', 'GetManagedPrefixListEntries', () => client.send(page));
    cidrs.push(...(answer.Entries ?? []).flatMap(({ Cidr }) => Cidr ?? []));
    token = answer.NextToken;
  } while (token);
  return { id: list.PrefixListId ?? '', name: list.PrefixListName ?? null, ownerId: list.OwnerId ?? null, cidrs };
}
