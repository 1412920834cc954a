/**
 * The copy of the pause flag in the ledger's table, which the workers read: DynamoDB answers all of them at once, and SSM
 * shares 40 calls a second with the whole account. Their roles deny them to write it.
 *
 * IAM: dynamodb:GetItem; for the scheduler and the operator's commands dynamodb:PutItem on the key `pause`.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { PauseReading } from '../domain/pause.ts';
import { plus } from '../domain/time.ts';
import type { PauseCopy } from '../roles.ts';
import { dynamoTable, type Item } from './table.ts';

/** Named by the Deny in the workers' roles (infra/). */
const PAUSE_PK = 'pause';

/** An older reading that arrives late changes nothing. A parameter that was deleted and created again counts its versions from 1. */
const NOT_OLDER = 'attribute_not_exists(pk) OR #version < :version OR (#version = :version AND readAt <= :readAt)';
const CONDITION = `${NOT_OLDER} OR readAt < :settled`;
const SETTLED_SECONDS = 60;

export function dynamoPauseCopy(client: DynamoDBClient, tableName: string): PauseCopy {
  const table = dynamoTable(client, tableName);
  return {
    read: async () => readingOf(await table.get(PAUSE_PK)),
    write: async ({ value, version, readAt }) => {
      const settled = plus(new Date(readAt), -SETTLED_SECONDS);
      await table.write([
        {
          item: { pk: PAUSE_PK, value, version, readAt },
          condition: CONDITION,
          values: { ':version': version, ':readAt': readAt, ':settled': settled },
          names: { '#version': 'version' },
        },
      ]);
    },
  };
}

/** Null for what is not a copy: then SSM is asked. */
function readingOf(item: Item | null): PauseReading | null {
  if (item === null) return null;
  const { value, version, readAt } = item;
  if (typeof value !== 'string' || typeof version !== 'number' || typeof readAt !== 'string') return null;
  return Number.isNaN(Date.parse(readAt)) ? null : { value, version, readAt };
}
