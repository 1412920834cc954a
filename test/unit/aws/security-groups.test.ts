import { describe, expect, test } from 'vitest';
import { ec2SecurityGroups } from '../../../src/aws/security-groups.ts';
import { Retryable } from '../../../src/roles.ts';
import { awsError, stub } from './stub.ts';

const GROUP = { GroupId: 'sg-1', GroupName: 'web', OwnerId: '123456789012', VpcId: 'vpc-1' };
const rule = (n: number, given: object = {}) => ({
  SecurityGroupRuleId: `sgr-${n}`,
  GroupId: 'sg-1',
  IsEgress: false,
  IpProtocol: 'tcp',
  FromPort: 22,
  ToPort: 22,
  CidrIpv4: '0.0.0.0/0',
  ...given,
});
const LIST = rule(9, { CidrIpv4: undefined, PrefixListId: 'pl-1' });

describe('reading', () => {
  test('goes on until the last page of rules, lists and entries', async () => {
    const { client, asked } = stub({
      DescribeSecurityGroups: () => ({ SecurityGroups: [GROUP] }),
      DescribeSecurityGroupRules: ({ NextToken }) =>
        NextToken === 'two' ? { SecurityGroupRules: [LIST] } : { SecurityGroupRules: [rule(1)], NextToken: 'two' },
      DescribeManagedPrefixLists: ({ NextToken }) =>
        NextToken === 'two'
          ? { PrefixLists: [{ PrefixListId: 'pl-1', PrefixListName: 'office' }] }
          : { PrefixLists: [], NextToken: 'two' },
      GetManagedPrefixListEntries: ({ NextToken }) =>
        NextToken === 'two'
          ? { Entries: [{ Cidr: '192.0.2.0/24' }] }
          : { Entries: [{ Cidr: '198.51.100.0/24' }], NextToken: 'two' },
    });
    const estate = await ec2SecurityGroups(client).read('sg-1');
    expect(estate).toMatchObject({
      rules: [{ id: 'sgr-1' }, { id: 'sgr-9', source: { kind: 'prefix-list', id: 'pl-1' } }],
      prefixLists: [{ id: 'pl-1', name: 'office', ownerId: null, cidrs: ['198.51.100.0/24', '192.0.2.0/24'] }],
    });
    expect(asked).toHaveLength(7);
  });

  test.each([
    ['all lists', 'DescribeManagedPrefixLists'],
    ['the entries', 'GetManagedPrefixListEntries'],
  ])('leaves out a list when EC2 does not show %s', async (_title, denied) => {
    const { client } = stub({
      DescribeSecurityGroups: () => ({ SecurityGroups: [GROUP] }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [LIST] }),
      DescribeManagedPrefixLists: () => ({ PrefixLists: [{ PrefixListId: 'pl-1' }] }),
      GetManagedPrefixListEntries: () => ({ Entries: [{ Cidr: '192.0.2.0/24' }] }),
      [denied]: () => awsError('UnauthorizedOperation', 'no', 403),
    });
    expect(await ec2SecurityGroups(client).read('sg-1')).toMatchObject({ rules: [{ id: 'sgr-9' }], prefixLists: [] });
  });

  test('is tried again later when the entries are throttled: a list is not unreadable for that', async () => {
    const { client } = stub({
      DescribeSecurityGroups: () => ({ SecurityGroups: [GROUP] }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [LIST] }),
      DescribeManagedPrefixLists: () => ({ PrefixLists: [{ PrefixListId: 'pl-1' }] }),
      GetManagedPrefixListEntries: () => awsError('RequestLimitExceeded', 'slow', 503),
    });
    await expect(ec2SecurityGroups(client).read('sg-1')).rejects.toBeInstanceOf(Retryable);
  });

  test('does not ask for lists of outgoing rules', async () => {
    const { client, asked } = stub({
      DescribeSecurityGroups: () => ({ SecurityGroups: [GROUP] }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [{ ...LIST, IsEgress: true }] }),
    });
    await ec2SecurityGroups(client).read('sg-1');
    expect(asked).toHaveLength(2);
  });
});

describe('revoking', () => {
  const gone = () => awsError('InvalidSecurityGroupRuleId.NotFound');

  test('waits when EC2 lists a rule that it says it does not know, and gives up as "not now"', async () => {
    const naps: number[] = [];
    const { client, asked } = stub({
      RevokeSecurityGroupIngress: gone,
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [rule(1)] }),
    });
    const groups = ec2SecurityGroups(client, async (milliseconds) => {
      naps.push(milliseconds);
    });
    await expect(groups.revoke('sg-1', ['sgr-1'])).rejects.toBeInstanceOf(Retryable);
    expect(naps).toEqual([1000, 2000, 4000]);
    expect(asked.filter(({ action }) => action === 'RevokeSecurityGroupIngress')).toHaveLength(4);
  });

  test('does not leave a rule open because another one is gone that EC2 still lists', async () => {
    const gone = ['sgr-1', 'sgr-3', 'sgr-4', 'sgr-5'];
    const { client, asked } = stub({
      RevokeSecurityGroupIngress: ({ SecurityGroupRuleIds }) => {
        const unknown = gone.find((id) => (SecurityGroupRuleIds as string[]).includes(id));
        return unknown === undefined
          ? { Return: true }
          : awsError('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${unknown}' does not exist`);
      },
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [1, 2, 3, 4, 5].map((n) => rule(n)) }),
    });
    const groups = ec2SecurityGroups(client, () => Promise.reject(new Error('nothing to wait for')));
    expect((await groups.revoke('sg-1', ['sgr-1', 'sgr-2', 'sgr-3', 'sgr-4', 'sgr-5'])).requestId).not.toBeNull();
    expect(asked.at(-1)?.input).toMatchObject({ SecurityGroupRuleIds: ['sgr-2'] });
  });

  test('asks for rule ids, never for properties', async () => {
    const { client, asked } = stub({ RevokeSecurityGroupIngress: () => ({ Return: true }) });
    const answer = await ec2SecurityGroups(client).revoke('sg-1', ['sgr-1', 'sgr-1', 'sgr-2']);
    expect(asked.map(({ input }) => input)).toEqual([{ GroupId: 'sg-1', SecurityGroupRuleIds: ['sgr-1', 'sgr-2'] }]);
    expect(answer).toEqual({ requestId: 'request-1' });
  });

  test('is refused when EC2 answers that it did nothing', async () => {
    const { client } = stub({ RevokeSecurityGroupIngress: () => ({ Return: false }) });
    await expect(ec2SecurityGroups(client).revoke('sg-1', ['sgr-1'])).rejects.toThrow('nothing of sg-1 was revoked');
  });

  test('does not take a throttled call for a rule that is gone', async () => {
    const { client, asked } = stub({ RevokeSecurityGroupIngress: () => awsError('RequestLimitExceeded', 'slow', 503) });
    await expect(ec2SecurityGroups(client).revoke('sg-1', ['sgr-1'])).rejects.toBeInstanceOf(Retryable);
    expect(asked).toHaveLength(1);
  });
});
