import { describe, expect, it } from 'vitest';
import { type Datum, rings } from '../alarms/alarm.ts';
import { packagedStack } from './packaged.ts';
import { type JsonObject, resolveTemplate } from './template.ts';

const { packaged, ofType, property } = packagedStack();
const alarm = (id: string) => {
  const [, found] = ofType('AWS::CloudWatch::Alarm').find(([name]) => name === id) ?? [];
  if (found === undefined) throw new Error(`there is no alarm ${id}`);
  return found.Properties;
};
const alarms = () => ofType('AWS::CloudWatch::Alarm').map(([id, { Properties }]) => [id, Properties] as const);

/** A run of equal data points: `[count, value]`, null for none. */
type Stretch = readonly [number, number | null];
function measured(metric: string, dimensions: Datum['dimensions'], ...stretches: readonly Stretch[]): Datum[] {
  const values = stretches.flatMap(([count, value]) => Array.from({ length: count }, () => value));
  return values.flatMap((value, minute) => (value === null ? [] : [{ metric, dimensions, minute, value }]));
}

const QUEUES = [
  ['SecurityGroupsDeadLetters', 'undrift-SecurityGroupsDeadLetterQueue'],
  ['InstancesDeadLetters', 'undrift-InstancesDeadLetterQueue'],
  ['NetworksDeadLetters', 'undrift-NetworksDeadLetterQueue'],
  ['RecheckDeadLetters', 'undrift-RecheckDeadLetterQueue'],
] as const;

describe.each(QUEUES)('%s', (id, queue) => {
  const visible = (...stretches: readonly Stretch[]) =>
    measured('ApproximateNumberOfMessagesVisible', { QueueName: queue }, ...stretches);
  const hidden = (...stretches: readonly Stretch[]) =>
    measured('ApproximateNumberOfMessagesNotVisible', { QueueName: queue }, ...stretches);
  const times = (data: readonly Datum[], lag = 0) => rings(alarm(id), data, { from: 10, to: 120, lag }).length;

  it.each([0, 1, 2, 3])('rings once for each message that is added, where data comes %s minutes late', (lag) => {
    expect(times(visible([20, 0], [40, 1], [60, 2]), lag)).toBe(2);
  });

  it('rings for the first message of a queue that published no data', () => {
    expect(times(visible([60, null], [60, 1]))).toBe(1);
  });

  it('returns to OK while the messages lie there', () => {
    expect(rings(alarm(id), visible([20, 0], [100, 1]), { from: 40, to: 120 })).toEqual([]);
  });

  it('does not ring for a message that is read and comes back', () => {
    expect(times([...visible([20, 1], [15, 0], [85, 1]), ...hidden([20, null], [15, 1], [85, null])])).toBe(0);
  });

  it.each([0, 1, 2])('does not ring for a minute without data while messages lie there, %s minutes late', (lag) => {
    expect(times(visible([20, 3], [1, null], [60, 3]), lag)).toBe(0);
  });

  it('rings for a message that is added just after a minute without data', () => {
    expect(times(visible([20, 3], [1, null], [60, 4]))).toBe(1);
  });

  it('rings for a message that is added while another one is read', () => {
    expect(times([...visible([20, 1], [10, 1], [60, 2]), ...hidden([20, null], [10, 1], [60, null])])).toBe(1);
  });

  it('does not ring when messages are taken out', () => {
    expect(times(visible([60, 3], [60, 1]))).toBe(0);
  });
});

describe('RemediationFailures', () => {
  const failing = (...minutes: readonly number[]) =>
    minutes.map((minute) => ({ metric: 'NewFailures', dimensions: { service: 'undrift-dev' }, minute, value: 1 }));

  it('rings for the second finding that fails while the first goes on to fail', () => {
    expect(rings(alarm('RemediationFailures'), failing(10, 40), { from: 0, to: 60 })).toHaveLength(2);
  });
});

describe('NotificationsFailing', () => {
  const failed = (...minutes: readonly number[]) =>
    minutes.map((minute) => ({
      metric: 'NotificationFailures',
      dimensions: { service: 'undrift-dev' },
      minute,
      value: 1,
    }));

  it('rings within three minutes where the worker and the scheduler are both refused', () => {
    const [first, ...more] = rings(alarm('NotificationsFailing'), failed(10, 12, 13, 14), { from: 0, to: 30 });
    expect([first, more]).toEqual([13, []]);
  });

  it('does not ring for one refusal that the next attempt makes good', () => {
    expect(rings(alarm('NotificationsFailing'), failed(10), { from: 0, to: 30 })).toEqual([]);
  });
});

