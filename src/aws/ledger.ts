/**
 * The ledger over DynamoDB. Indexes (keys only): `due` (dueIndex, dueAt; sparse), `resource`
 * (resourceId, updatedAt), `recent` (recentIndex, updatedAt), `group` (`ledger-line.ts`). They lag behind the table: what they list
 * is read again, and written only on the condition of its version.
 *
 * IAM: dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { chunksOf } from '../domain/chunks.ts';
import type { Incident, Inverse } from '../domain/incident.ts';
import { lineOf, underWayIn } from '../domain/line.ts';
import type { Reading } from '../domain/reading.ts';
import { type DuePage, type DuePlace, type Ledger, type OwedNotice, Superseded } from '../roles.ts';
import { CHANCE } from './chance.ts';
import * as records from './ledger-items.ts';
import { afterGroup, groupNamed, underWayQuery, waitingIn } from './ledger-line.ts';
import { lock, unlock } from './ledger-locks.ts';
import { askHour, begunLately, groupRecords, pairedSuccessors, releaseSlot, takeSlot } from './ledger-slots.ts';
import { owedItem } from './outbox.ts';
import { inverseIn, preImagePks } from './pre-images.ts';
import { planned, refuseUnstorable } from './put-plan.ts';
import { readingOf, storedReading } from './readings.ts';
import { dynamoTable, type Item, type Query, type Table, type Write } from './table.ts';
import type { Chance } from './versioned.ts';

/** As many as a client has connections for. */
const READS_AT_ONCE = 50;

export function dynamoLedger(client: DynamoDBClient, tableName: string, chance: Chance = CHANCE): Ledger {
  const table = dynamoTable(client, tableName);
  const now = () => chance.clock.now();
  return {
    get: async (key) => records.incidentOf(await table.get(records.incidentPk(key)), now()),
    inverseOf: (incident) => inverse(table, incident),
    put: (incident, requestId, owed) => put(table, chance, incident, requestId ?? null, owed ?? null),
    due: (at, limit, from = null) => due(table, now(), at, limit, from),
    of: (resourceId) => list(table, now(), ofResource(resourceId)),
    recent: (limit) => list(table, now(), recent(limit)),
    knowsRequest: async (requestId) => {
      const item = await table.get(records.requestPk(requestId));
      return item !== null && !records.expired(item, now());
    },
    lastReading: async (resourceId) => readingOf(await table.get(records.readingPk(resourceId))),
    recordReading: (resourceId, reading, at) => recordReading(table, resourceId, reading, at),
    takeSlot: (request) => takeSlot(table, chance, request),
    askHour: (request) => askHour(table, chance, request),
    begunLately: () => begunLately(table, chance),
    line: async (group, limit) => {
      const listed = await list(table, now(), waitingIn(group, limit));
      return listed.filter((incident) => lineOf(incident) === group);
    },
    nextLine: async (after) => {
      const [first] = await table.query(afterGroup(after));
      return first === undefined ? null : groupNamed(first);
    },
    underWay: async (group) => {
      const listed = await list(table, now(), underWayQuery(group));
      return listed.filter((incident) => underWayIn(incident) === group);
    },
    releaseSlot: (release) => releaseSlot(table, chance, release),
    lock: (resourceId, at, until) => lock(table, chance, resourceId, at, until),
    unlock: (resourceId, key) => unlock(table, chance, resourceId, key),
    groupRecords: (group) => groupRecords(table, chance, group),
    pairedSuccessors: (group) => pairedSuccessors(table, group),
  };
}

async function put(
  table: Table,
  chance: Chance,
  incident: Incident,
  requestId: string | null,
  owed: OwedNotice | null,
): Promise<Incident> {
  const { raised, before } = planned(incident);
  const writeId = chance.newId();
  const item = records.incidentItem(raised, writeId);
  refuseUnstorable(item);
  await Promise.all(before.map((part) => table.write([{ item: part }])));
  const writes: Write[] = [conditional(item, incident.revision, chance.clock.now())];
  if (requestId !== null) writes.push({ item: requestItem(requestId, incident) });
  if (owed !== null) writes.push({ item: owedItem(owed, incident.updatedAt) });
  if (await table.write(writes)) return raised;
  // A write whose answer was lost is sent again by the SDK, and then fails on its own success.
  const stored = await table.get(records.incidentPk(incident.key));
  if (stored?.writeId === writeId) return raised;
  const found = String(stored?.version ?? 'none');
  throw new Superseded(`incident ${incident.id}: the ledger stores version ${found}, not ${incident.revision}`);
}

