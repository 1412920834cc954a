import { describe, expect, test } from 'vitest';
import { ec2SecurityGroups } from '../../../src/aws/security-groups.ts';
import type { SecurityGroupEstate } from '../../../src/domain/estate.ts';
import { Retryable } from '../../../src/roles.ts';
import { awsError, stub } from './stub.ts';

type Filters = readonly { readonly Name: string; readonly Values: readonly string[] }[];
const filtered = (input: Readonly<Record<string, unknown>>) => (input.Filters as Filters | undefined)?.[0];

const ESTATE: SecurityGroupEstate = {
  kind: 'security-group',
  group: { id: 'sg-1', name: 'web', ownerId: '123456789012', vpcId: 'vpc-1', tags: {} },
  rules: [],
  prefixLists: [{ id: 'pl-1', name: null, ownerId: null, cidrs: [], version: 1 }],
  surroundings: null,
};
const face = (id: string, ...groups: string[]) => ({
  NetworkInterfaceId: id,
  Groups: groups.map((GroupId) => ({ GroupId })),
});
const ruleOf = (GroupId: string, PrefixListId: string) => ({
  SecurityGroupRuleId: `sgr-${GroupId}`,
  GroupId,
  IpProtocol: 'tcp',
  PrefixListId,
});

describe('looking around', () => {
  const answers = {
    DescribeNetworkInterfaces: () => ({ NetworkInterfaces: [face('eni-1', 'sg-1', 'sg-2')] }),
    DescribeSecurityGroups: (input: Readonly<Record<string, unknown>>) => ({
      SecurityGroups: filtered(input)?.Name === 'group-id' ? [{ GroupId: 'sg-2' }] : [],
    }),
    DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
  };

  test('asks once where there is no neighbour, and not at all for users that are known', async () => {
    const { client, asked } = stub({
      DescribeNetworkInterfaces: () => ({ NetworkInterfaces: [face('eni-1', 'sg-1')] }),
      DescribeSecurityGroups: () => ({ SecurityGroups: [] }),
    });
    const { surroundings } = await ec2SecurityGroups(client).lookAround(ESTATE);
    expect(surroundings).toMatchObject({ interfaces: [{ id: 'eni-1' }], neighbours: [] });
    expect(asked).toHaveLength(1);
    const users = surroundings?.interfaces ?? [];
    expect((await ec2SecurityGroups(client).lookAround({ ...ESTATE, users })).surroundings).toEqual(surroundings);
    expect(asked).toHaveLength(1);
  });

  test('goes on until the last page of interfaces and of groups', async () => {
    const { client } = stub({
      ...answers,
      DescribeNetworkInterfaces: ({ NextToken }) =>
        NextToken === 'two'
          ? { NetworkInterfaces: [face('eni-2', 'sg-1', 'sg-3')] }
          : { NetworkInterfaces: [face('eni-1', 'sg-1', 'sg-2')], NextToken: 'two' },
      DescribeSecurityGroups: ({ NextToken }) =>
        NextToken === 'two'
          ? { SecurityGroups: [{ GroupId: 'sg-3' }] }
          : { SecurityGroups: [{ GroupId: 'sg-2' }], NextToken: 'two' },
    });
    const { surroundings } = await ec2SecurityGroups(client).lookAround(ESTATE);
    expect(surroundings).toMatchObject({
      interfaces: [{ id: 'eni-1' }, { id: 'eni-2' }],
      neighbours: [{ group: { id: 'sg-2' } }, { group: { id: 'sg-3' } }],
    });
  });

  test('asks for 200 groups at a time, and counts an interface once', async () => {
    const others = Array.from({ length: 250 }, (_, at) => `sg-${at + 1000}`);
    const { client, asked } = stub({
      ...answers,
      DescribeNetworkInterfaces: () => ({ NetworkInterfaces: [face('eni-1', 'sg-1', ...others)] }),
      DescribeSecurityGroups: (input) => {
        const { Name, Values = [] } = filtered(input) ?? {};
        return { SecurityGroups: Name === 'group-id' ? Values.map((GroupId) => ({ GroupId })) : [] };
      },
    });
    const { surroundings } = await ec2SecurityGroups(client).lookAround(ESTATE);
    expect(surroundings?.interfaces).toHaveLength(1);
    expect(surroundings?.neighbours.map(({ group }) => group.id)).toEqual(others);
    const sizes = (wanted: string) =>
      asked.filter(({ action }) => action === wanted).map(({ input }) => filtered(input)?.Values.length);
    expect(sizes('DescribeNetworkInterfaces')).toEqual([1, 200, 50]);
    expect(sizes('DescribeSecurityGroupRules')).toEqual([200, 50]);
  });

  test('reads the lists of the neighbours that are not known yet', async () => {
    const { client, asked } = stub({
      ...answers,
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [ruleOf('sg-2', 'pl-1'), ruleOf('sg-2', 'pl-2')] }),
      DescribeManagedPrefixLists: () => ({ PrefixLists: [{ PrefixListId: 'pl-2', Version: 7 }] }),
      GetManagedPrefixListEntries: () => ({ Entries: [{ Cidr: '192.0.2.0/24', Description: 'office' }] }),
    });
    const { prefixLists, surroundings } = await ec2SecurityGroups(client).lookAround(ESTATE);
    const read = { id: 'pl-2', version: 7, cidrs: ['192.0.2.0/24'], descriptions: { '192.0.2.0/24': 'office' } };
    expect(prefixLists).toMatchObject([{ id: 'pl-1' }, read]);
    expect(surroundings?.neighbours[0]?.rules).toHaveLength(2);
    const described = asked.find(({ action }) => action === 'DescribeManagedPrefixLists');
    expect(filtered(described?.input ?? {})?.Values).toEqual(['pl-2']);
  });

  test('leaves out a neighbour that EC2 does not describe', async () => {
    const { client } = stub({ ...answers, DescribeSecurityGroups: () => ({}) });
    const { surroundings } = await ec2SecurityGroups(client).lookAround(ESTATE);
    expect(surroundings).toMatchObject({ interfaces: [{ id: 'eni-1' }], neighbours: [] });
  });

  test.each([['DescribeNetworkInterfaces'], ['DescribeSecurityGroups'], ['DescribeSecurityGroupRules']])(
    'is no "nothing around" when %s is throttled',
    async (action) => {
      const { client } = stub({ ...answers, [action]: () => awsError('RequestLimitExceeded', 'slow', 503) });
      await expect(ec2SecurityGroups(client).lookAround(ESTATE)).rejects.toBeInstanceOf(Retryable);
    },
  );
});

