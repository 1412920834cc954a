import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { WATCHED_CALLS } from '../../../src/inbound/cloudtrail/calls.ts';
import { parseInbound } from '../../../src/inbound/index.ts';
import { MalformedEvent } from '../../../src/inbound/malformed.ts';
import { ACCOUNT, call, envelope, GROUP, INSTANCE, RULE, record } from './perfect.ts';

const OTHER = 'sg-0fedcba9876543210';
const group = [{ type: 'security-group', id: GROUP }];
const instance = [{ type: 'instance', id: INSTANCE }];
const REPLACE = 'ReplaceIamInstanceProfileAssociation';
const profileAnswer = (action: string) => ({
  [`${action}Response`]: { iamInstanceProfileAssociation: { instanceId: INSTANCE } },
});

describe('a call becomes a change', () => {
  test('with everything that the record says', () => {
    expect(parseInbound(record())).toEqual({
      source: 'cloudtrail',
      name: 'AuthorizeSecurityGroupIngress',
      recorded: [
        {
          id: 'sgr-0a1b2c3d4e5f60718',
          groupId: 'sg-0a1b2c3d4e5f60718',
          egress: false,
          protocol: 'tcp',
          fromPort: 22,
          toPort: 22,
          source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
          description: null,
        },
      ],
      fact: { kind: 'rules-added', egress: false, ruleIds: [RULE] },
      resources: group,
      actor: {
        arn: `arn:aws:iam::${ACCOUNT}:user/ada`,
        type: 'IAMUser',
        issuerArn: null,
        sourceIdentity: null,
        instanceId: null,
        invokedBy: null,
      },
      at: '2026-02-03T04:05:06Z',
      eventId: '66666666-7777-8888-9999-000000000000',
      requestId: '11111111-2222-3333-4444-555555555555',
      account: ACCOUNT,
      region: 'eu-west-1',
    });
  });

  test('the same inside its envelope', () => {
    expect(parseInbound(envelope())).toEqual(parseInbound(record()));
  });

  const CONNECT = 'ec2-instance-connect.amazonaws.com';
  const SSM = 'ssm.amazonaws.com';
  const PROFILE = 'arn:aws:iam::123456789012:instance-profile/admin';

  test.each([
    [
      'user data',
      call('ModifyInstanceAttribute', { instanceId: INSTANCE, userData: '<sensitiveDataRemoved>' }),
      { kind: 'user-data-changed' },
      instance,
    ],
    [
      'user data, named',
      call('ModifyInstanceAttribute', { instanceId: INSTANCE, attribute: 'userData', value: '<sensitiveDataRemoved>' }),
      { kind: 'user-data-changed' },
      instance,
    ],
    [
      'groups',
      call('ModifyInstanceAttribute', { instanceId: INSTANCE, groupSet: { items: [{ groupId: OTHER }] } }),
      { kind: 'security-groups-changed', groupIds: [OTHER] },
      instance,
    ],
    [
      'groups, named',
      call('ModifyInstanceAttribute', { instanceId: INSTANCE, attribute: 'groupSet', value: OTHER }),
      { kind: 'security-groups-changed', groupIds: [OTHER] },
      instance,
    ],
    [
      'groups, masked',
      call('ModifyInstanceAttribute', { instanceId: INSTANCE, attribute: 'groupSet', value: '<sensitiveDataRemoved>' }),
      { kind: 'security-groups-changed', groupIds: [] },
      instance,
    ],
    [
      'instance type as an object',
      call('ModifyInstanceAttribute', { instanceId: INSTANCE, instanceType: { value: 't3.large' } }),
      { kind: 'signal', signal: 'instance-type-changed', detail: 't3.large', drift: '' },
      instance,
    ],
    [
      'instance type, named',
      call('ModifyInstanceAttribute', { instanceId: INSTANCE, attribute: 'instanceType', value: 't3.large' }),
      { kind: 'signal', signal: 'instance-type-changed', detail: 't3.large', drift: '' },
      instance,
    ],
    [
      'groups of an interface',
      call('ModifyNetworkInterfaceAttribute', {
        networkInterfaceId: 'eni-1',
        groupSet: { items: [{ groupId: OTHER }] },
      }),
      { kind: 'security-groups-changed', groupIds: [OTHER] },
      [{ type: 'network-interface', id: 'eni-1' }],
    ],
    [
      'metadata options',
      call('ModifyInstanceMetadataOptions', { ModifyInstanceMetadataOptionsRequest: { InstanceId: INSTANCE } }),
      { kind: 'metadata-options-changed' },
      instance,
    ],
    [
      'metadata options, flat',
      call('ModifyInstanceMetadataOptions', { instanceId: INSTANCE }),
      { kind: 'metadata-options-changed' },
      instance,
    ],
    [
      'a profile',
      call('AssociateIamInstanceProfile', {
        AssociateIamInstanceProfileRequest: { InstanceId: INSTANCE, IamInstanceProfile: { Name: 'admin' } },
      }),
      { kind: 'instance-profile-changed', profile: 'admin' },
      instance,
    ],
    [
      'another profile',
      call(
        REPLACE,
        { [`${REPLACE}Request`]: { AssociationId: 'iip-assoc-1', IamInstanceProfile: { Arn: PROFILE } } },
        profileAnswer(REPLACE),
      ),
      { kind: 'instance-profile-changed', profile: PROFILE },
      instance,
    ],
    [
      'no profile',
      call(
        'DisassociateIamInstanceProfile',
        { DisassociateIamInstanceProfileRequest: { AssociationId: 'iip-assoc-1' } },
        profileAnswer('DisassociateIamInstanceProfile'),
      ),
      { kind: 'instance-profile-changed', profile: null },
      instance,
    ],
    [
      'a volume',
      call('AttachVolume', { instanceId: INSTANCE, volumeId: 'vol-1', device: '/dev/sdf' }),
      { kind: 'volume-attached', volumeId: 'vol-1', device: '/dev/sdf' },
      instance,
    ],
    [
      'a session',
      call('StartSession', { target: INSTANCE }, { sessionId: 'ada-1' }, SSM),
      { kind: 'session-started', sessionId: 'ada-1' },
      instance,
    ],
    [
      'a session without an answer',
      call('StartSession', { target: INSTANCE }, null, SSM),
      { kind: 'session-started', sessionId: null },
      instance,
    ],
    [
      'a pushed key',
      call('SendSSHPublicKey', { instanceId: INSTANCE, instanceOSUser: 'root' }, null, CONNECT),
      { kind: 'ssh-key-pushed', osUser: 'root' },
      instance,
    ],
    [
      'a replaced instance',
      call('TerminateInstanceInAutoScalingGroup', { instanceId: INSTANCE }, null, 'autoscaling.amazonaws.com'),
      { kind: 'closing-call' },
      instance,
    ],
  ])('%s', (_name, raw, fact, resources) => {
    expect(parseInbound(raw)).toMatchObject({ fact, resources });
  });
});

