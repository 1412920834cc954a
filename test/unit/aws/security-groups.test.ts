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

  test('asks for lists of outgoing rules, too, and once for each list', async () => {
    const { client, asked } = stub({
      DescribeSecurityGroups: () => ({ SecurityGroups: [GROUP] }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [{ ...LIST, IsEgress: true }, LIST] }),
      DescribeManagedPrefixLists: () => ({ PrefixLists: [] }),
    });
    await ec2SecurityGroups(client).read('sg-1');
    expect(asked.filter(({ action }) => action === 'DescribeManagedPrefixLists').map(({ input }) => input)).toEqual([
      { Filters: [{ Name: 'prefix-list-id', Values: ['pl-1'] }], NextToken: undefined },
    ]);
  });

  test('asks EC2 for an id without MaxResults, which it does not take together', async () => {
    const { client, asked } = stub({
      DescribeSecurityGroups: () => ({ SecurityGroups: [GROUP] }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
    });
    await ec2SecurityGroups(client).read('sg-1');
    const { input } = asked.find(({ action }) => action === 'DescribeSecurityGroups') ?? {};
    expect(input).toEqual({ GroupIds: ['sg-1'], NextToken: undefined });
  });

  test.each([
    ['InvalidGroup.NotFound', 'DescribeSecurityGroups'],
    ['InvalidGroupId.Malformed', 'DescribeSecurityGroupRules'],
  ])('takes %s for gone', async (code, action) => {
    const { client } = stub({
      DescribeSecurityGroups: () => ({ SecurityGroups: [GROUP] }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
      [action]: () => awsError(code),
    });
    expect(await ec2SecurityGroups(client).read('sg-1')).toMatchObject({ kind: 'missing' });
  });

  test.each([
    ['an id', { SecurityGroupRuleId: undefined }],
    ['a protocol', { IpProtocol: undefined }],
    ['a source', { CidrIpv4: undefined }],
  ])('fails on a rule without %s: it must not count as harmless', async (_title, lacking) => {
    const { client } = stub({
      DescribeSecurityGroups: () => ({ SecurityGroups: [GROUP] }),
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [rule(1, lacking)] }),
    });
    await expect(ec2SecurityGroups(client).read('sg-1')).rejects.toThrow('AWS answered without');
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
    await expect(groups.revoke('sg-1', ['sgr-1'], false)).rejects.toBeInstanceOf(Retryable);
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
    expect(
      (await groups.revoke('sg-1', ['sgr-1', 'sgr-2', 'sgr-3', 'sgr-4', 'sgr-5'], false)).requestId,
    ).not.toBeNull();
    expect(asked.at(-1)?.input).toMatchObject({ SecurityGroupRuleIds: ['sgr-2'] });
  });

  test('asks for rule ids, never for properties', async () => {
    const { client, asked } = stub({ RevokeSecurityGroupIngress: () => ({ Return: true }) });
    const answer = await ec2SecurityGroups(client).revoke('sg-1', ['sgr-1', 'sgr-1', 'sgr-2'], false);
    expect(asked.map(({ input }) => input)).toEqual([{ GroupId: 'sg-1', SecurityGroupRuleIds: ['sgr-1', 'sgr-2'] }]);
    expect(answer).toEqual({ requestId: 'request-1' });
  });

  test('of egress rules is another call, and looks for egress rules when one is gone', async () => {
    const { client, asked } = stub({
      RevokeSecurityGroupEgress: ({ SecurityGroupRuleIds }) =>
        (SecurityGroupRuleIds as string[]).length > 1 ? gone() : { Return: true },
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [rule(1), rule(2, { IsEgress: true })] }),
    });
    const answer = await ec2SecurityGroups(client).revoke('sg-1', ['sgr-1', 'sgr-2'], true);
    expect(answer).toEqual({ requestId: 'request-3' });
    expect(asked.at(-1)).toEqual({
      action: 'RevokeSecurityGroupEgress',
      input: { GroupId: 'sg-1', SecurityGroupRuleIds: ['sgr-2'] },
    });
  });

  test('of a group that is gone needs nothing', async () => {
    const { client } = stub({ RevokeSecurityGroupEgress: () => awsError('InvalidGroup.NotFound') });
    expect(await ec2SecurityGroups(client).revoke('sg-1', ['sgr-1'], true)).toEqual({ requestId: null });
  });

  test('is refused when EC2 answers that it did nothing', async () => {
    const { client } = stub({ RevokeSecurityGroupIngress: () => ({ Return: false }) });
    await expect(ec2SecurityGroups(client).revoke('sg-1', ['sgr-1'], false)).rejects.toThrow(
      'nothing of sg-1 was revoked',
    );
  });

  test('does not take a throttled call for a rule that is gone', async () => {
    const { client, asked } = stub({ RevokeSecurityGroupIngress: () => awsError('RequestLimitExceeded', 'slow', 503) });
    await expect(ec2SecurityGroups(client).revoke('sg-1', ['sgr-1'], false)).rejects.toBeInstanceOf(Retryable);
    expect(asked).toHaveLength(1);
  });
});

describe('the groups that name a list', () => {
  const INBOUND = [{ Name: 'ip-permission.prefix-list-id', Values: ['pl-1'] }];
  const OUTBOUND = [{ Name: 'egress.ip-permission.prefix-list-id', Values: ['pl-1'] }];
  const groups = (...ids: string[]) => ({ SecurityGroups: ids.map((GroupId) => ({ GroupId })) });

  test('are asked of EC2 by a filter for each direction, page by page, and no rule is read', async () => {
    const { client, asked } = stub({
      DescribeSecurityGroups: ({ Filters, NextToken }) => {
        if ((Filters as typeof INBOUND)[0]?.Name.startsWith('egress')) return groups('sg-0', 'sg-2');
        return NextToken === 'two' ? groups('sg-1') : { ...groups('sg-2'), NextToken: 'two' };
      },
    });
    expect(await ec2SecurityGroups(client).namingList('pl-1', true)).toEqual(['sg-0', 'sg-1', 'sg-2']);
    expect(asked).toEqual([
      { action: 'DescribeSecurityGroups', input: { Filters: INBOUND, MaxResults: 200, NextToken: undefined } },
      { action: 'DescribeSecurityGroups', input: { Filters: OUTBOUND, MaxResults: 200, NextToken: undefined } },
      { action: 'DescribeSecurityGroups', input: { Filters: INBOUND, MaxResults: 200, NextToken: 'two' } },
    ]);
  });

  test('cost one call where no group names the list and outbound traffic is not watched', async () => {
    const { client, asked } = stub({ DescribeSecurityGroups: () => groups() });
    expect(await ec2SecurityGroups(client).namingList('pl-1', false)).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  test('are not "none" when EC2 throttles', async () => {
    const { client } = stub({ DescribeSecurityGroups: () => awsError('RequestLimitExceeded', 'slow', 503) });
    await expect(ec2SecurityGroups(client).namingList('pl-1', false)).rejects.toBeInstanceOf(Retryable);
  });
});
