/**
 * The mail budget over the ledger's table. The record `mail` has the emails of the last hour and is written for an email or a
 * list alone; what waits is an item each (`mail#<id>`), listed by the index `outbox` under its kind. Nothing is deleted: a
 * marker, which expires, takes the place of what was sent.
 *
 * IAM: dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { chunksOf } from '../domain/chunks.ts';
import { ofLastHour } from '../domain/hour.ts';
import {
  goesAtOnce,
  isCounted,
  isRipe,
  listCauses,
  MAIL_KINDS,
  type MailKind,
  type SentEmail,
} from '../domain/mail-hour.ts';
import type { Email, MailBudget, WaitingEmail } from '../roles.ts';
import { CHANCE } from './chance.ts';
import { expiry, MAIL_PK, mailPk, sortable } from './ledger-items.ts';
import { dynamoTable, type Item, type Table } from './table.ts';
import { type Chance, optimistically, type Step } from './versioned.ts';
import { aboutOf, causesOf, collected, type MailState, NOTHING_WAITS, readWaiting } from './waiting-mail.ts';

const DAY = 86_400;
/** Longer than SNS fails. */
const WAITS_KEPT = 14 * DAY;
/** Longer than a notice is owed that was in a list already. */
const LISTED_KEPT = DAY;
/** As many as one list takes; the others wait for the next one. */
const MOST_WAITING = 10_000;
const AT_ONCE = 50;

export function dynamoMailBudget(client: DynamoDBClient, tableName: string, chance: Chance = CHANCE): MailBudget {
  const table = dynamoTable(client, tableName);
  const sentNow = async () => sentOf(await table.get(MAIL_PK));
  /** Writes what `step` makes of the emails of the hour; null changes nothing. */
  const change = <T>(step: (sent: readonly SentEmail[]) => { answer: T; sent: readonly SentEmail[] | null }) =>
    optimistically(table, chance, async (): Promise<Step<T>> => {
      const before = await table.get(MAIL_PK);
      const { answer, sent } = step(sentOf(before));
      return { answer, writes: sent === null ? [] : [{ before, after: { pk: MAIL_PK, emails: sent } }] };
    });
  return {
    admit: async (email, now, perHour) => {
      const { kind } = email;
      const sent = await sentNow();
      if (isCounted(sent, aboutOf(email), now)) return true;
      const first = goesAtOnce(sent, kind, now, perHour) && !(await isWaiting(table, email));
      const counted = first && (await change((sent) => countFirst(sent, email, now, perHour)));
      if (!counted) await collect(table, chance, email, now);
      return counted;
    },
    takeBack: (kind, at) =>
      change((sent) => {
        const index = sent.findLastIndex((it) => it.kind === kind && it.at === at);
        return { answer: undefined, sent: index < 0 ? null : sent.toSpliced(index, 1) };
      }),
    takeList: async (kind, now, perHour) => {
      const waiting = await ripe(table, kind, now, perHour);
      if (waiting.length === 0) return [];
      return change((sent) => {
        const some = waiting.map((it) => ({ since: it.since, severity: it.severity, causes: causesOf(it) }));
        const causes = listCauses(sent, some, { kind, now, perHour });
        if (causes === null) return { answer: [], sent: null };
        return { answer: waiting, sent: [...ofLastHour(sent, now), { kind, at: now, list: true, causes }] };
      });
    },
    listed: async (emails, now) => {
      for (const some of chunksOf(emails, AT_ONCE)) await Promise.all(some.map((it) => markListed(table, it, now)));
    },
  };
}

function countFirst(sent: readonly SentEmail[], email: Email, now: string, perHour: number) {
  const { kind } = email;
  if (!goesAtOnce(sent, kind, now, perHour)) return { answer: false, sent: null };
  const counted = { kind, at: now, list: false, about: aboutOf(email), causes: causesOf(email) };
  return { answer: true, sent: [...ofLastHour(sent, now), counted] };
}

async function isWaiting(table: Table, { id }: Email): Promise<boolean> {
  return stateOf(await table.get(mailPk(id))).waits !== null;
}

async function collect(table: Table, chance: Chance, email: Email, now: string): Promise<void> {
  await optimistically(table, chance, async (): Promise<Step<void>> => {
    const before = await table.get(mailPk(email.id));
    const state = stateOf(before);
    const waits = collected(state, email, now);
    if (waits === null) return { answer: undefined, writes: [] };
    const after = {
      pk: mailPk(email.id),
      outboxIndex: indexOf(waits.kind),
      tryAt: sortable(waits.since),
      email: JSON.stringify(waits),
      ...(state.listed === null ? {} : { listed: state.listed }),
      expiresAt: expiry(now, WAITS_KEPT),
    };
    return { answer: undefined, writes: [{ before, after }] };
  });
}

/** What waits of a kind, once the oldest is ripe, the oldest first. The index may lack the latest; each is read by its key. */
async function ripe(table: Table, kind: MailKind, now: string, perHour: number): Promise<readonly WaitingEmail[]> {
  const query = { index: 'outbox', key: 'outboxIndex = :kind', values: { ':kind': indexOf(kind) }, forward: true };
  const [oldest] = await table.query({ ...query, limit: 1 });
  if (oldest === undefined || !isRipe(String(oldest.tryAt), kind, now, perHour)) return [];
  const keys = await table.query({ ...query, limit: MOST_WAITING });
  const waiting: WaitingEmail[] = [];
  for (const some of chunksOf(keys, AT_ONCE)) {
    for (const item of await Promise.all(some.map(({ pk }) => table.get(String(pk))))) {
      const { waits } = stateOf(item);
      if (waits?.kind === kind) waiting.push({ ...waits, version: Number(item?.version) });
    }
  }
  return waiting;
}

async function markListed(table: Table, { id, revision, version }: WaitingEmail, now: string): Promise<void> {
  const item = { pk: mailPk(id), listed: revision, version: version + 1, expiresAt: expiry(now, LISTED_KEPT) };
  await table.write([{ item, condition: 'version = :version', values: { ':version': version } }]);
}

const indexOf = (kind: MailKind): string => `mail#${kind}`;

/** Before each kind had its own part, `mail` held instants and subjects: they are left out. */
function sentOf(item: Item | null): readonly SentEmail[] {
  return Array.isArray(item?.emails) ? (item.emails as SentEmail[]) : [];
}

function stateOf(item: Item | null): MailState {
  if (item === null) return NOTHING_WAITS;
  const listed = typeof item.listed === 'number' ? item.listed : null;
  if (typeof item.email !== 'string') return { waits: null, listed };
  const kind = MAIL_KINDS.find((each) => indexOf(each) === item.outboxIndex) ?? 'action';
  const unread = { id: String(item.pk).slice(mailPk('').length), kind, since: String(item.tryAt) };
  return { waits: readWaiting(item.email, unread), listed };
}