describe('reading an interface', () => {
  const answers = {
    DescribeNetworkInterfaces: () => ({ NetworkInterfaces: [face('eni-1', 'sg-1', 'sg-2')] }),
    DescribeSecurityGroups: () => ({ SecurityGroups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }] }),
    DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
  };
  const readWith = (given: object) => ec2SecurityGroups(stub({ ...answers, ...given }).client).readInterface('eni-1');

  test('is tried again later while EC2 does not describe one of its groups', async () => {
    const reading = readWith({ DescribeSecurityGroups: () => ({ SecurityGroups: [{ GroupId: 'sg-1' }] }) });
    await expect(reading).rejects.toBeInstanceOf(Retryable);
    await expect(reading).rejects.toThrow('sg-2 of eni-1');
  });

  test.each([
    ['an empty answer', () => ({})],
    ['an unknown id', () => awsError('InvalidNetworkInterfaceID.NotFound')],
  ])('takes %s for gone', async (_title, answer) => {
    const missing = { kind: 'missing', resource: { type: 'network-interface', id: 'eni-1' } };
    expect(await readWith({ DescribeNetworkInterfaces: answer })).toEqual(missing);
  });

  test('does not take a denied call for gone', async () => {
    const denied = () => awsError('UnauthorizedOperation', 'no', 403);
    await expect(readWith({ DescribeNetworkInterfaces: denied })).rejects.toThrow('ec2:DescribeNetworkInterfaces');
  });

  test('makes do without what EC2 leaves out', async () => {
    const bare = { NetworkInterfaceId: 'eni-1' };
    expect(await readWith({ DescribeNetworkInterfaces: () => ({ NetworkInterfaces: [bare] }) })).toMatchObject({
      groups: [],
      interfaces: [{ id: 'eni-1' }],
      networkInterface: {
        id: 'eni-1',
        vpcId: null,
        ownerId: '',
        groupIds: [],
        instanceId: null,
        requesterManaged: false,
        loadBalancer: false,
        interfaceType: '',
        requesterId: null,
        publicAddresses: [],
        description: '',
        tags: {},
      },
    });
  });

  const managed = { RequesterManaged: true, InterfaceType: 'interface' };
  test.each<[string, object, boolean]>([
    ['an Application Load Balancer', { ...managed, RequesterId: 'amazon-elb' }, true],
    ['a Classic Load Balancer', { ...managed, Attachment: { InstanceOwnerId: 'amazon-elb' } }, true],
    ['a Network Load Balancer', { ...managed, InterfaceType: 'network_load_balancer' }, true],
    ['a Gateway Load Balancer', { ...managed, InterfaceType: 'gateway_load_balancer' }, true],
    ['the endpoint of a Gateway Load Balancer', { ...managed, InterfaceType: 'gateway_load_balancer_endpoint' }, false],
    ['a database', { ...managed, RequesterId: 'amazon-rds' }, false],
    ['what somebody describes so', { RequesterManaged: false, Description: 'ELB app/web/1' }, false],
    ['a service that describes itself so', { ...managed, Description: 'ELB app/web/1' }, false],
    ['what no service manages', { RequesterManaged: false, RequesterId: 'amazon-elb' }, false],
    ['what does not say who manages it', { InterfaceType: 'network_load_balancer' }, false],
  ])('%s: load balancer %s', async (_title, given, loadBalancer) => {
    const NetworkInterfaces = [{ ...face('eni-1', 'sg-1', 'sg-2'), ...given }];
    const estate = await readWith({ DescribeNetworkInterfaces: () => ({ NetworkInterfaces }) });
    expect(estate).toMatchObject({ networkInterface: { loadBalancer } });
  });

  test('finds the interfaces of an instance on every page', async () => {
    const { client, asked } = stub({
      DescribeNetworkInterfaces: ({ NextToken }) =>
        NextToken === 'two'
          ? { NetworkInterfaces: [face('eni-1')] }
          : { NetworkInterfaces: [face('eni-2')], NextToken: 'two' },
    });
    expect(await ec2SecurityGroups(client).interfacesOf('i-1')).toEqual(['eni-1', 'eni-2']);
    expect(filtered(asked[0]?.input ?? {})).toEqual({ Name: 'attachment.instance-id', Values: ['i-1'] });
  });
});

