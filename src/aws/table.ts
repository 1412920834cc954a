/**
 * The one table, by `pk`. lib-dynamodb adds 12 KB to the client's 323 KB (minified) and spares us a marshaller of our own.
 *
 * IAM: dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query (the table and its indexes).
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { Retryable, Unstorable } from '../roles.ts';
import { ask, isCode, refusal } from './errors.ts';
import { whyNotStorable } from './storable.ts';

export type Item = Readonly<Record<string, unknown>>;
/** A write that holds only while the condition does. */
export type Write = {
  readonly item: Item;
  readonly condition?: string;
  readonly values?: Item;
  readonly names?: Readonly<Record<string, string>>;
};
export type Query = { readonly index: string; readonly key: string; readonly values: Item } & {
  readonly names?: Readonly<Record<string, string>>;
  readonly forward: boolean;
  readonly limit: number;
  /** Behind which entry of the index it begins. */
  readonly from?: Item;
};

export type Table = {
  /** Strongly consistent. */
  get(pk: string): Promise<Item | null>;
  /** All or nothing. `false`: a condition did not hold. @throws Retryable, Unstorable, AwsRefused */
  write(writes: readonly Write[]): Promise<boolean>;
  query(query: Query): Promise<readonly Item[]>;
};

export function dynamoTable(client: DynamoDBClient, name: string): Table {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return {
    get: async (pk) => {
      const command = new GetCommand({ TableName: name, Key: { pk }, ConsistentRead: true });
      return (await ask('dynamodb', 'GetItem', () => documents.send(command))).Item ?? null;
    },
    write: (writes) => write(documents, name, writes),
    query: (query) => runQuery(documents, name, query),
  };
}

async function write(documents: DynamoDBDocumentClient, table: string, writes: readonly Write[]): Promise<boolean> {
  const puts = writes.map(({ item, condition, values, names }) => ({
    TableName: table,
    Item: { ...item },
    ...(condition === undefined ? {} : { ConditionExpression: condition }),
    ...(values === undefined ? {} : { ExpressionAttributeValues: { ...values } }),
    ...(names === undefined ? {} : { ExpressionAttributeNames: { ...names } }),
  }));
  const [first] = puts;
  if (first === undefined) return true;
  for (const { item } of writes) {
    const why = whyNotStorable(item);
    if (why !== null) throw new Unstorable(`${String(item.pk)} cannot be stored: ${why}`);
  }
  try {
    if (puts.length === 1) await documents.send(new PutCommand(first));
    else await documents.send(new TransactWriteCommand({ TransactItems: puts.map((Put) => ({ Put })) }));
    return true;
  } catch (error) {
    if (isCode(error, 'ConditionalCheckFailedException')) return false;
    if (isCode(error, 'TransactionCanceledException')) return cancelled(error);
    const action = puts.length === 1 ? 'PutItem' : 'TransactWriteItems';
    // Of our own requests only the item itself is ever of a form that DynamoDB does not take.
    if (isCode(error, 'ValidationException', 'ItemCollectionSizeLimitExceededException'))
      throw unstorable(action, error);
    throw refusal('dynamodb', action, error);
  }
}

function unstorable(action: string, error: unknown): Unstorable {
  return new Unstorable(refusal('dynamodb', action, error).message);
}

/** A transaction is cancelled for one reason per item: a failed condition is an answer, a conflict or a throttle is not. */
function cancelled(error: unknown): false {
  const { CancellationReasons: reasons = [] } = error as { CancellationReasons?: { Code?: string }[] };
  const codes = reasons.flatMap(({ Code }) => (Code === undefined || Code === 'None' ? [] : [Code]));
  if (codes.includes('ConditionalCheckFailed')) return false;
  if (codes.includes('ValidationError')) throw unstorable('TransactWriteItems', error);
  throw new Retryable(`dynamodb:TransactWriteItems was cancelled (${codes.join(', ') || 'no reason given'})`);
}

/** Pages until `limit` items are there: a page ends at 1 MB, whatever the limit. */
async function runQuery(documents: DynamoDBDocumentClient, table: string, query: Query): Promise<Item[]> {
  const items: Item[] = [];
  let from: QueryCommandInput['ExclusiveStartKey'] = query.from && { ...query.from };
  do {
    const command = new QueryCommand({
      TableName: table,
      IndexName: query.index,
      KeyConditionExpression: query.key,
      ExpressionAttributeValues: { ...query.values },
      ...(query.names === undefined ? {} : { ExpressionAttributeNames: { ...query.names } }),
      ScanIndexForward: query.forward,
      Limit: query.limit - items.length,
      ExclusiveStartKey: from,
    });
    const page = await ask('dynamodb', 'Query', () => documents.send(command));
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined && items.length < query.limit);
  return items;
}
