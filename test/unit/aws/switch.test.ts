import type { SSMClient } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { ssmSwitch } from '../../../src/aws/switch.ts';
import { Retryable } from '../../../src/roles.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { awsError, stub } from './stub.ts';

function switchOf(answer: () => unknown, fresh?: number) {
  const clock = new FakeClock('2026-03-01T12:00:00.000Z');
  const { client, asked } = stub({ GetParameter: answer });
  return { clock, asked, theSwitch: ssmSwitch(client as unknown as SSMClient, '/undrift/switch', clock, fresh) };
}

test('an answer is good for five seconds', async () => {
  const { clock, asked, theSwitch } = switchOf(() => ({ Parameter: { Value: '{"paused":false}' } }));
  await theSwitch.read(clock.iso());
  clock.advance(4.999);
  await theSwitch.read(clock.iso());
  expect(asked).toHaveLength(1);
  clock.advance(0.001);
  await theSwitch.read(clock.iso());
  expect(asked).toHaveLength(2);
});

test('for whoever wants to know it as it is now, an answer is good for nothing else', async () => {
  const { clock, asked, theSwitch } = switchOf(() => ({ Parameter: { Value: '{"paused":false}' } }), 0);
  await theSwitch.read(clock.iso());
  await theSwitch.read(clock.iso());
  expect(asked).toHaveLength(2);
});

test('a pause that ends while its answer is still good is over', async () => {
  const paused = { paused: true, until: '2026-03-01T12:00:02Z', reason: 'r', by: 'b', at: '2026-03-01T11:00:00Z' };
  const { theSwitch } = switchOf(() => ({ Parameter: { Value: JSON.stringify(paused) } }));
  expect(await theSwitch.read('2026-03-01T12:00:01.000Z')).not.toBeNull();
  expect(await theSwitch.read('2026-03-01T12:00:02.000Z')).toBeNull();
});

test('a failure is not remembered', async () => {
  let denied = true;
  const { theSwitch, clock } = switchOf(() =>
    denied ? awsError('AccessDeniedException') : { Parameter: { Value: '{"paused":false}' } },
  );
  const reading = theSwitch.read(clock.iso());
  await expect(reading).rejects.toBeInstanceOf(Retryable);
  await expect(reading).rejects.toThrow('/undrift/switch cannot be read: ssm:GetParameter was refused');
  denied = false;
  expect(await theSwitch.read(clock.iso())).toBeNull();
});
