import { describe, expect, test } from 'vitest';
import { WATCHED_CALLS } from '../../../src/inbound/cloudtrail/calls.ts';
import { UNNAMED } from '../../../src/inbound/cloudtrail/omitted.ts';
import { parseInbound } from '../../../src/inbound/index.ts';
import { MalformedEvent } from '../../../src/inbound/malformed.ts';
import { call, GROUP, INSTANCE, RULE, record } from './perfect.ts';

const OMITTED = { omitted: true };
const REGION = [{ type: 'region', id: 'eu-west-1' }];
const SSM = 'ssm.amazonaws.com';
const COMMAND = '0b1c2d3e-0000-4000-8000-000000000000';

const unnamed = (unit: string, about: unknown = null, answered: string | null = null) => ({
  fact: { kind: 'unnamed', unit, about, answered },
  resources: REGION,
});

describe('a record of which CloudTrail left a field out', () => {
  test('every watched call has a row that says what is made of it, and no other call has one', () => {
    expect(Object.keys(UNNAMED).toSorted()).toEqual(WATCHED_CALLS.toSorted());
  });

  test.each(WATCHED_CALLS)(
    '%s: with nothing left to read, a successful call is neither dropped nor malformed',
    (watched) => {
      const [source, name = ''] = watched.split(' ');
      const parsed = parseInbound(call(name, OMITTED, OMITTED, source));
      expect(parsed).toMatchObject({ fact: { kind: 'unnamed' }, resources: REGION, actor: { type: 'IAMUser' } });
    },
  );

  test.each([
    ['the keys that are believed', { omitted: true, originalSize: 131_072, reason: 'too large' }],
    ['the mark as text', { omitted: 'true' }],
    ['a part of what it was', { omitted: true, groupId: GROUP, ipPermissions: {} }],
    ['something that nobody knows yet', { omitted: true, detail: { parts: [1, 2] } }],
  ])('with %s beside the mark', (_name, field) => {
    const parsed = parseInbound(record({ requestParameters: field, responseElements: field }));
    expect(parsed).toMatchObject(unnamed('security-groups', { kind: 'rules-added', egress: false, ruleIds: [] }));
  });

  test.each([
    ['false', { omitted: false }],
    ['nothing', { omitted: null }],
    ['inside a parameter', { ipPermissions: OMITTED }],
  ])('a mark that is %s is none', (_name, request) => {
    expect(() => parseInbound(record({ requestParameters: request, responseElements: null }))).toThrow(MalformedEvent);
  });

  test('a failed call stays irrelevant', () => {
    expect(parseInbound(record({ errorCode: 'Client.Denied', requestParameters: OMITTED }))).toEqual({
      irrelevant: 'the call failed (Client.Denied): nothing was changed',
    });
  });
});

