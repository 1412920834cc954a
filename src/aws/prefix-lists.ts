/**
 * Managed prefix lists. Rules always use the newest version of a list, so that is what is read.
 *
 * IAM: ec2:DescribeManagedPrefixLists, ec2:GetManagedPrefixListEntries.
 */
import {
  DescribeManagedPrefixListsCommand,
  type EC2Client,
  GetManagedPrefixListEntriesCommand,
  type ManagedPrefixList,
} from '@aws-sdk/client-ec2';
import type { PrefixList } from '../domain/estate.ts';
import { AwsRefused, ask } from './errors.ts';
import { allPages, inChunks } from './paging.ts';

/**
 * The prefix lists with their entries. One that EC2 refuses to show is left out, so that the decision sees that it is
 * unreadable; a throttled call is an error, as a minute later it would be readable.
 * @throws Retryable
 */
export async function readPrefixLists(client: EC2Client, ids: readonly string[]): Promise<readonly PrefixList[]> {
  const known = await orRefused(
    inChunks(ids, (some) => describe(client, some)),
    [],
  );
  const lists = await Promise.all(known.map((list) => orRefused(withEntries(client, list), null)));
  return lists.filter((list) => list !== null);
}

/**
 * One list; null when EC2 knows none of this id (a list that another account does not share any more is the same).
 * @throws AwsRefused when its entries cannot be read, Retryable
 */
export async function readOnePrefixList(client: EC2Client, id: string): Promise<PrefixList | null> {
  const [list] = await describe(client, [id]);
  return list === undefined ? null : withEntries(client, list);
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
async function describe(client: EC2Client, ids: string[]): Promise<readonly ManagedPrefixList[]> {
  const lists = await allPages(async (token) => {
    const page = new DescribeManagedPrefixListsCommand({
      Filters: [{ Name: 'prefix-list-id', Values: ids }],
      NextToken: token,
    });
    const answer = await ask('ec2', 'DescribeManagedPrefixLists', () => client.send(page));
    return { items: answer.PrefixLists, next: answer.NextToken };
  });
  return lists.filter(({ PrefixListId: id }) => id !== undefined && ids.includes(id));
}

async function withEntries(client: EC2Client, list: ManagedPrefixList): Promise<PrefixList> {
  const entries = await allPages(async (token) => {
    const page = new GetManagedPrefixListEntriesCommand({
      PrefixListId: list.PrefixListId,
      MaxResults: 100,
      NextToken: token,
    });
    const answer = await ask('ec2', 'GetManagedPrefixListEntries', () => client.send(page));
    return { items: answer.Entries, next: answer.NextToken };
  });
  const described = entries.flatMap(({ Cidr, Description }) => (Cidr && Description ? [[Cidr, Description]] : []));
  return {
    id: list.PrefixListId ?? '',
    name: list.PrefixListName ?? null,
    ownerId: list.OwnerId ?? null,
    cidrs: entries.flatMap(({ Cidr }) => Cidr ?? []),
    // A list of AWS has none: its versions are AWS's own.
    version: list.Version ?? null,
    descriptions: Object.fromEntries(described),
  };
}
