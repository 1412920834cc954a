import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe } from 'vitest';
import { cloudTrailClient } from '../../src/aws/clients.ts';
import { Deadline } from '../../src/aws/deadline.ts';
import { cloudTrailHistory } from '../../src/aws/event-history.ts';
import { localCloud } from './cloud.ts';
import { eventHistorySuite } from './event-history.suite.ts';

localCloud();

describe('event history, on CloudTrail', () =>
  eventHistorySuite(async () => ({
    history: cloudTrailHistory(cloudTrailClient('contract', new Deadline())),
    happen: async ({ source, 'detail-type': DetailType, detail }) => {
      const entry = { Source: source, DetailType, Detail: JSON.stringify(detail) };
      await new EventBridgeClient().send(new PutEventsCommand({ Entries: [entry] }));
    },
  })));