describe.each([
  ['NobodyListens', 'notifications'],
  ['NobodyHearsAlarms', 'alarms'],
])('%s', (id, topic) => {
  const counted = (of: string, kind: string, count: number) =>
    measured('ConfirmedSubscriptions', { service: 'undrift-dev', topic: of, kind }, [60, count]);
  const other = topic === 'alarms' ? 'notifications' : 'alarms';

  it('rings where only machines are subscribed, whoever is subscribed to the other topic', () => {
    const data = [...counted(topic, 'people', 0), ...counted(topic, 'machines', 3), ...counted(other, 'people', 2)];
    expect(rings(alarm(id), data, { from: 15, to: 60 })).toHaveLength(1);
  });

  it('does not ring where a person is', () => {
    expect(rings(alarm(id), counted(topic, 'people', 1), { from: 15, to: 60 })).toEqual([]);
  });

  it('rings where nothing is counted', () => {
    expect(rings(alarm(id), counted(topic, 'people', 1), { from: 15, to: 90 })).toHaveLength(1);
  });
});

describe.each([
  ['SecurityGroupsHeartbeatLost', 'security-groups'],
  ['InstancesHeartbeatLost', 'instances'],
  ['NetworksHeartbeatLost', 'networks'],
])('%s', (id, unit) => {
  const waited = (of: string, from: number) => {
    const minutes = Array.from({ length: 120 }, (_value, minute) => minute);
    const dimensions = { service: 'undrift-dev', unit: of };
    return minutes.map((minute) => ({
      metric: 'HeartbeatMinutes',
      dimensions,
      minute,
      value: Math.max(0, minute - from),
    }));
  };
  const other = unit === 'networks' ? 'instances' : 'networks';

  it('rings half an hour after a call that does not come back, also while another unit waits longer', () => {
    expect(rings(alarm(id), [...waited(unit, 60), ...waited(other, 0)], { from: 5, to: 119 })).toEqual([91]);
  });

  it('does not ring while calls come back, whatever another unit waits for', () => {
    expect(rings(alarm(id), [...waited(unit, 95), ...waited(other, 0)], { from: 5, to: 119 })).toEqual([]);
  });

  it('does not ring before the first measurement of a new deployment', () => {
    expect(rings(alarm(id), [], { from: 0, to: 60 })).toEqual([]);
  });
});

it.each(['SecurityGroups', 'Instances', 'Networks'])(
  'the scheduler is deployed after what brings its first heartbeat back to %s: a deployment rings no alarm',
  (unit) => {
    const { RecheckLambdaFunction } = packaged().template.Resources;
    const before = (RecheckLambdaFunction as unknown as { DependsOn: readonly string[] }).DependsOn;
    const road = [`${unit}CallsRule`, `${unit}QueuePolicy`, `${unit}LambdaFunction`];
    expect(before).toEqual(expect.arrayContaining(road));
  },
);

describe('the topic of alarms', () => {
  const OWN = { parameters: {} };
  const GIVEN = {
    parameters: {
      ExistingTopicArn: 'arn:aws:sns:us-east-1:123456789012:ours',
      ExistingKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/ours',
    },
  };

  it.each([
    ['a key and a topic of the stack', OWN],
    ['a key and a topic that exist', GIVEN],
  ])('depends on no key, and every alarm rings there, with %s', (_case, place) => {
    const resources = resolveTemplate(packaged().template, place);
    expect(resources.AlarmTopic?.Properties).toEqual({ DisplayName: 'undrift alarms' });
    for (const [id, { Type, Properties }] of Object.entries(resources))
      if (Type === 'AWS::CloudWatch::Alarm')
        expect(Properties.AlarmActions, id).toEqual(['arn:aws:sns:us-east-1:123456789012:undrift-AlarmTopic']);
  });

  it('gets nothing confidential: an alarm names parts of the stack, and no person, account or resource of the account', () => {
    for (const [id, { AlarmDescription, AlarmName, Dimensions, Metrics }] of alarms()) {
      expect(String(AlarmDescription), id).not.toMatch(/arn:|@|\d{12}|\b(?:sg|i|eni|pl|lt)-|\$\{/);
      expect(AlarmName, id).toBeUndefined();
      const named = JSON.stringify([Dimensions ?? [], Metrics ?? []]).matchAll(/"Value":"([^"]+)"/g);
      for (const [, value = ''] of named)
        expect(value, id).toMatch(/^undrift-|^(notifications|alarms|people|security-groups|instances|networks)$/);
    }
  });
});

it('no key of the stack is used for alarms', () => {
  expect(JSON.stringify(property('Key', 'KeyPolicy') as JsonObject)).not.toContain('cloudwatch');
});
