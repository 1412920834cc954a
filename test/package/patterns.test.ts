import { describe, expect, it } from 'vitest';
import { WATCHED_CALLS } from '../../src/inbound/cloudtrail/calls.ts';
import { listOf } from './iam.ts';
import { packagedStack } from './packaged.ts';
import { isObject, type JsonObject } from './template.ts';

const { ofType, property } = packagedStack();
const patterns = () =>
  ofType('AWS::Events::Rule')
    .map(([id, { Properties }]) => [id, Properties.EventPattern] as const)
    .filter((entry): entry is readonly [string, JsonObject] => isObject(entry[1]));
const CALLS = 'AWS API Call via CloudTrail';
/** The part of a pattern that names calls of others; beside it is the heartbeat, where there is one. */
function callsOf(detail: unknown): JsonObject {
  const { $or, ...rest } = detail as JsonObject;
  const [first] = ($or ?? []) as JsonObject[];
  return rest.eventName === undefined && first !== undefined ? first : rest;
}

/** Of a group itself. */
const OF_GROUPS = [
  'CreateSecurityGroup',
  'AssociateSecurityGroupVpc',
  'AuthorizeSecurityGroupEgress',
  'AuthorizeSecurityGroupIngress',
  'ModifySecurityGroupRules',
  'RevokeSecurityGroupEgress',
  'RevokeSecurityGroupIngress',
  'UpdateSecurityGroupRuleDescriptionsEgress',
  'UpdateSecurityGroupRuleDescriptionsIngress',
];
/** Of what a group's rules name, and of what it is attached to. */
const OF_NETWORKS = [
  'CreateNetworkInterface',
  'ModifyInstanceAttribute',
  'ModifyManagedPrefixList',
  'ModifyNetworkInterfaceAttribute',
  'RestoreManagedPrefixListVersion',
  'RunInstances',
];
const OF_INSTANCES = [
  'AssignIpv6Addresses',
  'AssignPrivateIpAddresses',
  'AssociateAddress',
  'AssociateIamInstanceProfile',
  'AssociateInstanceEventWindow',
  'AttachNetworkInterface',
  'AttachVolume',
  'CreateAssociation',
  'CreateAssociationBatch',
  'CreateLaunchTemplate',
  'CreateLaunchTemplateVersion',
  'CreateReplaceRootVolumeTask',
  'DeleteLaunchTemplateVersions',
  'DetachInstances',
  'DetachNetworkInterface',
  'DetachVolume',
  'DisassociateAddress',
  'DisassociateIamInstanceProfile',
  'DisassociateInstanceEventWindow',
  'EnterStandby',
  'ModifyInstanceAttribute',
  'ModifyInstanceCapacityReservationAttributes',
  'ModifyInstanceCpuOptions',
  'ModifyInstanceCreditSpecification',
  'ModifyInstanceEventStartTime',
  'ModifyInstanceMaintenanceOptions',
  'ModifyInstanceMetadataOptions',
  'ModifyInstanceNetworkPerformanceOptions',
  'ModifyInstancePlacement',
  'ModifyLaunchTemplate',
  'ModifyNetworkInterfaceAttribute',
  'ModifyPrivateDnsNameOptions',
  'ModifyVolume',
  'MonitorInstances',
  'OpenTunnel',
  'RebootInstances',
  'RegisterTaskWithMaintenanceWindow',
  'ReplaceIamInstanceProfileAssociation',
  'ResumeSession',
  'SendCommand',
  'SendDiagnosticInterrupt',
  'SendSSHPublicKey',
  'SendSerialConsoleSSHPublicKey',
  'SetInstanceHealth',
  'SetInstanceProtection',
  'StartAssociationsOnce',
  'StartAutomationExecution',
  'StartConnection',
  'StartInstanceRefresh',
  'StartInstances',
  'StartSession',
  'StopInstances',
  'TerminateInstanceInAutoScalingGroup',
  'TerminateSession',
  'UnassignIpv6Addresses',
  'UnassignPrivateIpAddresses',
  'UnmonitorInstances',
  'UpdateAssociation',
  'UpdateMaintenanceWindowTask',
  'UpdateAutoScalingGroup',
];
const OF_TAGS = ['CreateTags', 'DeleteTags'];
const READS = ['GetConsoleOutput', 'GetConsoleScreenshot', 'GetPasswordData'];

