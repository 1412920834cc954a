import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listOf } from './iam.ts';
import { type Packaged, packageTemplate, remove } from './stage.ts';
import { isObject, type JsonObject, type Resource, resolveTemplate } from './template.ts';

let packaged: Packaged;
let resources: Readonly<Record<string, Resource>>;
beforeAll(async () => {
  packaged = await packageTemplate();
  resources = resolveTemplate(packaged.template);
}, 60_000);
afterAll(() => remove(packaged));

const ofType = (type: string) => Object.entries(resources).filter(([, resource]) => resource.Type === type);
const property = (id: string, name: string) => resources[id]?.Properties[name];
const patterns = () =>
  ofType('AWS::Events::Rule')
    .map(([id, { Properties }]) => [id, Properties.EventPattern] as const)
    .filter((entry): entry is readonly [string, JsonObject] => isObject(entry[1]));
const CALLS = 'AWS API Call via CloudTrail';

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
  'AssociateIamInstanceProfile',
  'AttachVolume',
  'DisassociateIamInstanceProfile',
  'ModifyInstanceAttribute',
  'ModifyInstanceMetadataOptions',
  'ModifyNetworkInterfaceAttribute',
  'ReplaceIamInstanceProfileAssociation',
  'SendSSHPublicKey',
  'StartSession',
  'TerminateInstanceInAutoScalingGroup',
];

describe('every event pattern', () => {
  it('is short enough for EventBridge', () => {
    // EventBridge takes 2,048 characters.
    for (const [id, pattern] of patterns()) expect(JSON.stringify(pattern).length, id).toBeLessThanOrEqual(2048);
    expect(patterns()).toHaveLength(7);
  });

  it('listens to this account alone', () => {
    for (const [id, pattern] of patterns()) expect(pattern.account, id).toEqual(['123456789012']);
  });

  it('asks nobody who they are: such a filter would lose root and IAM users', () => {
    expect(JSON.stringify(patterns())).not.toMatch(/userIdentity|sessionIssuer|userName|anything-but/);
  });

  it('takes calls that succeeded, of the service whose call it names', () => {
    const calls = patterns().filter(([, pattern]) => JSON.stringify(pattern['detail-type']).includes(CALLS));
    expect(calls.map(([id]) => id)).toEqual(['SecurityGroupsCallsRule', 'InstancesCallsRule', 'NetworksCallsRule']);
    for (const [id, { detail, source }] of calls) {
      const { errorCode, eventSource } = detail as JsonObject;
      expect(errorCode, id).toEqual([{ exists: false }]);
      const sources = (eventSource as string[]).map((host) => `aws.${host.replace('.amazonaws.com', '')}`);
      expect(sources, id).toEqual(source);
    }
  });

  it.each([
    ['SecurityGroupsCallsRule', [...OF_GROUPS, ...OF_NETWORKS]],
    ['InstancesCallsRule', OF_INSTANCES],
    ['NetworksCallsRule', OF_NETWORKS],
  ])('names in %s the calls of its unit, and no others', (id, calls) => {
    const { detail } = property(id, 'EventPattern') as JsonObject;
    expect(listOf((detail as JsonObject).eventName).toSorted()).toEqual(calls.toSorted());
  });
});
