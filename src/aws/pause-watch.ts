import { isDeepStrictEqual } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { PauseTold, PauseWatch } from '../roles.ts';
import { CHANCE } from './chance.ts';
import { dynamoTable, type Item } from './table.ts';
import { type Chance, optimistically, type Step } from './versioned.ts';

const PK = 'pause-told';
const NOTHING_YET: PauseTold = { value: { kind: 'running' }, unreadable: false };

/** What people were last notified of about the pause flag, in the ledger's table. IAM: dynamodb:GetItem, dynamodb:PutItem. */
export function dynamoPauseWatch(client: DynamoDBClient, tableName: string, chance: Chance = CHANCE): PauseWatch {
  const table = dynamoTable(client, tableName);
  return {
    last: async () => toldOf(await table.get(PK)),
    remember: (told, before) =>
      optimistically(table, chance, async (): Promise<Step<boolean>> => {
        const item = await table.get(PK);
        if (!isDeepStrictEqual(toldOf(item), before)) return { answer: false, writes: [] };
        return { answer: true, writes: [{ before: item, after: { pk: PK, told } }] };
      }),
  };
}

function toldOf(item: Item | null): PauseTold {
  return (item?.told as PauseTold | undefined) ?? NOTHING_YET;
}
