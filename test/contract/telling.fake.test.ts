import { describe } from 'vitest';
import { FakeNotifier } from '../fakes/notifier.ts';
import { FakeQueue } from '../fakes/queue.ts';
import { FakeSwitch } from '../fakes/switch.ts';
import { notifierSuite } from './notifier.suite.ts';
import { queueSuite } from './queue.suite.ts';
import { switchSuite } from './switch.suite.ts';

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

describe('switch', () =>
  switchSuite(async () => {
    const theSwitch = new FakeSwitch();
    return {
      theSwitch,
      write: async (text) => {
        theSwitch.text = text;
      },
      pause: async (pause) => theSwitch.set(pause),
    };
  }));

describe('queue', () =>
  queueSuite(async () => {
    const queue = new FakeQueue();
    return { queue, queueUrl: 'queue', receive: async () => queue.receive('queue') };
  }));
