import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { MailBudget } from '../roles.ts';
import { CHANCE } from './chance.ts';
import { MAIL_PK } from './ledger-items.ts';
import { dynamoTable, type Item } from './table.ts';
import { type Chance, optimistically, type Step } from './versioned.ts';
import { admit, digest, digestSent, type MailState, NO_MAIL, takeBack } from './waiting-mail.ts';

/** The mail budget over the ledger's table: one record, changed by whoever read it last. */
export function dynamoMailBudget(client: DynamoDBClient, tableName: string, chance: Chance = CHANCE): MailBudget {
  const table = dynamoTable(client, tableName);
  const change = <T>(step: (state: MailState) => { answer: T; state: MailState | null }): Promise<T> =>
    optimistically(table, chance, async (): Promise<Step<T>> => {
      const before = await table.get(MAIL_PK);
      const { answer, state } = step(stateOf(before));
      return { answer, writes: state === null ? [] : [{ before, after: { pk: MAIL_PK, ...state } }] };
    });
  return {
    admit: (asked, now, perHour) =>
      change((before) => {
        const { admitted, state } = admit(before, asked, now, perHour);
        return { answer: admitted, state };
      }),
    takeBack: (subject, now, admitted) =>
      change((before) => ({ answer: undefined, state: takeBack(before, subject, now, admitted) })),
    dueDigest: async (now) => digest(stateOf(await table.get(MAIL_PK)), now),
    digestSent: (sent, now) => change((before) => ({ answer: undefined, state: digestSent(before, sent, now) })),
  };
}

function stateOf(item: Item | null): MailState {
  if (item === null) return NO_MAIL;
  const { sent, waiting, count, waitingSince } = item as unknown as MailState;
  return { sent, waiting, count, waitingSince };
}
