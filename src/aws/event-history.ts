/**
 * CloudTrail's event history: the management events of the last 90 days in this Region, without a trail. An event appears there
 * "within about 5 minutes" and up to 15, and LookupEvents takes two requests a second (AWS CloudTrail User Guide, "Working with
 * CloudTrail event history"; API Reference, LookupEvents).
 *
 * IAM: cloudtrail:LookupEvents.
 */
import { type CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import type { EventHistory } from '../roles.ts';
import { ask } from './errors.ts';

export function cloudTrailHistory(client: CloudTrailClient): EventHistory {
  return {
    async recordOf(eventId) {
      const command = new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventId', AttributeValue: eventId }],
        MaxResults: 1,
      });
      const { Events = [] } = await ask('cloudtrail', 'LookupEvents', () => client.send(command));
      const found = Events.find(({ EventId }) => EventId === eventId);
      return found?.CloudTrailEvent ?? null;
    },
  };
}
