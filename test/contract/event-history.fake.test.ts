import { describe } from 'vitest';
import { FakeEventHistory } from '../fakes/event-history.ts';
import { eventHistorySuite } from './event-history.suite.ts';

describe('event history, the fake', () =>
  eventHistorySuite(async () => {
    const history = new FakeEventHistory();
    return { history, happen: async (event) => history.add(event) };
  }));
