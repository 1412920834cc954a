import { describe } from 'vitest';
import { dynamoClient } from '../../src/aws/clients.ts';
import { systemClock } from '../../src/aws/clock.ts';
import { dynamoLedger } from '../../src/aws/ledger.ts';
import { dynamoMailBudget } from '../../src/aws/mail-budget.ts';
import { FakeClock } from '../fakes/clock.ts';
import { counter } from '../fakes/world.ts';
import { localCloud } from './cloud.ts';
import { ledgerSuite } from './ledger.suite.ts';
import { createLedgerTable } from './ledger-table.ts';
import { mailBudgetSuite } from './mail-budget.suite.ts';
import { slotsSuite } from './slots.suite.ts';

localCloud();
const tableName = counter('ledger');
const newId = counter('write');

async function fresh() {
  const client = dynamoClient('contract');
  const clock = new FakeClock('2026-03-01T12:00:00.000Z');
  // Collisions are waited out for real; what the records say is the fake clock's time.
  const chance = { clock: { now: () => clock.now(), sleep: systemClock.sleep }, random: Math.random, newId };
  return { client, clock, chance, table: await createLedgerTable(client, tableName()) };
}

async function make() {
  const { client, clock, chance, table } = await fresh();
  return { clock, ledger: dynamoLedger(client, table, chance) };
}

describe('ledger', () => ledgerSuite(make));
describe('slots', () => slotsSuite(make));
describe('mail budget', () =>
  mailBudgetSuite(async () => {
    const { client, chance, table } = await fresh();
    return dynamoMailBudget(client, table, chance);
  }));
