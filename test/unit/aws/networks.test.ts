import { describe, expect, test } from 'vitest';
import { AwsRefused } from '../../../src/aws/errors.ts';
import { ec2Networks } from '../../../src/aws/networks.ts';
import { Retryable } from '../../../src/roles.ts';
import { awsError, stub } from './stub.ts';

const NOTHING = { requestId: null };
const THROTTLED = () => awsError('RequestLimitExceeded', 'slow', 503);

describe('detaching', () => {
  const face = { NetworkInterfaceId: 'eni-1', Groups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }, { GroupId: 'sg-3' }] };
  const answers = {
    DescribeNetworkInterfaces: () => ({ NetworkInterfaces: [face] }),
    ModifyNetworkInterfaceAttribute: () => ({}),
  };
  const detachWith = (given: object, groupIds = ['sg-2']) => {
    const { client, asked } = stub({ ...answers, ...given });
    return { done: ec2Networks(client).detach('eni-1', groupIds), asked };
  };

  test('sets what is there without the groups, and nothing else of the interface', async () => {
    const { done, asked } = detachWith({}, ['sg-2', 'sg-9']);
    expect(await done).toEqual({ requestId: 'request-2' });
    expect(asked[1]).toEqual({
      action: 'ModifyNetworkInterfaceAttribute',
      input: { NetworkInterfaceId: 'eni-1', Groups: ['sg-1', 'sg-3'] },
    });
  });

  test('sets nothing when no group would be left', async () => {
    const { done, asked } = detachWith({}, ['sg-1', 'sg-2', 'sg-3']);
    await expect(done).rejects.toMatchObject({ name: 'AwsRefused', code: 'LastGroup' });
    expect(asked).toHaveLength(1);
  });

  test('of an interface that shows no group at all sets nothing', async () => {
    const bare = () => ({ NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1' }] });
    const { done, asked } = detachWith({ DescribeNetworkInterfaces: bare });
    expect(await done).toEqual(NOTHING);
    expect(asked).toHaveLength(1);
  });

  test.each([['DescribeNetworkInterfaces'], ['ModifyNetworkInterfaceAttribute']])(
    'an interface that is gone at %s needs nothing',
    async (action) => {
      const { done } = detachWith({ [action]: () => awsError('InvalidNetworkInterfaceID.NotFound') });
      expect(await done).toEqual(NOTHING);
    },
  );

  test.each([
    ['a throttled read', 'DescribeNetworkInterfaces', THROTTLED],
    ['a throttled write', 'ModifyNetworkInterfaceAttribute', THROTTLED],
    ['a group gone that is to stay', 'ModifyNetworkInterfaceAttribute', () => awsError('InvalidGroup.NotFound')],
  ])('comes back later after %s', async (_title, action, answer) => {
    await expect(detachWith({ [action]: answer }).done).rejects.toBeInstanceOf(Retryable);
  });

  test('is refused for an interface of a service', async () => {
    const { done } = detachWith({ ModifyNetworkInterfaceAttribute: () => awsError('AuthFailure', 'no permission') });
    await expect(done).rejects.toBeInstanceOf(AwsRefused);
  });
});

