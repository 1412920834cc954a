import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { dynamoPauseCopy } from '../../../src/aws/pause-copy.ts';

/** A table that answers every call with this, and what it was asked. */
function answering(answer: unknown) {
  const asked: Record<string, unknown>[] = [];
  const handle = async ({ body }: { body: Uint8Array }) => {
    asked.push(JSON.parse(Buffer.from(body).toString()));
    return { response: { statusCode: 200, headers: {}, body: new TextEncoder().encode(JSON.stringify(answer)) } };
  };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ region: 'us-east-1', credentials, requestHandler: { handle } as never });
  return { asked, copy: dynamoPauseCopy(client, 'ledger') };
}

const ITEM = {
  pk: { S: 'pause' },
  value: { S: 'stopped' },
  version: { N: '3' },
  readAt: { S: '2026-03-01T12:00:00Z' },
};

test('the copy is read strongly consistent', async () => {
  const { asked, copy } = answering({ Item: ITEM });
  expect(await copy.read()).toEqual({ value: 'stopped', version: 3, readAt: '2026-03-01T12:00:00Z' });
  expect(asked).toMatchObject([{ Key: { pk: { S: 'pause' } }, ConsistentRead: true }]);
});

test.each([
  ['a value that is no text', { ...ITEM, value: { BOOL: false } }],
  ['a version that is no number', { ...ITEM, version: { S: '3' } }],
  ['no time', { ...ITEM, readAt: { NULL: true } }],
  ['a time that is none', { ...ITEM, readAt: { S: 'noon' } }],
  ['nothing', { pk: { S: 'pause' } }],
])('an item with %s is no copy: SSM is asked', async (_title, Item) => {
  expect(await answering({ Item }).copy.read()).toBeNull();
});

test('the key is the one that the roles of the workers deny to write', async () => {
  const { asked, copy } = answering({});
  await copy.write({ value: 'stopped', version: 3, readAt: '2026-03-01T12:00:00.000Z' });
  const { Item } = asked[0] as { readonly Item: { readonly pk: { readonly S: string } } };
  for (const unit of ['security-groups', 'instances', 'networks']) {
    const role = readFileSync(new URL(`../../../infra/${unit}.yml`, import.meta.url), 'utf8');
    expect(role).toContain(`"ForAnyValue:StringEquals": { dynamodb:LeadingKeys: [${Item.pk.S}] }`);
  }
});
