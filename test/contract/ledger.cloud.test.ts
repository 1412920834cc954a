import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { dynamoClient } from '../../src/aws/clients.ts';
import { systemClock } from '../../src/aws/clock.ts';
import { Deadline } from '../../src/aws/deadline.ts';
import { dynamoHeartbeatReturns } from '../../src/aws/heartbeat.ts';
import { ITEM_LIMIT, itemSize } from '../../src/aws/item-size.ts';
import { dynamoLedger } from '../../src/aws/ledger.ts';
import { dynamoLookState } from '../../src/aws/look-state.ts';
import { dynamoMailBudget } from '../../src/aws/mail-budget.ts';
import { dynamoOutbox } from '../../src/aws/outbox.ts';
import { dynamoPauseCopy } from '../../src/aws/pause-copy.ts';
import { dynamoReportedMessages } from '../../src/aws/reported-messages.ts';
import { dynamoTable } from '../../src/aws/table.ts';
import { dynamoPauseWatch, dynamoWatch } from '../../src/aws/watch.ts';
import { readBeats } from '../../src/domain/heartbeat.ts';
import { readReminded } from '../../src/domain/reminder.ts';
import { Superseded, Unstorable } from '../../src/roles.ts';
import { FakeClock } from '../fakes/clock.ts';
import { counter } from '../fakes/world.ts';
import { localCloud } from './cloud.ts';
import { perfectEmail } from './email.ts';
import { heartbeatReturnsSuite } from './heartbeat.suite.ts';
import { perfectIncident } from './incident.ts';
import { ledgerSuite } from './ledger.suite.ts';
import { createLedgerTable } from './ledger-table.ts';
import { lockSuite } from './lock.suite.ts';
import { lookStateSuite } from './look-state.suite.ts';
import { mailBudgetSuite } from './mail-budget.suite.ts';
import { outboxSuite } from './outbox.suite.ts';
import { pauseCopySuite } from './pause-copy.suite.ts';
import { reportedMessagesSuite } from './reported-messages.suite.ts';
import { slotsSuite } from './slots.suite.ts';
import { watchSuite } from './watch.suite.ts';
import { BEATS, NO_PAUSE, PAUSES, REMINDERS } from './watched.ts';

localCloud();
const tableName = counter('ledger');
const newId = counter('write');

async function fresh() {
  const client = dynamoClient('contract', new Deadline());
  const clock = new FakeClock('2026-03-01T12:00:00.000Z');
  // Collisions are waited out for real; what the records say is the fake clock's time. Where twenty ask one emulator at
  // once, the usual wait is so short that once in hundreds of runs somebody has bad luck eight times, and gives up.
  const sleep = (milliseconds: number) => systemClock.sleep(4 * milliseconds);
  const chance = { clock: { now: () => clock.now(), sleep }, random: Math.random, newId };
  return { client, clock, chance, table: await createLedgerTable(client, tableName()) };
}

async function make() {
  const { client, clock, chance, table } = await fresh();
  return { clock, ledger: dynamoLedger(client, table, chance), outbox: dynamoOutbox(client, table, chance) };
}

describe('ledger', () => ledgerSuite(make));
describe('outbox', () => outboxSuite(make));
describe('slots', () => slotsSuite(make));
describe('locks', () => lockSuite(make));
describe('mail budget', () =>
  mailBudgetSuite(async () => {
    const { client, chance, table } = await fresh();
    return { mail: dynamoMailBudget(client, table, chance) };
  }));

describe('reported messages', () =>
  reportedMessagesSuite(async () => {
    const { client, table } = await fresh();
    return dynamoReportedMessages(client, table);
  }));

describe('pause copy', () =>
  pauseCopySuite(async () => {
    const { client, table } = await fresh();
    return dynamoPauseCopy(client, table);
  }));

describe('look state', () =>
  lookStateSuite(async () => {
    const { client, table } = await fresh();
    return dynamoLookState(client, table);
  }));

async function freshWatch<T>(read: (told: unknown) => T) {
  const { client, chance, table } = await fresh();
  return dynamoWatch(client, table, { pk: 'watch', read }, chance);
}
describe('pause watch', () => {
  const make = async () => {
    const { client, chance, table } = await fresh();
    return dynamoPauseWatch(client, table, chance);
  };
  watchSuite(make, NO_PAUSE, PAUSES);
});
describe('heartbeats that were sent', () => watchSuite(() => freshWatch(readBeats), null, BEATS));
describe('reminders', () => watchSuite(() => freshWatch(readReminded), {}, REMINDERS));

