import { describe, expect, test } from 'vitest';
import { root } from '../../../src/inbound/reader.ts';
import { expand, flatRule, ruleOf } from '../../../src/inbound/rules.ts';

const WORLD = { kind: 'ipv4', cidr: '0.0.0.0/0' } as const;
const ssh = { protocol: 'tcp', fromPort: 22, toPort: 22 };

describe('a permission is expanded into one rule per source', () => {
  test.each([
    [
      'CloudTrail',
      {
        ipProtocol: 'tcp',
        fromPort: '22',
        toPort: 22,
        groups: { items: [{ userId: '123456789012', groupId: 'sg-1', description: 'peers' }] },
        ipRanges: { items: [{ cidrIp: '0.0.0.0/0', description: 'all' }] },
        ipv6Ranges: { items: [{ cidrIpv6: '::/0' }] },
        prefixListIds: { items: [{ prefixListId: 'pl-1' }] },
      },
    ],
    [
      'Config',
      {
        ipProtocol: 'tcp',
        fromPort: 22,
        toPort: 22,
        ipRanges: ['0.0.0.0/0'],
        ipv4Ranges: [{ cidrIp: '0.0.0.0/0', description: 'all' }],
        ipv6Ranges: [{ cidrIpv6: '::/0' }],
        prefixListIds: [{ prefixListId: 'pl-1' }],
        userIdGroupPairs: [{ groupId: 'sg-1', description: 'peers' }],
      },
    ],
    [
      'the AWS CLI',
      {
        IpProtocol: 'tcp',
        FromPort: 22,
        ToPort: 22,
        IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'all' }],
        Ipv6Ranges: [{ CidrIpv6: '::/0' }],
        PrefixListIds: [{ PrefixListId: 'pl-1' }],
        UserIdGroupPairs: [{ GroupId: 'sg-1', Description: 'peers' }],
      },
    ],
  ])('as %s writes it', (_name, permission) => {
    expect(expand(root(permission), '123456789012')).toEqual([
      { ...ssh, source: WORLD, description: 'all' },
      { ...ssh, source: { kind: 'ipv6', cidr: '::/0' }, description: null },
      { ...ssh, source: { kind: 'prefix-list', id: 'pl-1' }, description: null },
      { ...ssh, source: { kind: 'security-group', id: 'sg-1' }, description: 'peers' },
    ]);
  });

  test.each([
    ['no ports', {}],
    ['null', { fromPort: null, toPort: null }],
    ['0 to 0', { fromPort: 0, toPort: 0 }],
  ])('all traffic with %s has the ports that EC2 gives it', (_name, ports) => {
    const rules = expand(root({ ipProtocol: '-1', ipRanges: ['0.0.0.0/0'], ...ports }), null);
    expect(rules).toEqual([{ protocol: '-1', fromPort: -1, toPort: -1, source: WORLD, description: null }]);
  });

  test('no source, no rule', () => {
    expect(expand(root({ ipProtocol: 'tcp', fromPort: 22, toPort: 22 }), null)).toEqual([]);
    expect(flatRule(root({ groupId: 'sg-1', ipPermissions: {} }))).toEqual([]);
  });
});

test.each([
  ['a response', { ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrIpv4: '0.0.0.0/0', isEgress: 'true' }, WORLD, true],
  ['a modification', { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' }, WORLD, false],
  [
    'a reference',
    { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, ReferencedGroupInfo: { GroupId: 'sg-9' } },
    { kind: 'security-group', id: 'sg-9' },
    false,
  ],
  [
    'a modified reference',
    { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, ReferencedGroupId: 'sg-9' },
    { kind: 'security-group', id: 'sg-9' },
    false,
  ],
])('%s is one rule', (_name, raw, source, egress) => {
  expect(ruleOf(root(raw), 'sg-1', 'sgr-1')).toEqual({
    id: 'sgr-1',
    groupId: 'sg-1',
    egress,
    ...ssh,
    source,
    description: null,
  });
});

describe('a referenced group of another account', () => {
  const peer = { kind: 'security-group', id: 'sg-9', ownerId: '210987654321', vpcId: 'vpc-9', peeringId: 'pcx-9' };
  const pair = { groupId: 'sg-9', userId: '210987654321', vpcId: 'vpc-9', vpcPeeringConnectionId: 'pcx-9' };

  test('is read with its account, its VPC and its peering from a permission', () => {
    const permission = { ipProtocol: 'tcp', fromPort: 22, toPort: 22, groups: { items: [pair] } };
    expect(expand(root(permission), '123456789012')).toMatchObject([{ source: peer }]);
  });

  test('is read with the status of its peering, and the tags of the rule, from what the AWS CLI prints', () => {
    const raw = {
      GroupOwnerId: '123456789012',
      IpProtocol: 'tcp',
      FromPort: 22,
      ToPort: 22,
      ReferencedGroupInfo: {
        GroupId: 'sg-9',
        UserId: '210987654321',
        VpcId: 'vpc-9',
        VpcPeeringConnectionId: 'pcx-9',
        PeeringStatus: 'active',
      },
      Tags: [
        { Key: 'team', Value: 'web' },
        { Key: 'cost', Value: '' },
      ],
    };
    const found = ruleOf(root(raw), 'sg-1', 'sgr-1');
    expect(found.source).toEqual({ ...peer, peeringStatus: 'active' });
    expect(JSON.stringify(found.tags)).toBe('{"cost":"","team":"web"}');
  });

  test('is told from one of the own account, which is not named', () => {
    const own = { ...pair, userId: '123456789012' };
    const permission = { ipProtocol: 'tcp', fromPort: 22, toPort: 22, groups: { items: [own] } };
    const [found] = expand(root(permission), '123456789012');
    expect(found?.source).toEqual({ kind: 'security-group', id: 'sg-9', vpcId: 'vpc-9', peeringId: 'pcx-9' });
  });
});
