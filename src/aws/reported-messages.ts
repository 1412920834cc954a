/** Of which messages people were notified, in the ledger's table. IAM: dynamodb:GetItem, dynamodb:PutItem. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ReportedMessages } from '../roles.ts';
import { expiry } from './ledger-items.ts';
import { dynamoTable } from './table.ts';

/** The longest that SQS keeps a message. */
const KEPT = 14 * 86_400;
const pkOf = (key: string): string => `message#${key}`;

export function dynamoReportedMessages(client: DynamoDBClient, tableName: string): ReportedMessages {
  const table = dynamoTable(client, tableName);
  return {
    has: async (key) => (await table.get(pkOf(key))) !== null,
    add: async (key, now) => {
      await table.write([{ item: { pk: pkOf(key), at: now, expiresAt: expiry(now, KEPT) } }]);
    },
  };
}
