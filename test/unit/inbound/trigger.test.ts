import fc from 'fast-check';
import { expect, it } from 'vitest';
import { triggerOf } from '../../../src/inbound/trigger.ts';

const launch = (group: unknown) => ({
  body: JSON.stringify({ source: 'aws.autoscaling', detail: { AutoScalingGroupName: group } }),
});

it.each([
  ['the schedule', { source: 'aws.events', detail: {} }, { kind: 'clock' }],
  ['a change of the pause parameter', { source: 'aws.ssm', detail: { name: 'x' } }, { kind: 'pause-changed' }],
  ['an operator by hand', {}, { kind: 'clock' }],
  ['nothing', null, { kind: 'clock' }],
  ['an empty batch', { Records: [] }, { kind: 'scaling', groups: new Set(), unread: 0 }],
])('%s makes the scheduler run', (_title, event, expected) => {
  expect(triggerOf(event)).toEqual(expected);
});

it('a batch names each of its groups once', () => {
  const Records = [launch('web'), launch('api'), launch('web')];
  expect(triggerOf({ Records })).toEqual({ kind: 'scaling', groups: new Set(['web', 'api']), unread: 0 });
});

it('messages of a batch that name no group are counted, and the others count', () => {
  const Records = [launch('web'), launch(7), launch(undefined), { body: '{"detail' }, { body: 'null' }, {}, null];
  expect(triggerOf({ Records })).toEqual({ kind: 'scaling', groups: new Set(['web']), unread: 6 });
});

it('whatever comes, there is a trigger', () => {
  fc.assert(
    fc.property(fc.anything(), (event) => {
      expect(triggerOf(event).kind).toMatch(/clock|scaling|pause-changed/);
    }),
  );
  const Records = fc.array(fc.anything());
  fc.assert(
    fc.property(Records, (records) => {
      expect(triggerOf({ Records: records }).kind).toBe('scaling');
    }),
  );
});