describe('every event pattern', () => {
  it('is short enough for EventBridge', () => {
    // EventBridge takes 2,048 characters.
    for (const [id, pattern] of patterns()) expect(JSON.stringify(pattern).length, id).toBeLessThanOrEqual(2048);
    expect(patterns()).toHaveLength(10);
  });

  it('listens to this account alone', () => {
    for (const [id, pattern] of patterns()) expect(pattern.account, id).toEqual(['123456789012']);
  });

  it('asks nobody who they are: such a filter would lose root and IAM users', () => {
    expect(JSON.stringify(patterns())).not.toMatch(/userIdentity|sessionIssuer|userName|anything-but/);
  });

  it('takes calls that succeeded, of the service whose call it names', () => {
    const calls = patterns().filter(([, pattern]) => JSON.stringify(pattern).includes(CALLS));
    expect(calls.map(([id]) => id)).toEqual([
      'SecurityGroupsCallsRule',
      'InstancesCallsRule',
      'InstancesTagsRule',
      'InstancesReadsRule',
      'NetworksCallsRule',
    ]);
    for (const [id, { detail, source }] of calls) {
      const { errorCode, $or = [] } = detail as JsonObject;
      expect(errorCode, id).toEqual([{ exists: false }]);
      const sources = (callsOf(detail).eventSource as string[]).map(
        (host) => `aws.${host.replace('.amazonaws.com', '')}`,
      );
      // What is written of SSM is the heartbeat alone, where the unit hears nothing else of SSM.
      const beats = ($or as JsonObject[]).some(({ eventName }) => listOf(eventName).includes('PutParameter'));
      const heard = beats && !sources.includes('aws.ssm') ? [...sources, 'aws.ssm'] : sources;
      expect(heard, id).toEqual(source);
    }
  });

  it.each([
    ['SecurityGroupsCallsRule', [...OF_GROUPS, ...OF_NETWORKS]],
    ['InstancesCallsRule', OF_INSTANCES],
    ['InstancesTagsRule', OF_TAGS],
    ['InstancesReadsRule', READS],
    ['NetworksCallsRule', OF_NETWORKS],
  ])('names in %s the calls of its unit, and no others', (id, calls) => {
    const { detail } = property(id, 'EventPattern') as JsonObject;
    expect(listOf(callsOf(detail).eventName).toSorted()).toEqual(calls.toSorted());
  });

  it('together let through every call that is watched, and none besides', () => {
    const named = patterns().flatMap(([, { detail }]) => {
      const names = isObject(detail) ? callsOf(detail).eventName : undefined;
      return names === undefined ? [] : listOf(names);
    });
    const watched = WATCHED_CALLS.map((call) => call.split(' ')[1]);
    expect([...new Set(named)].toSorted()).toEqual(watched.toSorted());
  });

  it.each(['SecurityGroupsCallsRule', 'InstancesCallsRule', 'NetworksCallsRule'])(
    'brings the heartbeat back by %s, and no other parameter',
    (id) => {
      const { detail, source } = property(id, 'EventPattern') as JsonObject;
      const [, heartbeat, ...more] = (detail as JsonObject).$or as JsonObject[];
      expect(heartbeat).toEqual({
        eventName: ['PutParameter'],
        requestParameters: { name: ['/undrift/dev/heartbeat'] },
      });
      expect([more, listOf(source)]).toEqual([[], expect.arrayContaining(['aws.ssm'])]);
    },
  );

  it('leaves room for the name of a stage', () => {
    const { length } = JSON.stringify(property('InstancesCallsRule', 'EventPattern'));
    expect(length + 'a-stage-with-a-long-name-of-40-characters'.length).toBeLessThanOrEqual(2048);
  });

  it('takes tags of instances, and tags of which CloudTrail left out what got them', () => {
    const { detail } = property('InstancesTagsRule', 'EventPattern') as JsonObject;
    const { requestParameters, $or } = detail as JsonObject;
    expect(requestParameters).toBeUndefined();
    expect($or).toEqual([
      { requestParameters: { resourcesSet: { items: { resourceId: [{ prefix: 'i-' }] } } } },
      { requestParameters: { omitted: [{ exists: true }] } },
    ]);
  });

  it('takes findings about instances alone, each from the service that calls them so', () => {
    expect(property('InstancesFindingsRule', 'EventPattern')).toEqual({
      account: ['123456789012'],
      $or: [
        {
          source: ['aws.guardduty'],
          'detail-type': ['GuardDuty Finding'],
          detail: { resource: { resourceType: ['Instance'] } },
        },
        {
          source: ['aws.securityhub'],
          'detail-type': ['Security Hub Findings - Imported'],
          detail: { findings: { Resources: { Type: ['AwsEc2Instance'] } } },
        },
      ],
    });
  });

  it('has read-only calls come through where they are asked for, and nowhere else', () => {
    const states = patterns().map(([id]) => [id, property(id, 'State')]);
    const all = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
    expect(states.filter(([, state]) => state === all)).toEqual([['InstancesReadsRule', all]]);
  });
});