test('the public addresses of an interface are those of all its associations, and its global IPv6', async () => {
  const described = {
    ...face('eni-1'),
    InterfaceType: 'quicksight',
    RequesterId: '123456789012',
    Association: { PublicIp: '198.51.100.7' },
    PrivateIpAddresses: [
      { Association: { PublicIp: '198.51.100.7' } },
      { Association: { CarrierIp: '203.0.113.9' } },
      {},
    ],
    Ipv6Addresses: [{ Ipv6Address: '2001:db8::5' }, { Ipv6Address: 'fd00::5' }],
    Ipv6Prefixes: [{ Ipv6Prefix: '2001:db8:1::/80' }],
  };
  const { client } = stub({
    DescribeNetworkInterfaces: () => ({ NetworkInterfaces: [described] }),
    DescribeSecurityGroups: () => ({ SecurityGroups: [] }),
    DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
  });
  expect(await ec2SecurityGroups(client).readInterface('eni-1')).toMatchObject({
    networkInterface: {
      interfaceType: 'quicksight',
      requesterId: '123456789012',
      publicAddresses: ['198.51.100.7', '2001:db8:1::/80', '2001:db8::5', '203.0.113.9'],
    },
  });
});

test('several groups come with the reason where their interfaces cannot be read', async () => {
  const { client } = stub({
    DescribeNetworkInterfaces: () => awsError('RequestLimitExceeded', 'slow', 503),
    DescribeSecurityGroups: () => ({ SecurityGroups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }] }),
    DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
  });
  const found = await ec2SecurityGroups(client).readMany(['sg-1', 'sg-2']);
  expect(found.map(({ users }) => users)).toEqual([undefined, undefined]);
  expect(found[0]?.usersUnread).toContain('RequestLimitExceeded');
});
