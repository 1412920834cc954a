import { expect, test } from 'vitest';
import type { EventHistory } from '../../src/roles.ts';
import { call } from '../simulation/events.ts';

/** CloudTrail with calls on record. */
export type HistoryScene = {
  readonly history: EventHistory;
  /** Has a call on record, as EventBridge delivers it. */
  happen(event: ReturnType<typeof call>): Promise<void>;
};

/** What the flow relies on of CloudTrail's event history. */
export function eventHistorySuite(make: () => Promise<HistoryScene>): void {
  const at = () => new Date().toISOString();
  const reboot = (instanceId: string) => {
    const requestParameters = { instancesSet: { items: [{ instanceId }] } };
    return call('RebootInstances', at(), { eventID: crypto.randomUUID(), requestParameters });
  };

  test('the record of a call is found by its event id, whole', async () => {
    const { history, happen } = await make();
    const [one, other] = [reboot('i-0123456789abcdef0'), reboot('i-0fedcba9876543210')];
    await happen(one);
    await happen(other);
    expect(JSON.parse((await history.recordOf(one.detail.eventID)) ?? 'null')).toMatchObject({
      eventID: one.detail.eventID,
      eventName: 'RebootInstances',
      requestParameters: { instancesSet: { items: [{ instanceId: 'i-0123456789abcdef0' }] } },
    });
  });

  test('an event that never happened has none', async () => {
    const { history, happen } = await make();
    await happen(reboot('i-0123456789abcdef0'));
    expect(await history.recordOf(crypto.randomUUID())).toBeNull();
  });
}