describe('removing entries', () => {
  const answers = {
    DescribeManagedPrefixLists: () => ({ PrefixLists: [{ PrefixListId: 'pl-1', Version: 4 }] }),
    GetManagedPrefixListEntries: () => ({ Entries: [{ Cidr: '0.0.0.0/1' }, { Cidr: '192.0.2.0/24' }] }),
    ModifyManagedPrefixList: () => ({}),
  };
  const removeWith = (given: object, cidrs = ['0.0.0.0/1']) => {
    const { client, asked } = stub({ ...answers, ...given });
    return { done: ec2Networks(client).removeEntries('pl-1', cidrs), asked };
  };

  test('is bound to the version that was read', async () => {
    const { done, asked } = removeWith({}, ['0.0.0.0/1', '128.0.0.0/1']);
    expect(await done).toEqual({ requestId: 'request-3' });
    expect(asked[2]).toEqual({
      action: 'ModifyManagedPrefixList',
      input: { PrefixListId: 'pl-1', CurrentVersion: 4, RemoveEntries: [{ Cidr: '0.0.0.0/1' }] },
    });
  });

  test('finds an entry on the last page, and takes 100 at once', async () => {
    const wide = Array.from({ length: 101 }, (_, at) => ({ Cidr: `${at + 1}.0.0.0/8` }));
    const entries = ({ NextToken }: { NextToken?: unknown }) =>
      NextToken === 'two' ? { Entries: wide } : { Entries: [{ Cidr: '192.0.2.0/24' }], NextToken: 'two' };
    const { done, asked } = removeWith(
      { GetManagedPrefixListEntries: entries },
      wide.map(({ Cidr }) => Cidr),
    );
    await done;
    expect(asked.at(-1)?.input.RemoveEntries).toEqual(wide.slice(0, 100));
  });

  test('needs nothing when the entries are gone, or the list is', async () => {
    expect(await removeWith({}, ['128.0.0.0/1']).done).toEqual(NOTHING);
    expect(await removeWith({ DescribeManagedPrefixLists: () => ({}) }).done).toEqual(NOTHING);
    expect(await removeWith({ ModifyManagedPrefixList: () => awsError('InvalidPrefixListID.NotFound') }).done).toEqual(
      NOTHING,
    );
  });

  test.each([['PrefixListVersionMismatch'], ['IncorrectState'], ['RequestLimitExceeded']])(
    'comes back later after %s',
    async (code) => {
      const { done } = removeWith({ ModifyManagedPrefixList: () => awsError(code) });
      await expect(done).rejects.toBeInstanceOf(Retryable);
      await expect(done).rejects.toThrow(code);
    },
  );

  test.each([
    ['the list', 'DescribeManagedPrefixLists'],
    ['the entries', 'GetManagedPrefixListEntries'],
    ['the change', 'ModifyManagedPrefixList'],
  ])('is refused when this role is denied %s', async (_title, action) => {
    const { done } = removeWith({ [action]: () => awsError('UnauthorizedOperation', 'no', 403) });
    await expect(done).rejects.toThrow(`this role may not call ec2:${action}`);
  });

  test('is not asked of a list without a version', async () => {
    const ofAws = () => ({ PrefixLists: [{ PrefixListId: 'pl-1', OwnerId: 'AWS' }] });
    const { done, asked } = removeWith({ DescribeManagedPrefixLists: ofAws });
    await expect(done).rejects.toThrow('pl-1 has no version to change: it belongs to AWS');
    expect(asked).toHaveLength(2);
  });
});

describe('reading a list', () => {
  const answers = {
    DescribeManagedPrefixLists: ({ Filters }: { Filters?: unknown }) => ({
      PrefixLists: [{ PrefixListId: (Filters as [{ Values: string[] }])[0].Values[0], Version: 1 }],
    }),
    GetManagedPrefixListEntries: ({ PrefixListId }: { PrefixListId?: unknown }) =>
      PrefixListId === 'pl-2' ? awsError('UnauthorizedOperation', 'no', 403) : { Entries: [{ Cidr: '192.0.2.0/24' }] },
    DescribeSecurityGroups: () => ({ SecurityGroups: [{ GroupId: 'sg-1' }] }),
    DescribeSecurityGroupRules: () => ({
      SecurityGroupRules: ['pl-1', 'pl-2'].map((PrefixListId) => ({
        SecurityGroupRuleId: `sgr-${PrefixListId}`,
        GroupId: 'sg-1',
        IpProtocol: 'tcp',
        PrefixListId,
      })),
    }),
  };

  test('leaves out another list of its groups that cannot be read', async () => {
    const estate = await ec2Networks(stub(answers).client).readPrefixList('pl-1');
    expect(estate).toMatchObject({ list: { id: 'pl-1' }, groups: [{ rules: [{}, {}] }] });
    expect(estate).toHaveProperty('prefixLists', [expect.objectContaining({ id: 'pl-1' })]);
  });

  test('does not take another list for it that a wildcard in the id fits', async () => {
    const { client } = stub({
      ...answers,
      DescribeManagedPrefixLists: () => ({ PrefixLists: [{ PrefixListId: 'pl-1' }] }),
    });
    expect(await ec2Networks(client).readPrefixList('pl-*')).toMatchObject({ kind: 'missing' });
  });

  test('fails when the list itself is shown and its entries are not: it must not count as gone or empty', async () => {
    const reading = ec2Networks(stub(answers).client).readPrefixList('pl-2');
    await expect(reading).rejects.toThrow('this role may not call ec2:GetManagedPrefixListEntries');
  });

  test.each([['DescribeManagedPrefixLists'], ['DescribeSecurityGroups'], ['DescribeSecurityGroupRules']])(
    'comes back later when %s is throttled',
    async (action) => {
      const { client } = stub({ ...answers, [action]: THROTTLED });
      await expect(ec2Networks(client).readPrefixList('pl-1')).rejects.toBeInstanceOf(Retryable);
    },
  );
});
