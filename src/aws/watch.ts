import { isDeepStrictEqual } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { PauseTold, PauseWatch, Watch } from '../roles.ts';
import { CHANCE } from './chance.ts';
import { dynamoTable, type Item } from './table.ts';
import { type Chance, optimistically, type Step } from './versioned.ts';

/**
 * What one run of the scheduler leaves to the next, an item of the ledger's table. `read` takes anything, and undefined where nothing was left.
 *
 * IAM: dynamodb:GetItem, dynamodb:PutItem.
 */
export function dynamoWatch<T>(
  client: DynamoDBClient,
  tableName: string,
  { pk, read }: { readonly pk: string; readonly read: (told: unknown) => T },
  chance: Chance = CHANCE,
): Watch<T> {
  const table = dynamoTable(client, tableName);
  const toldOf = (item: Item | null): T => read(item?.told);
  return {
    last: async () => toldOf(await table.get(pk)),
    remember: (told, before) =>
      optimistically(table, chance, async (): Promise<Step<boolean>> => {
        const item = await table.get(pk);
        if (!isDeepStrictEqual(toldOf(item), before)) return { answer: false, writes: [] };
        return { answer: true, writes: [{ before: item, after: { pk, told } }] };
      }),
  };
}

/** What people were last notified of about the pause flag. */
export function dynamoPauseWatch(client: DynamoDBClient, tableName: string, chance: Chance = CHANCE): PauseWatch {
  const nothing: PauseTold = { value: { kind: 'running' }, unreadable: false };
  const read = (told: unknown) => (told as PauseTold | undefined) ?? nothing;
  return dynamoWatch(client, tableName, { pk: 'pause-told', read }, chance);
}
