/**
 * The outbox over the ledger's table: notices that are owed, each an item of its own, so that sending one never writes an
 * incident. Index `outbox` (outboxIndex, tryAt; sparse; keys only). A notice that was sent stays as a marker for a day.
 *
 * IAM: dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Outbox, OwedNotice } from '../roles.ts';
import { CHANCE } from './chance.ts';
import { expiry, INCIDENT_KEPT, outboxPk, sortable } from './ledger-items.ts';
import { fitted } from './notice-size.ts';
import { dynamoTable, type Item } from './table.ts';
import { type Chance, optimistically, type Step } from './versioned.ts';

const SENT_KEPT = 86_400;
/** No two notices share a version: one starts at a multiple of this, and each attempt to send it adds one. */
const VERSIONS_EACH = 1_000_000;

export function dynamoOutbox(client: DynamoDBClient, tableName: string, chance: Chance = CHANCE): Outbox {
  const table = dynamoTable(client, tableName);
  const change = <T>(id: string, step: (owed: OwedNotice | null) => Changed<T>): Promise<T> =>
    optimistically(table, chance, async (): Promise<Step<T>> => {
      const before = await table.get(outboxPk(id));
      const { answer, after } = step(owedOf(before));
      return { answer, writes: after === null ? [] : [{ before, after }] };
    });
  return {
    due: async (now, limit) => {
      const values = { ':outbox': 'outbox', ':now': sortable(now) };
      const key = 'outboxIndex = :outbox AND tryAt <= :now';
      const items = limit > 0 ? await table.query({ index: 'outbox', key, values, forward: true, limit }) : [];
      return items.map(({ pk }) => String(pk).slice(outboxPk('').length));
    },
    take: (id, now, until) =>
      change(id, (owed) => {
        if (owed === null || sortable(owed.tryAt) > sortable(now)) return { answer: null, after: null };
        return { answer: owed, after: withoutVersion(owedItem({ ...owed, tryAt: until }, now)) };
      }),
    isOwed: async ({ id, revision }) => owedOf(await table.get(outboxPk(id)))?.revision === revision,
    sent: (sent) =>
      change(sent.id, (owed) => {
        if (owed === null || owed.revision !== sent.revision) return { answer: undefined, after: null };
        const expiresAt = expiry(chance.clock.now().toISOString(), SENT_KEPT);
        return { answer: undefined, after: { pk: outboxPk(sent.id), expiresAt } };
      }),
  };
}

type Changed<T> = { readonly answer: T; readonly after: Item | null };

/** As text, which has no shape for a value to fall out of; shortened as SNS needs it, and so it fits an item, too. */
export function owedItem(owed: OwedNotice, at: string): Item {
  return {
    pk: outboxPk(owed.id),
    outboxIndex: 'outbox',
    tryAt: sortable(owed.tryAt),
    owed: JSON.stringify({ ...owed, notice: fitted(owed.notice) }),
    version: owed.revision * VERSIONS_EACH,
    expiresAt: expiry(at, INCIDENT_KEPT),
  };
}

function withoutVersion({ version: _set, ...item }: Item): Item {
  return item;
}

function owedOf(item: Item | null): OwedNotice | null {
  if (item === null || typeof item.owed !== 'string') return null;
  return { ...(JSON.parse(item.owed) as OwedNotice), tryAt: String(item.tryAt) };
}