describe('what the rest of the record says is used first', () => {
  test('the answer of an Authorize names the group and its rules', () => {
    expect(parseInbound(record({ requestParameters: OMITTED }))).toMatchObject({
      fact: { kind: 'rules-added', egress: false, ruleIds: [RULE] },
      resources: [{ type: 'security-group', id: GROUP }],
    });
  });

  test('the request of an Authorize names the group alone', () => {
    expect(parseInbound(record({ responseElements: OMITTED }))).toMatchObject({
      fact: { kind: 'rules-added', egress: false, ruleIds: [] },
      resources: [{ type: 'security-group', id: GROUP }],
    });
  });

  test('a command is asked after by the id that Systems Manager answered', () => {
    const answered = { command: { commandId: COMMAND, documentName: 'AWS-RunShellScript' } };
    expect(parseInbound(call('SendCommand', OMITTED, answered, SSM))).toMatchObject({
      fact: { kind: 'signal', signal: 'command-run', detail: 'AWS-RunShellScript' },
      resources: [{ type: 'targets', id: `command=${COMMAND}`, lookUp: { by: 'command', commandId: COMMAND } }],
    });
  });

  test('an association that was answered names its targets', () => {
    const answered = { associationDescription: { name: 'AWS-RunPatchBaseline', instanceId: INSTANCE } };
    expect(parseInbound(call('CreateAssociation', OMITTED, answered, SSM))).toMatchObject({
      fact: { signal: 'association-changed' },
      resources: [{ type: 'instance', id: INSTANCE }],
    });
  });

  test('associations that were answered name their targets', () => {
    const answered = { successful: [{ name: 'AWS-RunPatchBaseline', instanceId: INSTANCE }], failed: [] };
    expect(parseInbound(call('CreateAssociationBatch', OMITTED, answered, SSM))).toMatchObject({
      fact: { signal: 'association-changed' },
      resources: [{ type: 'instance', id: INSTANCE }],
    });
  });

  test('the template of a new version is answered', () => {
    const answered = {
      CreateLaunchTemplateVersionResponse: {
        launchTemplateVersion: { launchTemplateId: 'lt-0a1b2c3d4e5f60718', versionNumber: 7 },
      },
    };
    expect(parseInbound(call('CreateLaunchTemplateVersion', OMITTED, answered))).toMatchObject({
      fact: { kind: 'baseline-changed', what: 'version', detail: '7' },
      resources: [{ type: 'launch-template', id: 'lt-0a1b2c3d4e5f60718' }],
    });
  });

  test('the execution of an automation is told to people', () => {
    const answered = { automationExecutionId: '4105a4fc-f944-11e6-9d32-0a1b2c3d495h' };
    expect(parseInbound(call('StartAutomationExecution', OMITTED, answered, SSM))).toMatchObject(
      unnamed('instances', null, '4105a4fc-f944-11e6-9d32-0a1b2c3d495h'),
    );
  });

  test('a request that was not omitted and asks nothing of us still asks nothing', () => {
    const request = { autoScalingGroupName: 'web', desiredCapacity: 3 };
    expect(parseInbound(call('UpdateAutoScalingGroup', request, OMITTED, 'autoscaling.amazonaws.com'))).toEqual({
      irrelevant: 'it changes nothing of what instances are launched from',
    });
  });
});

describe('a launch whose answer was left out', () => {
  const TEMPLATE = { launchTemplate: { launchTemplateId: 'lt-0a1b2c3d4e5f60718', version: '3' } };
  const GROUPS = { groupSet: { items: [{ groupId: GROUP }] } };

  test('by a launch template that names nothing else is irrelevant', () => {
    expect(parseInbound(call('RunInstances', TEMPLATE, OMITTED))).toEqual({
      irrelevant: 'a launch by a launch template that names no group itself: CloudTrail left out what was launched',
    });
  });

  test.each([
    ['a group by its name', { groupSet: { items: [{ groupName: 'open-to-all' }] } }],
    [
      'a group of an interface by its name',
      { networkInterfaceSet: { items: [{ groupSet: { items: [{ groupName: 'x' }] } }] } },
    ],
    ['groups that are no list', { groupSet: 'open-to-all' }],
  ])('by a launch template that also names %s is reported', (_name, groups) => {
    expect(parseInbound(call('RunInstances', { ...TEMPLATE, ...groups }, OMITTED))).toMatchObject(
      unnamed('security-groups'),
    );
  });

  test('by a launch template with an empty list of groups is irrelevant', () => {
    expect(parseInbound(call('RunInstances', { ...TEMPLATE, groupSet: { items: [] } }, OMITTED))).toHaveProperty(
      'irrelevant',
    );
  });

  test.each(['RunInstances', 'CreateNetworkInterface'])('%s: the groups that the call asked for are judged', (name) => {
    expect(parseInbound(call(name, { ...TEMPLATE, ...GROUPS }, OMITTED))).toMatchObject({
      fact: { kind: 'interfaces-created', groupIds: [GROUP] },
      resources: [{ type: 'security-group', id: GROUP }],
    });
  });

  test.each(['RunInstances', 'CreateNetworkInterface'])('%s: into the default group, it is reported', (name) => {
    expect(parseInbound(call(name, { subnetId: 'subnet-1' }, OMITTED))).toMatchObject(unnamed('security-groups'));
  });
});
