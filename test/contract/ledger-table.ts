import { CreateTableCommand, type DynamoDBClient, type GlobalSecondaryIndex } from '@aws-sdk/client-dynamodb';

/** The table as the deployment makes it. Returns its name. */
export async function createLedgerTable(client: DynamoDBClient, name: string): Promise<string> {
  const attributes = [
    'pk',
    'dueIndex',
    'dueAt',
    'resourceId',
    'updatedAt',
    'recentIndex',
    'outboxIndex',
    'tryAt',
    'groupIndex',
    'groupPlace',
  ];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        index('due', 'dueIndex', 'dueAt'),
        index('resource', 'resourceId', 'updatedAt'),
        index('recent', 'recentIndex', 'updatedAt'),
        index('outbox', 'outboxIndex', 'tryAt'),
        index('group', 'groupIndex', 'groupPlace'),
      ],
    }),
  );
  return name;
}

function index(IndexName: string, hash: string, range: string): GlobalSecondaryIndex {
  return {
    IndexName,
    KeySchema: [
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'KEYS_ONLY' },
  };
}
