import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Pause, SwitchWatch } from '../roles.ts';
import { CHANCE } from './chance.ts';
import { dynamoTable } from './table.ts';
import { type Chance, optimistically, type Step } from './versioned.ts';

const PK = 'switch';

/** What people were last told of the switch, in the ledger's table. */
export function dynamoSwitchWatch(client: DynamoDBClient, tableName: string, chance: Chance = CHANCE): SwitchWatch {
  const table = dynamoTable(client, tableName);
  const last = async () => ((await table.get(PK))?.pause ?? null) as Pause | null;
  return {
    last,
    remember: (pause, before) =>
      optimistically(table, chance, async (): Promise<Step<boolean>> => {
        const item = await table.get(PK);
        if (!same((item?.pause ?? null) as Pause | null, before)) return { answer: false, writes: [] };
        return { answer: true, writes: [{ before: item, after: { pk: PK, pause } }] };
      }),
  };
}

function same(a: Pause | null, b: Pause | null): boolean {
  return a?.at === b?.at && a?.until === b?.until && a?.reason === b?.reason && a?.by === b?.by;
}
