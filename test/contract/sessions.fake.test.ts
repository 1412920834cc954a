import { describe } from 'vitest';
import { FakeClock } from '../fakes/clock.ts';
import { FakeSessions } from '../fakes/sessions.ts';
import { counter } from '../fakes/world.ts';
import { sessionsSuite } from './sessions.suite.ts';

const newId = counter('kim');
const newNode = counter('node');

describe('sessions, the fake', () =>
  sessionsSuite(async () => {
    const clock = new FakeClock('2026-03-01T12:00:00.000Z');
    const log = new FakeSessions(clock);
    return {
      log,
      now: () => clock.now(),
      node: async (prefix = 'i-') => `${prefix}${newNode()}`,
      begin: async (target) => {
        const id = newId();
        log.begin(id, target);
        return id;
      },
      end: async (id) => log.end(id),
    };
  }));
