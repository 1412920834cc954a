import { describe, expect, test } from 'vitest';
import { parseInbound } from '../../../src/inbound/index.ts';
import { MalformedEvent } from '../../../src/inbound/malformed.ts';
import { envelope, record } from './perfect.ts';

describe('the envelope vouches', () => {
  test('for the time, when the record has none', () => {
    expect(parseInbound(envelope(record({ eventTime: 'yesterday' })))).toMatchObject({ at: '2026-02-03T04:05:07Z' });
  });

  test('for account and Region, when the record has none', () => {
    const bare = record({ recipientAccountId: undefined, awsRegion: null, userIdentity: null });
    expect(parseInbound(envelope(bare))).toMatchObject({ account: '123456789012', region: 'eu-west-1' });
  });

  test('for account and Region, when the record says otherwise: AWS writes the envelope', () => {
    const elsewhere = envelope(record(), { account: '210987654321', region: 'eu-north-1' });
    expect(parseInbound(elsewhere)).toMatchObject({ account: '210987654321', region: 'eu-north-1' });
  });

  test('but its id is not the identity of the event', () => {
    const first = parseInbound(envelope(record(), { id: '1' }));
    expect(parseInbound(envelope(record(), { id: '2' }))).toEqual(first);
  });

  test.each([
    [
      'time',
      envelope(record({ eventTime: 7 }), { time: 'x' }),
      'detail.eventTime: expected a time such as 2026-02-03T04:05:06Z, found 7',
    ],
    ['source', envelope(record(), { source: 7 }), 'source: expected a string, found 7'],
    ['detail', envelope([]), 'detail: expected an object, found a list of 0'],
    [
      'group',
      envelope(record({ requestParameters: { groupId: 1 }, responseElements: null })),
      'detail.requestParameters.groupId: expected a string, found 1',
    ],
  ])('a fault of %s names the place', (_name, raw, message) => {
    expect(() => parseInbound(raw)).toThrow(new MalformedEvent(message));
  });
});

describe('other events say why they ask nothing', () => {
  const of = (source: string, type: string, detail: unknown = {}) => envelope(detail, { source, 'detail-type': type });
  const scaling = 'an activity of Auto Scaling only hurries the recheck';
  const sample = 'a sample finding of GuardDuty';
  const hub = 'not watched: what Security Hub tells beside imported findings (custom actions, insights, OCSF)';
  test.each([
    [of('aws.autoscaling', 'EC2 Instance Launch Successful'), scaling],
    [of('aws.autoscaling', 'EC2 Instance-terminate Lifecycle Action'), scaling],
    [of('aws.autoscaling', 'EC2 Auto Scaling Instance Refresh Started'), scaling],
    [of('aws.guardduty', 'GuardDuty Finding', { service: { additionalInfo: { sample: true } } }), sample],
    [of('aws.guardduty', 'GuardDuty Finding', { title: '[SAMPLE] x' }), sample],
    [
      of('aws.guardduty', 'GuardDuty Runtime Protection Unhealthy'),
      'not watched: what GuardDuty tells beside findings',
    ],
    [of('aws.securityhub', 'Security Hub Findings - Custom Action'), hub],
    [of('aws.securityhub', 'Security Hub Insight Results'), hub],
    [of('aws.securityhub', 'Findings Imported V2'), hub],
    [of('aws.ssm', 'Parameter Store Change'), 'a change of a parameter, not of a watched resource'],
    [
      of('aws.config', 'Config Configuration Item Change'),
      'not watched: what Config recorded, as the call behind it arrives by CloudTrail',
    ],
    [of('aws.s3', 'Object Created'), 'not watched: Object Created of aws.s3'],
    [of('aws.ec2', 'constructor'), 'not watched: constructor of aws.ec2'],
  ])('%#', (raw, irrelevant) => {
    expect(parseInbound(raw)).toEqual({ irrelevant });
  });

  test('whoever may put events on the bus cannot speak as AWS', () => {
    expect(parseInbound(envelope(record(), { source: 'app.example' }))).toEqual({
      irrelevant: 'not sent by AWS: the source is app.example',
    });
  });

  test.each([[null], [7], ['x'], [[]], [undefined]])('%j is no event', (raw) => {
    expect(() => parseInbound(raw)).toThrow(/^event: expected an object, found /);
  });

  test('an object of another kind is none, either', () => {
    expect(() => parseInbound({})).toThrow('neither an EventBridge event (detail-type) nor a CloudTrail record');
  });
});
