import { expect, it } from 'vitest';
import { countedNotifier } from '../../src/counted-notifier.ts';
import { Refused } from '../../src/roles.ts';
import { perfectNotice } from '../contract/notice.ts';
import { FakeNotifier } from '../fakes/notifier.ts';
import { FakeMeter } from '../fakes/telemetry.ts';

it('what cannot be published is counted, and nothing else', async () => {
  const [notifier, meter] = [new FakeNotifier(), new FakeMeter()];
  const counted = countedNotifier(notifier, meter);
  expect(await counted.publish(perfectNotice(), true)).toMatch(/./);
  expect(meter.counts).toEqual([]);
  notifier.failNext(new Refused('KMSDisabledException'), 'publish');
  await expect(counted.publish(perfectNotice(), true)).rejects.toThrow('KMSDisabledException');
  expect(meter.counts).toEqual([{ name: 'NotificationFailures', dimensions: {}, value: 1 }]);
});
