import { describe } from 'vitest';
import type { Beats } from '../../src/domain/heartbeat.ts';
import type { Reminded } from '../../src/domain/reminder.ts';
import { FakeClock } from '../fakes/clock.ts';
import { FakeHeartbeatReturns } from '../fakes/heartbeat.ts';
import { FakeLedger } from '../fakes/ledger.ts';
import { FakeMailBudget } from '../fakes/mail-budget.ts';
import { FakePauseCopy, FakePauseWatch } from '../fakes/pause.ts';
import { FakeLookState } from '../fakes/region.ts';
import { FakeReportedMessages } from '../fakes/reported-messages.ts';
import { FakeWatch } from '../fakes/watch.ts';
import { heartbeatReturnsSuite } from './heartbeat.suite.ts';
import { ledgerSuite } from './ledger.suite.ts';
import { lockSuite } from './lock.suite.ts';
import { lookStateSuite } from './look-state.suite.ts';
import { mailBudgetSuite } from './mail-budget.suite.ts';
import { outboxSuite } from './outbox.suite.ts';
import { pauseCopySuite } from './pause-copy.suite.ts';
import { reportedMessagesSuite } from './reported-messages.suite.ts';
import { slotsSuite } from './slots.suite.ts';
import { watchSuite } from './watch.suite.ts';
import { BEATS, NO_PAUSE, PAUSES, REMINDERS } from './watched.ts';

async function make() {
  const clock = new FakeClock('2026-03-01T12:00:00.000Z');
  const ledger = new FakeLedger(clock);
  return { clock, ledger, outbox: ledger.outbox };
}

describe('ledger', () => ledgerSuite(make));
describe('outbox', () => outboxSuite(make));
describe('slots', () => slotsSuite(make));
describe('locks', () => lockSuite(make));
describe('mail budget', () => mailBudgetSuite(async () => ({ mail: new FakeMailBudget() })));
describe('pause copy', () => pauseCopySuite(async () => new FakePauseCopy()));
describe('look state', () => lookStateSuite(async () => new FakeLookState()));
describe('pause watch', () => watchSuite(async () => new FakePauseWatch(), NO_PAUSE, PAUSES));
describe('heartbeats that were sent', () => watchSuite(async () => new FakeWatch<Beats | null>(null), null, BEATS));
describe('reminders', () => watchSuite(async () => new FakeWatch<Reminded>({}), {}, REMINDERS));
describe('reported messages', () => reportedMessagesSuite(async () => new FakeReportedMessages()));
describe('heartbeats that came back', () => heartbeatReturnsSuite(async () => new FakeHeartbeatReturns()));
