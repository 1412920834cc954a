import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LookState, StoredLook } from '../roles.ts';
import { dynamoTable, type Item } from './table.ts';

const PK = 'region-look';

/** How far the look at the Region is, in the ledger's table. IAM: dynamodb:GetItem, dynamodb:PutItem. */
export function dynamoLookState(client: DynamoDBClient, tableName: string): LookState {
  const table = dynamoTable(client, tableName);
  return {
    read: async () => storedIn(await table.get(PK)),
    write: ({ look, until }, version) => {
      const item = { pk: PK, look, until, version: version + 1 };
      const condition = version === 0 ? 'attribute_not_exists(pk)' : 'version = :version';
      return table.write([{ item, condition, ...(version > 0 && { values: { ':version': version } }) }]);
    },
  };
}

function storedIn(item: Item | null): StoredLook & { readonly version: number } {
  const { look = null, until = null, version = 0 } = (item ?? {}) as Partial<StoredLook & { version: number }>;
  return { look, until, version };
}
