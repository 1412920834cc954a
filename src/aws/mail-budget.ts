import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { MailBudget } from '../roles.ts';
import { CHANCE } from './chance.ts';
import { MAIL_PK } from './ledger-items.ts';
import { dynamoTable, type Item } from './table.ts';
import { type Chance, optimistically, type Step } from './versioned.ts';
import { admit, digest, type MailState, NO_MAIL, putBack } from './waiting-mail.ts';

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
    admit: (subject, now, perHour) =>
      change((before) => {
        const { admitted, state } = admit(before, subject, now, perHour);
        return { answer: admitted, state };
      }),
    takeDigest: (now) =>
      change((before) => {
        const due = digest(before, now);
        return due === null ? { answer: NOTHING, state: null } : { answer: due.digest, state: due.state };
      }),
    putBack: (lost, now) => change((before) => ({ answer: undefined, state: putBack(before, lost, now) })),
  };
}

const NOTHING = { subjects: [] as readonly string[], count: 0 };

function stateOf(item: Item | null): MailState {
  if (item === null) return NO_MAIL;
  const { sent, waiting, count, waitingSince } = item as unknown as MailState;
  return { sent, waiting, count, waitingSince };
}
