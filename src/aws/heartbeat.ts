/**
 * The heartbeat: the parameter that the scheduler writes, and what each unit records of it in the ledger's table.
 *
 * IAM: ssm:PutParameter (the scheduler, on this parameter), dynamodb:GetItem, dynamodb:PutItem.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { HeartbeatParameter, HeartbeatReturns } from '../roles.ts';
import { ask } from './errors.ts';
import { dynamoTable } from './table.ts';

export function ssmHeartbeat(client: SSMClient, name: string): HeartbeatParameter {
  return {
    write: async (at) => {
      const command = new PutParameterCommand({ Name: name, Type: 'String', Overwrite: true, Value: at });
      await ask('ssm', 'PutParameter', () => client.send(command));
    },
  };
}

export function dynamoHeartbeatReturns(client: DynamoDBClient, tableName: string): HeartbeatReturns {
  const table = dynamoTable(client, tableName);
  const pkOf = (unit: string) => `heartbeat#${unit}`;
  return {
    last: async (unit) => {
      const at = (await table.get(pkOf(unit)))?.at;
      return typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? at : null;
    },
    record: async (unit, at) => {
      await table.write([
        {
          item: { pk: pkOf(unit), at },
          condition: 'attribute_not_exists(pk) OR #at < :at',
          values: { ':at': at },
          names: { '#at': 'at' },
        },
      ]);
    },
  };
}
