import { describe, expect, test } from 'vitest';
import { parseConfigInvocation, parseConfigItem } from '../../../src/inbound/config-item.ts';
import { parseInbound } from '../../../src/inbound/index.ts';
import { MalformedEvent } from '../../../src/inbound/malformed.ts';
import { root } from '../../../src/inbound/reader.ts';
import { ACCOUNT, compliance, GROUP, INSTANCE } from './perfect.ts';

describe("a Config rule's verdict", () => {
  test('names a resource', () => {
    expect(parseInbound(compliance())).toEqual({
      source: 'config',
      name: 'restricted-ssh',
      fact: { kind: 'verdict', by: 'restricted-ssh', transition: true },
      resources: [{ type: 'security-group', id: GROUP }],
      actor: { arn: null, type: null, issuerArn: null, sourceIdentity: null, instanceId: null, invokedBy: null },
      at: '2026-02-03T04:05:05.123Z',
      eventId: `arn:aws:config:eu-west-1:${ACCOUNT}:config-rule/config-rule-ab12cd/${GROUP}/2026-02-03T04:05:05.123Z`,
      requestId: null,
      account: ACCOUNT,
      region: 'eu-west-1',
    });
  });

  test.each([
    [
      'an instance',
      compliance({ resourceType: 'AWS::EC2::Instance', resourceId: INSTANCE }),
      { resources: [{ type: 'instance', id: INSTANCE }] },
    ],
    ['no transition', compliance({ oldEvaluationResult: null }), { fact: { transition: false } }],
    [
      'a transition from elsewhere',
      compliance({ oldEvaluationResult: { complianceType: 'NOT_APPLICABLE' } }),
      { fact: { transition: false } },
    ],
    [
      'no time of its own',
      compliance({}, { resultRecordedTime: null }),
      { at: '2026-02-03T04:05:07Z', eventId: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee' },
    ],
    [
      'a time in milliseconds',
      compliance({}, { resultRecordedTime: 1770091505000 }),
      { at: '2026-02-03T04:05:05.000Z' },
    ],
  ])('%s', (_name, raw, expected) => {
    expect(parseInbound(raw)).toMatchObject(expected);
  });

  test.each([
    [compliance({}, { complianceType: 'COMPLIANT' }), 'Config says COMPLIANT'],
    [compliance({}, { complianceType: 'NOT_APPLICABLE' }), 'Config says NOT_APPLICABLE'],
    [compliance({ newEvaluationResult: null }), 'Config no longer evaluates the resource'],
    [compliance({ resourceType: 'AWS::S3::Bucket' }), 'resources of type AWS::S3::Bucket are not watched'],
  ])('%# asks nothing', (raw, irrelevant) => {
    expect(parseInbound(raw)).toEqual({ irrelevant });
  });

  test.each([
    [
      compliance({ resourceId: INSTANCE }),
      `detail.resourceId: expected an id such as sg-0123456789abcdef0, found "${INSTANCE}"`,
    ],
    [compliance({ configRuleName: {} }), 'detail.configRuleName: expected a string, found an object'],
  ])('%# is malformed', (raw, message) => {
    expect(() => parseInbound(raw)).toThrow(new MalformedEvent(message));
  });
});

const item = (deviation: object = {}) => ({
  awsAccountId: ACCOUNT,
  awsRegion: 'eu-west-1',
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: GROUP,
  configurationItemStatus: 'OK',
  configurationItemCaptureTime: '2026-02-03T04:05:05.000Z',
  configuration: { groupId: GROUP },
  ...deviation,
});

describe('a Config item', () => {
  test('names its resource and what was recorded of it', () => {
    const read = parseConfigItem(root(item()));
    expect(read).toMatchObject({
      change: { source: 'config', resources: [{ id: GROUP }], at: '2026-02-03T04:05:05.000Z', account: ACCOUNT },
      configuration: { value: { groupId: GROUP } },
    });
  });

  test.each([
    ['configuration as a string', { configuration: '{"groupId":"x"}' }, { configuration: { value: { groupId: 'x' } } }],
    ['no configuration', { configuration: null }, { configuration: null }],
    [
      'time in milliseconds',
      { configurationItemCaptureTime: 1770091505000 },
      { change: { at: '2026-02-03T04:05:05.000Z' } },
    ],
    ['time in seconds', { configurationItemCaptureTime: 1770091505.5 }, { change: { at: '2026-02-03T04:05:05.500Z' } }],
    [
      'time with an offset',
      { configurationItemCaptureTime: '2026-02-03T05:05:05+01:00' },
      { change: { at: '2026-02-03T04:05:05.000Z' } },
    ],
    [
      'account as the command line has it',
      { awsAccountId: undefined, accountId: ACCOUNT },
      { change: { account: ACCOUNT } },
    ],
  ])('%s', (_name, deviation, expected) => {
    expect(parseConfigItem(root(item(deviation)))).toMatchObject(expected);
  });

  test.each([
    [{ configurationItemStatus: 'ResourceDeleted' }, 'the resource was deleted'],
    [{ resourceType: 'AWS::EC2::VPC' }, 'resources of type AWS::EC2::VPC are not watched'],
  ])('%j asks nothing', (deviation, irrelevant) => {
    expect(parseConfigItem(root(item(deviation)))).toEqual({ irrelevant });
  });

  test.each([
    [{ configuration: '{' }, 'configuration: line 1, column 2: not JSON'],
    [{ configuration: 7 }, 'configuration: expected JSON in a string, found 7'],
    [
      { configurationItemCaptureTime: -1 },
      'configurationItemCaptureTime: expected a time such as 2026-02-03T04:05:06Z, found -1',
    ],
  ])('%j is malformed', (deviation, message) => {
    expect(() => parseConfigItem(root(item(deviation)))).toThrow(new MalformedEvent(message));
  });
});

describe('the invocation of a Config rule', () => {
  const invocation = (invokingEvent: unknown, deviation: object = {}) =>
    root({ invokingEvent: JSON.stringify(invokingEvent), configRuleName: 'ours', ...deviation });
  const change = { messageType: 'ConfigurationItemChangeNotification', configurationItem: item() };
  const oversized = {
    messageType: 'OversizedConfigurationItemChangeNotification',
    configurationItemSummary: item({ configuration: undefined }),
  };

  test('carries an item', () => {
    expect(parseConfigInvocation(invocation(change))).toMatchObject({
      change: { name: 'ours', resources: [{ id: GROUP }] },
    });
  });

  test('or the summary of one', () => {
    expect(parseConfigInvocation(invocation(oversized))).toMatchObject({
      change: { name: 'ours' },
      configuration: null,
    });
  });

  test.each([
    [invocation({ messageType: 'ScheduledNotification' }), 'a scheduled evaluation names no resource'],
    [invocation(change, { eventLeftScope: true }), "the resource left the Config rule's scope"],
    [invocation({ messageType: 'Other' }), 'not watched: the Config message Other'],
  ])('%# asks nothing', (event, irrelevant) => {
    expect(parseConfigInvocation(event)).toEqual({ irrelevant });
  });
});
