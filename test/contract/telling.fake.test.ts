import { describe } from 'vitest';
import { FakeClock } from '../fakes/clock.ts';
import { FakeDeadLetters, FakeHeartbeatParameter } from '../fakes/heartbeat.ts';
import { FakeNotifier } from '../fakes/notifier.ts';
import { FakePauseParameter } from '../fakes/pause.ts';
import { FakeQueue } from '../fakes/queue.ts';
import { FakeSubscriptions } from '../fakes/subscriptions.ts';
import { deadLettersSuite } from './dead-letters.suite.ts';
import { heartbeatParameterSuite } from './heartbeat.suite.ts';
import { notifierSuite } from './notifier.suite.ts';
import { pauseParameterSuite } from './pause-parameter.suite.ts';
import { queueSuite } from './queue.suite.ts';
import { subscriptionsSuite } from './subscriptions.suite.ts';

describe('notifier', () =>
  notifierSuite(async () => {
    const notifier = new FakeNotifier();
    const heard = async () =>
      notifier.notices.map(({ notice, mail }) => ({
        json: { ...notice.json },
        attributes: { ...notice.attributes, mail: mail ? 'yes' : 'no' },
      }));
    return { notifier, heard };
  }));

describe('pause parameter', () =>
  pauseParameterSuite(async () => {
    const clock = new FakeClock('2026-03-01T12:00:00.000Z');
    const parameter = new FakePauseParameter(clock);
    parameter.text = null;
    const put = async (text: string | null) => {
      parameter.text = text;
    };
    return { parameter, clock, put };
  }));

describe('queue', () =>
  queueSuite(async () => {
    const queue = new FakeQueue();
    return { queue, queueUrl: 'queue', receive: async () => queue.receive('queue') };
  }));

describe('subscriptions', () =>
  subscriptionsSuite(async () => {
    const subscriptions = new FakeSubscriptions();
    subscriptions.people = 0;
    const addQueue = async () => {
      subscriptions.machines += 1;
    };
    const addPerson = async () => {
      subscriptions.people += 1;
    };
    return { subscriptions, addQueue, addPerson };
  }));

describe('dead letters', () =>
  deadLettersSuite(async () => {
    const deadLetters = new FakeDeadLetters();
    const add = async (count: number) => {
      deadLetters.lying += count;
    };
    return { deadLetters, add };
  }));

describe('heartbeat parameter', () =>
  heartbeatParameterSuite(async () => {
    const parameter = new FakeHeartbeatParameter();
    return { parameter, value: async () => parameter.values.at(-1) ?? null };
  }));