describe('who did it', () => {
  test.each([
    [
      'a role session',
      {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::1:assumed-role/a/b',
        sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::1:role/a' }, sourceIdentity: 'grace' },
      },
      {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::1:assumed-role/a/b',
        issuerArn: 'arn:aws:iam::1:role/a',
        sourceIdentity: 'grace',
        instanceId: null,
        invokedBy: null,
      },
    ],
    [
      'a service',
      { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' },
      {
        type: 'AWSService',
        arn: null,
        issuerArn: null,
        sourceIdentity: null,
        instanceId: null,
        invokedBy: 'autoscaling.amazonaws.com',
      },
    ],
    [
      'a stack of CloudFormation',
      {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::1:assumed-role/deploy/release-42',
        sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::1:role/deploy' } },
        invokedBy: 'cloudformation.amazonaws.com',
      },
      { issuerArn: 'arn:aws:iam::1:role/deploy', invokedBy: 'cloudformation.amazonaws.com' },
    ],
    [
      'an automation of Systems Manager',
      {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::1:assumed-role/patches/Automation_1',
        sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::1:role/patches' } },
        invokedBy: 'ssm.amazonaws.com',
      },
      { issuerArn: 'arn:aws:iam::1:role/patches', invokedBy: 'ssm.amazonaws.com' },
    ],
    [
      'a service-linked role, with parts that say nothing',
      {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::1:assumed-role/AWSServiceRoleForX/1',
        sessionContext: { sessionIssuer: {}, webIdFederationData: {} },
        invokedBy: 'AWS Internal',
      },
      { arn: 'arn:aws:sts::1:assumed-role/AWSServiceRoleForX/1', issuerArn: null, invokedBy: 'AWS Internal' },
    ],
    [
      'root',
      { type: 'Root', arn: 'arn:aws:iam::1:root', sessionContext: { attributes: { mfaAuthenticated: 'true' } } },
      { type: 'Root', arn: 'arn:aws:iam::1:root', issuerArn: null, invokedBy: null },
    ],
    [
      'nulls',
      { invokedBy: null, sessionContext: null },
      { type: null, arn: null, issuerArn: null, sourceIdentity: null, instanceId: null, invokedBy: null },
    ],
    [
      'nobody',
      undefined,
      { type: null, arn: null, issuerArn: null, sourceIdentity: null, instanceId: null, invokedBy: null },
    ],
    [
      "an instance's own role, whose credentials EC2 delivered",
      {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::1:assumed-role/node/i-0123456789abcdef0',
        sessionContext: { ec2RoleDelivery: '2.0' },
      },
      { instanceId: 'i-0123456789abcdef0' },
    ],
    [
      'somebody who named the session after an instance',
      { type: 'AssumedRole', arn: 'arn:aws:sts::1:assumed-role/admin/i-0123456789abcdef0', sessionContext: {} },
      { instanceId: null },
    ],
  ])('%s', (_name, userIdentity, actor) => {
    expect(parseInbound(record({ userIdentity }))).toMatchObject({ actor });
  });
});

describe('a call that asks nothing of us says why', () => {
  const SSM = 'ssm.amazonaws.com';
  test.each([
    [
      'failed',
      record({ errorCode: 'Client.UnauthorizedOperation' }),
      'the call failed (Client.UnauthorizedOperation): nothing was changed',
    ],
    ['dry run', record({ errorCode: 'Client.DryRunOperation' }), 'a dry run: nothing was changed'],
    [
      'a malformed one that failed',
      record({ errorCode: 'Client.InvalidParameterValue', requestParameters: 7 }),
      'the call failed (Client.InvalidParameterValue): nothing was changed',
    ],
    ['a deleted group', call('DeleteSecurityGroup', {}), 'a deleted security group opens nothing'],
    [
      'a group that serves a VPC less',
      call('DisassociateSecurityGroupVpc', {}),
      'a security group that serves a VPC less opens nothing',
    ],
    [
      'Athena',
      call('StartSession', { target: INSTANCE }, null, 'athena.amazonaws.com'),
      'not watched: StartSession of athena.amazonaws.com',
    ],
    [
      'a managed node',
      call('StartSession', { target: 'mi-1' }, null, SSM),
      'a session on a managed node that is not an EC2 instance',
    ],
    [
      'a task',
      call('StartSession', { target: 'ecs:a_b_c' }, null, SSM),
      'a session in an ECS task, not on an instance',
    ],
    [
      'an interface, otherwise',
      call('ModifyNetworkInterfaceAttribute', { networkInterfaceId: 'eni-1', description: { value: 'x' } }),
      'the attribute description of a network interface is not watched',
    ],
    ['a name out of Object.prototype', call('constructor', {}), 'not watched: constructor of ec2.amazonaws.com'],
  ])('%s', (_name, raw, irrelevant) => {
    expect(parseInbound(raw)).toEqual({ irrelevant });
  });

  test.each(['', null])('an error code of %j is none', (errorCode) => {
    expect(parseInbound(record({ errorCode }))).toMatchObject({ name: 'AuthorizeSecurityGroupIngress' });
  });
});

describe('a malformed call names the place', () => {
  const bad = 'sg-web; id';
  test.each([
    [
      'group id',
      record({ requestParameters: { groupId: bad }, responseElements: null }),
      `requestParameters.groupId: expected an id such as sg-0123456789abcdef0, found "${bad}"`,
    ],
    [
      'no group',
      record({ requestParameters: '', responseElements: null }),
      'requestParameters.groupId: expected the id of a security group, found nothing',
    ],
    [
      'a name that is none',
      record({ requestParameters: { groupName: 7 }, responseElements: null }),
      'requestParameters.groupName: expected a string, found 7',
    ],
    [
      'two groups',
      record({ requestParameters: { groupId: OTHER } }),
      `responseElements.securityGroupRuleSet.items[0].groupId: expected the group that requestParameters.groupId names, ${OTHER}, found "${GROUP}"`,
    ],
    [
      'instance id',
      call('ModifyInstanceAttribute', { instanceId: 7, userData: '' }),
      'requestParameters.instanceId: expected a string, found 7',
    ],
    [
      'no attribute',
      call('ModifyInstanceAttribute', { instanceId: INSTANCE }),
      'requestParameters.attribute: expected the attribute that is modified, found nothing',
    ],
    [
      'attribute',
      call('ModifyInstanceAttribute', { instanceId: INSTANCE, 'a\nb': 1 }),
      'requestParameters.attribute: expected the name of an attribute, found "a\\nb"',
    ],
    ['step', record({ requestParameters: [] }), 'requestParameters: expected an object, found a list of 0'],
    [
      'time',
      record({ eventTime: 'yesterday' }),
      'eventTime: expected a time such as 2026-02-03T04:05:06Z, found "yesterday"',
    ],
    [
      'impossible day',
      record({ eventTime: '2026-13-03T04:05:06Z' }),
      'eventTime: expected a time such as 2026-02-03T04:05:06Z, found "2026-13-03T04:05:06Z"',
    ],
    ['event id', record({ eventID: undefined }), 'eventID: expected a string, found nothing'],
    [
      'account',
      record({ recipientAccountId: '12' }),
      'recipientAccountId: expected an account number of 12 digits, found "12"',
    ],
    ['region', record({ awsRegion: '../x' }), 'awsRegion: expected a Region such as eu-west-1, found "../x"'],
    [
      'session target',
      call('StartSession', { target: 'i-x' }, null, 'ssm.amazonaws.com'),
      'requestParameters.target: expected an id such as i-0123456789abcdef0, found "i-x"',
    ],
    [
      'instance in the answer',
      call(REPLACE, {}, null),
      `requestParameters.${REPLACE}Request.InstanceId: expected a string, found nothing`,
    ],
    [
      'a long string',
      record({ requestParameters: { groupId: 'x'.repeat(5000) }, responseElements: null }),
      'requestParameters.groupId: expected at most 2048 characters, found a string of 5000 characters',
    ],
  ])('%s', (_name, raw, message) => {
    expect(() => parseInbound(raw)).toThrow(new MalformedEvent(message));
  });
});

describe('a record that is out of the ordinary', () => {
  test.each(['userData', 'groupSet'])('%s weighs more than what stands beside it', (key) => {
    const raw = call('ModifyInstanceAttribute', { instanceId: INSTANCE, ebsOptimized: true, [key]: {} });
    const kind = key === 'userData' ? 'user-data-changed' : 'security-groups-changed';
    expect(parseInbound(raw)).toMatchObject({ fact: { kind } });
  });

  test.each([
    [{ arn: 7 }, 'arn'],
    [{ type: ['IAMUser'] }, 'type'],
    [{ invokedBy: 'a\tb' }, 'invokedBy'],
    [{ sessionContext: 'odd' }, 'sourceIdentity'],
    ['odd', 'arn'],
  ])('an identity of which %j cannot be read is nobody that the policy could trust', (userIdentity, unknown) => {
    expect(parseInbound(record({ userIdentity }))).toMatchObject({ actor: { [unknown]: null } });
  });

  test('the envelope says which event it is, and how the request went is not needed, where the record is odd', () => {
    const detail = record({ eventID: 7, requestID: { odd: 1 } });
    const parsed = parseInbound(envelope(detail, { id: 'envelope-1' }));
    expect(parsed).toMatchObject({ eventId: 'envelope-1', requestId: null });
  });
});

describe('ids', () => {
  test.each(['i-00000000', 'i-12345678', 'i-DDd6c7B0e18F0E35f'])('%s is taken', (id) => {
    expect(parseInbound(call('ModifyInstanceAttribute', { instanceId: id, userData: 'x' }))).toMatchObject({
      resources: [{ id }],
    });
  });

  test('an inherited property is none', () => {
    const raw = call('ModifyInstanceAttribute', Object.create({ instanceId: INSTANCE }));
    expect(() => parseInbound(raw)).toThrow('requestParameters.instanceId: expected a string, found nothing');
  });
});

test('every call that is watched has an event of its own', () => {
  const events = readdirSync(fileURLToPath(new URL('../../../events', import.meta.url)));
  const without = WATCHED_CALLS.filter((watched) => {
    const name = watched.split(' ')[1];
    return !events.some((file) => file.startsWith(`cloudtrail.${name}.`));
  });
  expect(without).toEqual([]);
});
