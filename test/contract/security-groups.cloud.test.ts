import {
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  type IpPermission,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { ec2Client } from '../../src/aws/clients.ts';
import { systemClock } from '../../src/aws/clock.ts';
import { ec2SecurityGroups } from '../../src/aws/security-groups.ts';
import { counter } from '../fakes/world.ts';
import { localCloud } from './cloud.ts';
import { type GroupsWorld, type Opening, securityGroupsSuite } from './security-groups.suite.ts';

const cloud = localCloud();
const name = counter('contract');

async function make(): Promise<GroupsWorld> {
  const ec2 = ec2Client('security-groups');
  const newVpc = async () => (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc?.VpcId;
  const ours = await newVpc();
  return {
    groups: ec2SecurityGroups(ec2, async () => {}),
    newGroup: async (given = name(), vpc) => {
      const group = new CreateSecurityGroupCommand({
        GroupName: given,
        Description: 'contract',
        VpcId: vpc === undefined ? ours : await newVpc(),
        TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'team', Value: 'web' }] }],
      });
      return (await ec2.send(group)).GroupId ?? '';
    },
    open: async (groupId, openings) => {
      const ids: string[] = [];
      for (const opening of openings) {
        const command = new AuthorizeSecurityGroupIngressCommand({
          GroupId: groupId,
          IpPermissions: [permission(opening)],
        });
        const { SecurityGroupRules = [] } = await ec2.send(command);
        ids.push(...SecurityGroupRules.flatMap(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? []));
      }
      return ids;
    },
    close: async (groupId, ruleIds) => {
      await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: groupId, SecurityGroupRuleIds: [...ruleIds] }));
    },
    newPrefixList: async (cidrs) => {
      const command = new CreateManagedPrefixListCommand({
        PrefixListName: name(),
        AddressFamily: 'IPv4',
        MaxEntries: cidrs.length,
        Entries: cidrs.map((Cidr) => ({ Cidr })),
      });
      return (await ec2.send(command)).PrefixList?.PrefixListId ?? '';
    },
  };
}

function permission({ port, source }: Opening): IpPermission {
  const tcp = { IpProtocol: 'tcp', FromPort: port, ToPort: port };
  switch (source.kind) {
    case 'ipv4':
      return { ...tcp, IpRanges: [{ CidrIp: source.cidr }] };
    case 'ipv6':
      return { ...tcp, Ipv6Ranges: [{ CidrIpv6: source.cidr }] };
    case 'prefix-list':
      return { ...tcp, PrefixListIds: [{ PrefixListId: source.id }] };
    case 'security-group':
      return { ...tcp, UserIdGroupPairs: [{ GroupId: source.id }] };
  }
}

describe('security groups', () => securityGroupsSuite(make));

test('a rule that EC2 still lists after it was closed does not keep another one open', async () => {
  const { groups, newGroup, open, close } = await make();
  const groupId = await newGroup();
  const world = { kind: 'ipv4', cidr: '0.0.0.0/0' } as const;
  const [ssh = '', rdp = ''] = await open(
    groupId,
    [22, 3389].map((port) => ({ port, source: world })),
  );
  await cloud().staleReads(3);
  await close(groupId, [ssh]);
  expect((await groups.revoke(groupId, [ssh, rdp])).requestId).toEqual(expect.stringMatching(/./));
  await systemClock.sleep(3_000);
  const estate = await groups.read(groupId);
  expect(estate).toMatchObject({ rules: [{ egress: true }] });
});