describe('a write that is sent again because its answer was lost', () => {
  /** As the SDK does after a time-out: the first attempt had its effect, the second is what the caller hears of. */
  async function twice() {
    const { client, chance, table } = await fresh();
    const resend =
      (next: (args: never) => Promise<never>, context: { commandName?: string }) => async (args: never) => {
        if (/^(PutItem|TransactWriteItems)Command$/.test(context.commandName ?? '')) await next(args);
        return next(args);
      };
    client.middlewareStack.add(resend as never, { step: 'initialize', name: 'resend' });
    return { ledger: dynamoLedger(client, table, chance), mail: dynamoMailBudget(client, table, chance) };
  }

  test.each([[null], ['request-1']])('is not superseded by itself (request id: %s)', async (requestId) => {
    const { ledger } = await twice();
    const first = await ledger.put(perfectIncident(), requestId);
    const second = await ledger.put(first, requestId);
    expect((await ledger.get(second.key))?.revision).toBe(2);
    await expect(ledger.put(first)).rejects.toBeInstanceOf(Superseded);
  });

  test('counts a slot and a mail once', async () => {
    const { ledger, mail } = await twice();
    const [now, until] = ['2026-03-01T12:00:00.000Z', '2026-03-01T12:20:00.000Z'];
    const request = { group: 'web', perGroup: 5, perHour: 2, severity: 'high', now, until } as const;
    expect((await ledger.takeSlot({ ...request, instanceId: 'i-1', incidentKey: 'a' })).kind).toBe('taken');
    expect((await ledger.takeSlot({ ...request, group: 'api', instanceId: 'i-2', incidentKey: 'b' })).kind).toBe(
      'taken',
    );
    expect((await ledger.takeSlot({ ...request, instanceId: 'i-3', incidentKey: 'c' })).kind).toBe('full');
    expect(await mail.admit(perfectEmail({ id: 'a' }), now, 20)).toBe(true);
    expect(await mail.admit(perfectEmail({ id: 'b' }), now, 20)).toBe(false);
    expect(await mail.takeList('action', '2026-03-01T12:05:00.000Z', 20)).toHaveLength(1);
  });
});

test('the indexes hold what people search by, and an incident with nothing due is not in that of the due', async () => {
  const { client, chance, table } = await fresh();
  await dynamoLedger(client, table, chance).put(perfectIncident({ dueAt: null }));
  const { Items: [item = {}] = [] } = await client.send(new ScanCommand({ TableName: table }));
  expect(item).toMatchObject({
    pk: { S: `incident#${perfectIncident().key}` },
    status: { S: 'held' },
    version: { N: '1' },
    rule: { S: 'internet' },
  });
  expect(item.incident).toHaveProperty('M');
  // 2026-03-01T12:00:00Z is 1772366400; 400 days later.
  expect(item.expiresAt).toEqual({ N: String(1_772_366_400 + 34_560_000) });
  expect(Object.keys(item)).not.toContain('dueAt');
  expect(Object.keys(item)).not.toContain('dueIndex');
});

test('an item is refused where DynamoDB says that it is too large, and not before', async () => {
  const { client, table: name } = await fresh();
  const table = dynamoTable(client, name);
  const item = (bytes: number) => ({ pk: 'p', text: 'x'.repeat(bytes - itemSize({ pk: 'p', text: '' })) });
  expect(itemSize(item(ITEM_LIMIT))).toBe(ITEM_LIMIT);
  expect(await table.write([{ item: item(ITEM_LIMIT) }])).toBe(true);
  await expect(table.write([{ item: item(ITEM_LIMIT + 1) }])).rejects.toBeInstanceOf(Unstorable);
});

test('a record that was written over is no empty one', async () => {
  const { client, chance, table } = await fresh();
  const ledger = dynamoLedger(client, table, chance);
  const { key } = await ledger.put(perfectIncident());
  const odd = { version: { N: '7' }, resourceId: { S: 'sg-0123456789abcdef0' }, incident: { S: 'overwritten' } };
  await client.send(new PutItemCommand({ TableName: table, Item: { pk: { S: `incident#${key}` }, ...odd } }));
  expect(await ledger.get(key)).toMatchObject({ key, revision: 7, status: 'held', guard: 'unreadable' });
});

test('the budgets of before claims had names are read, and written anew', async () => {
  const { client, chance, table } = await fresh();
  const [now, until] = ['2026-03-01T12:00:00.000Z', '2026-03-01T12:20:00.000Z'];
  const marked = { waiting: { M: { high: { S: '2026-03-01T12:01:00.000Z' } } }, version: { N: '1' } };
  const group = { pk: { S: 'budget#group#web' }, slots: { M: {} }, paired: { L: [] }, ...marked };
  const account = { pk: { S: 'budget#account' }, begun: { L: [] }, ...marked };
  for (const Item of [group, account]) await client.send(new PutItemCommand({ TableName: table, Item }));
  const ledger = dynamoLedger(client, table, chance);
  const request = { group: 'web', perGroup: 1, perHour: 9, severity: 'medium', now, until } as const;
  const medium = { ...request, instanceId: 'i-1', incidentKey: 'a' };
  expect((await ledger.takeSlot(medium)).kind).toBe('full');
  const high = { ...request, instanceId: 'i-2', incidentKey: 'b', severity: 'high' } as const;
  expect((await ledger.takeSlot(high)).kind).toBe('taken');
  await ledger.releaseSlot({ group: 'web', instanceId: 'i-2', incidentKey: 'b', successor: null });
  const later = { ...medium, now: '2026-03-01T12:01:00.000Z' };
  expect((await ledger.takeSlot(later)).kind).toBe('taken');
});

test('the record of emails from before kinds is read as none, and written anew', async () => {
  const { client, chance, table } = await fresh();
  const waiting = { L: [{ M: { subject: { S: 'a' }, severity: { S: 'low' } } }] };
  const old = { sent: { L: [{ S: '2026-03-01T11:59:00.000Z' }] }, waiting, count: { N: '1' }, version: { N: '3' } };
  await client.send(new PutItemCommand({ TableName: table, Item: { pk: { S: 'mail' }, ...old } }));
  const mail = dynamoMailBudget(client, table, chance);
  expect(await mail.admit(perfectEmail(), '2026-03-01T12:00:00.000Z', 20)).toBe(true);
  expect(await mail.admit(perfectEmail({ id: 'b' }), '2026-03-01T12:00:01.000Z', 20)).toBe(false);
});

describe('heartbeats that came back', () =>
  heartbeatReturnsSuite(async () => {
    const { client, table } = await fresh();
    return dynamoHeartbeatReturns(client, table);
  }));