/** A record whose time is over counts as none, although DynamoDB may not have deleted it yet. */
function conditional(item: Item, version: number, now: Date): Write {
  if (version > 0) return { item, condition: 'version = :version', values: { ':version': version } };
  const condition = 'attribute_not_exists(version) OR expiresAt <= :now';
  return { item, condition, values: { ':now': Math.floor(now.getTime() / 1000) } };
}

async function inverse(table: Table, { id, inverse: known, preImage }: Incident): Promise<Inverse> {
  if (known !== null || preImage === undefined) return known;
  const parts = await Promise.all(preImagePks(id, preImage).map((pk) => table.get(pk)));
  return inverseIn(parts, preImage);
}

function requestItem(requestId: string, incident: Incident): Item {
  return {
    pk: records.requestPk(requestId),
    incidentKey: incident.key,
    expiresAt: records.expiry(incident.updatedAt, records.REQUEST_KEPT),
  };
}

/** What an index lists, each read again by itself: an index lags, and nothing may be decided on or written from what it shows. */
async function list(table: Table, now: Date, query: Query): Promise<Incident[]> {
  return readAgain(table, now, query.limit > 0 ? await table.query(query) : []);
}

async function readAgain(table: Table, now: Date, listed: readonly Item[]): Promise<Incident[]> {
  const items: (Item | null)[] = [];
  for (const some of chunksOf(listed, READS_AT_ONCE)) {
    items.push(...(await Promise.all(some.map(({ pk }) => table.get(String(pk))))));
  }
  return items.map((item) => records.incidentOf(item, now)).filter((incident) => incident !== null);
}

async function due(table: Table, now: Date, at: string, limit: number, from: DuePlace | null): Promise<DuePage> {
  const listed = limit > 0 ? await table.query(dueBy(at, limit, from)) : [];
  const incidents = await readAgain(table, now, listed);
  const last = listed.length < limit ? undefined : listed.at(-1);
  return {
    incidents: incidents.filter(({ dueAt }) => dueAt !== null && records.sortable(dueAt) <= records.sortable(at)),
    next: last === undefined ? null : { key: String(last.pk), dueAt: String(last.dueAt) },
  };
}

/** A page begins behind the entry that the one before ended with, also when that has moved on meanwhile. */
function dueBy(at: string, limit: number, from: DuePlace | null): Query {
  const values = { ':due': 'due', ':at': records.sortable(at) };
  const query = { index: 'due', key: 'dueIndex = :due AND dueAt <= :at', values, forward: true, limit };
  return from === null ? query : { ...query, from: { pk: from.key, dueIndex: 'due', dueAt: from.dueAt } };
}

function ofResource(id: string): Query {
  return {
    index: 'resource',
    key: 'resourceId = :id',
    values: { ':id': id },
    forward: false,
    limit: records.OF_RESOURCE,
  };
}

function recent(limit: number): Query {
  const values = { ':incident': 'incident' };
  return { index: 'recent', key: 'recentIndex = :incident', values, forward: false, limit };
}

/** An older reading that arrives late changes nothing. */
async function recordReading(table: Table, resourceId: string, reading: Reading, at: string): Promise<void> {
  const stored = storedReading(resourceId, reading);
  if (stored === null) return;
  const item = {
    pk: records.readingPk(resourceId),
    reading: stored,
    at: records.sortable(at),
    expiresAt: records.expiry(at, reading.kind === 'closing' ? records.REQUEST_KEPT : records.INCIDENT_KEPT),
  };
  const condition = 'attribute_not_exists(pk) OR #at <= :at';
  await table.write([{ item, condition, values: { ':at': item.at }, names: { '#at': 'at' } }]);
}
