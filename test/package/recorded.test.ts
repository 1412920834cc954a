import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, checkCalls } from '../local-cloud/rights.ts';
import { type Packaged, packageTemplate, remove } from './stage.ts';

let packaged: Packaged;
beforeAll(async () => {
  packaged = await packageTemplate();
});
afterAll(() => remove(packaged));

const call = (unit: string, service: string, action: string, params: Call['params']): Call => ({
  service,
  action,
  params,
  userAgent: `aws-sdk-js/3.1124.0 ua/2.1 os/linux lang/js md/nodejs#24.21.0 undrift/${unit}`,
});
const physical = {
  Ledger: 'undrift-dev-Ledger-1A2B',
  Topic: 'arn:aws:sns:us-east-1:123456789012:undrift-dev-Topic-3C4D',
  InstancesQueue: 'http://127.0.0.1:4566/123456789012/undrift-dev-InstancesQueue-5E6F',
};
const check = (...calls: Call[]) => checkCalls(calls, packaged.template, physical);
const group = 'sg-0aaa1111bbb22223c';
const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:123456789012:${rest}`;

describe('a recorded call', () => {
  it.each([
    call('security-groups', 'ec2', 'DescribeSecurityGroupRules', { 'Filter.1.Name': 'group-id' }),
    call('security-groups', 'ec2', 'RevokeSecurityGroupIngress', { GroupId: group, 'SecurityGroupRuleId.1': 'sgr-1' }),
    call('security-groups', 'ec2', 'RevokeSecurityGroupEgress', { GroupId: group, 'SecurityGroupRuleId.1': 'sgr-1' }),
    call('networks', 'ec2', 'ModifyNetworkInterfaceAttribute', {
      NetworkInterfaceId: 'eni-0aaa1111bbb22223c',
      'SecurityGroupId.1': group,
      'SecurityGroupId.2': 'sg-0ddd1111bbb22223c',
    }),
    call('networks', 'ec2', 'GetManagedPrefixListEntries', { PrefixListId: 'pl-0aaa1111bbb22223c' }),
    call('instances', 'ec2', 'DescribeInstanceAttribute', { InstanceId: 'i-0aaa1111bbb22223c', Attribute: 'userData' }),
    call('instances', 'elasticloadbalancing', 'DescribeTargetHealth', { TargetGroupArn: 'arn:web' }),
    call('instances', 'iam', 'GetInstanceProfile', { InstanceProfileName: 'web' }),
    call('instances', 'autoscaling', 'TerminateInstanceInAutoScalingGroup', { InstanceId: 'i-0aaa1111bbb22223c' }),
    call('instances', 'dynamodb', 'Query', { TableName: physical.Ledger, IndexName: 'resource' }),
    call('instances', 'dynamodb', 'TransactWriteItems', {
      TransactItems: [{ Put: { TableName: physical.Ledger } }, { Put: { TableName: physical.Ledger } }],
    }),
    call('instances', 'sqs', 'ChangeMessageVisibility', { QueueUrl: physical.InstancesQueue }),
    call('recheck', 'sqs', 'SendMessageBatch', { QueueUrl: physical.InstancesQueue }),
    call('recheck', 'sns', 'ListSubscriptionsByTopic', { TopicArn: physical.Topic }),
    call('recheck', 'ssm', 'GetParameter', { Name: '/undrift/dev/pause' }),
  ])('that the role of $userAgent may make passes: $action', async (made) => {
    expect((await check(made)).refusals).toEqual([]);
  });

  it.each([
    [
      'of the other unit',
      call('instances', 'ec2', 'RevokeSecurityGroupIngress', { GroupId: group }),
      { unit: 'instances', action: 'ec2:RevokeSecurityGroupIngress', resource: arn('ec2', `security-group/${group}`) },
    ],
    [
      'of a profile, of the unit that needs none,',
      call('networks', 'iam', 'GetInstanceProfile', { InstanceProfileName: 'web' }),
      {
        unit: 'networks',
        action: 'iam:GetInstanceProfile',
        resource: 'arn:aws:iam::123456789012:instance-profile/web',
      },
    ],
    [
      'that would set groups, of the unit that revokes,',
      call('security-groups', 'ec2', 'ModifyNetworkInterfaceAttribute', {
        NetworkInterfaceId: 'eni-0aaa1111bbb22223c',
      }),
      {
        unit: 'securityGroups',
        action: 'ec2:ModifyNetworkInterfaceAttribute',
        resource: arn('ec2', 'network-interface/eni-0aaa1111bbb22223c'),
      },
    ],
    [
      'that changes a list, which the policy does not want,',
      call('networks', 'ec2', 'ModifyManagedPrefixList', { PrefixListId: 'pl-0aaa1111bbb22223c' }),
      {
        unit: 'networks',
        action: 'ec2:ModifyManagedPrefixList',
        resource: arn('ec2', 'prefix-list/pl-0aaa1111bbb22223c'),
      },
    ],
    [
      'of a worker that writes the copy of the pause flag',
      call('networks', 'dynamodb', 'PutItem', { TableName: physical.Ledger, Item: { pk: { S: 'pause' } } }),
      {
        unit: 'networks',
        action: 'dynamodb:PutItem',
        resource: arn('dynamodb', `table/${physical.Ledger}`),
        keys: ['pause'],
      },
    ],
    [
      'on a table of somebody else',
      call('recheck', 'dynamodb', 'PutItem', { TableName: 'theirs' }),
      { unit: 'recheck', action: 'dynamodb:PutItem', resource: arn('dynamodb', 'table/theirs') },
    ],
    [
      'in a transaction that no unit makes',
      call('recheck', 'dynamodb', 'TransactWriteItems', {
        TransactItems: [{ ConditionCheck: { TableName: physical.Ledger } }],
      }),
      {
        unit: 'recheck',
        action: 'dynamodb:ConditionCheckItem',
        resource: arn('dynamodb', `table/${physical.Ledger}`),
      },
    ],
    [
      'that nobody foresaw',
      call('security-groups', 'ec2', 'DescribeVpcs', {}),
      { unit: 'securityGroups', action: 'ec2:DescribeVpcs', resource: '*' },
    ],
  ])('%s is named', async (_case, made, refusal) => {
    expect((await check(made)).refusals).toEqual([refusal]);
  });

  it('of somebody else is none of our business', async () => {
    const theirs = { ...call('', 'ec2', 'RunInstances', {}), userAgent: 'aws-cli/2.0' };
    expect(await check(theirs)).toEqual({
      refusals: [],
      used: { securityGroups: [], instances: [], networks: [], recheck: [] },
    });
  });

  it('is counted for its unit', async () => {
    const { used } = await check(call('instances', 'ec2', 'DescribeInstances', {}));
    expect(used).toEqual({ securityGroups: [], instances: ['ec2:DescribeInstances'], networks: [], recheck: [] });
  });
});
