import * as ec2 from '@aws-sdk/client-ec2';
import { ec2Client } from '../../src/aws/clients.ts';
import { systemClock } from '../../src/aws/clock.ts';
import { Deadline } from '../../src/aws/deadline.ts';
import { ec2Networks } from '../../src/aws/networks.ts';
import { ec2SecurityGroups } from '../../src/aws/security-groups.ts';
import { counter } from '../fakes/world.ts';
import type { LocalCloud } from './cloud.ts';
import type { NetworkScene, Opening } from './network-scene.ts';

const name = counter('contract');

/** A VPC of its own with a subnet, in the local AWS. */
export async function cloudScene(cloud: LocalCloud): Promise<NetworkScene> {
  const client = ec2Client('contract', new Deadline());
  const newVpc = async () => (await client.send(new ec2.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc?.VpcId;
  const ours = await newVpc();
  const subnet = await client.send(new ec2.CreateSubnetCommand({ VpcId: ours, CidrBlock: '10.0.0.0/20' }));
  const SubnetId = subnet.Subnet?.SubnetId;
  return {
    groups: ec2SecurityGroups(client, async () => {}),
    networks: ec2Networks(client),
    newGroup: async (given = name(), vpc) => {
      const group = new ec2.CreateSecurityGroupCommand({
        GroupName: given,
        Description: 'contract',
        VpcId: vpc === undefined ? ours : await newVpc(),
        TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'team', Value: 'web' }] }],
      });
      return (await client.send(group)).GroupId ?? '';
    },
    removeGroup: async (GroupId) => {
      await client.send(new ec2.DeleteSecurityGroupCommand({ GroupId }));
    },
    open: async (groupId, openings) => {
      const ids: string[] = [];
      for (const opening of openings) ids.push(...(await authorize(client, groupId, opening)));
      return ids;
    },
    close: async (GroupId, ruleIds) => {
      await client.send(new ec2.RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: [...ruleIds] }));
    },
    ...lists(client),
    newInterface: async (groupIds, description = '') => {
      const command = new ec2.CreateNetworkInterfaceCommand({
        SubnetId,
        Groups: [...groupIds],
        Description: description,
      });
      return (await client.send(command)).NetworkInterface?.NetworkInterfaceId ?? '';
    },
    newInstance: async (groupIds) => {
      const { Images = [] } = await client.send(new ec2.DescribeImagesCommand({ Owners: ['amazon'] }));
      const one = { ImageId: Images[0]?.ImageId, MinCount: 1, MaxCount: 1, SubnetId };
      const { Instances = [] } = await client.send(
        new ec2.RunInstancesCommand({ ...one, SecurityGroupIds: [...groupIds] }),
      );
      const interfaceId = Instances[0]?.NetworkInterfaces?.[0]?.NetworkInterfaceId ?? '';
      return { instanceId: Instances[0]?.InstanceId ?? '', interfaceId };
    },
    setGroups: async (NetworkInterfaceId, groupIds) => {
      await client.send(new ec2.ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups: [...groupIds] }));
    },
    removeInterface: async (NetworkInterfaceId) => {
      await client.send(new ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
    },
    giveToLoadBalancer: async (id) => {
      const url = `${cloud.endpoints.ec2}/_undrift/managed?interface=${id}&requester=amazon-elb`;
      const answer = await fetch(url, { method: 'POST' });
      if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    },
    staleReads: (seconds) => cloud.staleReads(seconds),
    wait: (seconds) => systemClock.sleep(seconds * 1000),
  };
}

function lists(client: ec2.EC2Client): Pick<NetworkScene, 'newPrefixList' | 'widen' | 'listOfAws'> {
  return {
    newPrefixList: async (cidrs) => {
      const command = new ec2.CreateManagedPrefixListCommand({
        PrefixListName: 'list',
        AddressFamily: 'IPv4',
        MaxEntries: cidrs.length + 10,
        Entries: cidrs.map((Cidr, index) => ({ Cidr, ...(index === 0 ? { Description: 'first' } : {}) })),
      });
      return (await client.send(command)).PrefixList?.PrefixListId ?? '';
    },
    widen: async (PrefixListId, Cidr) => {
      const AddEntries = [{ Cidr }];
      await client.send(new ec2.ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion: 1, AddEntries }));
    },
    listOfAws: async () => {
      const Filters = [{ Name: 'owner-id', Values: ['AWS'] }];
      const { PrefixLists = [] } = await client.send(new ec2.DescribeManagedPrefixListsCommand({ Filters }));
      return PrefixLists[0]?.PrefixListId ?? '';
    },
  };
}

async function authorize(client: ec2.EC2Client, GroupId: string, opening: Opening): Promise<readonly string[]> {
  const Tags = Object.entries(opening.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
  const tagged = Tags.length > 0 && { TagSpecifications: [{ ResourceType: 'security-group-rule' as const, Tags }] };
  const input = { GroupId, IpPermissions: [permission(opening)], ...tagged };
  const { SecurityGroupRules = [] } = opening.egress
    ? await client.send(new ec2.AuthorizeSecurityGroupEgressCommand(input))
    : await client.send(new ec2.AuthorizeSecurityGroupIngressCommand(input));
  return SecurityGroupRules.flatMap(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? []);
}

function permission({ port, source, description }: Opening): ec2.IpPermission {
  const tcp = { IpProtocol: 'tcp', FromPort: port, ToPort: port };
  const told = description === undefined ? {} : { Description: description };
  switch (source.kind) {
    case 'ipv4':
      return { ...tcp, IpRanges: [{ CidrIp: source.cidr, ...told }] };
    case 'ipv6':
      return { ...tcp, Ipv6Ranges: [{ CidrIpv6: source.cidr, ...told }] };
    case 'prefix-list':
      return { ...tcp, PrefixListIds: [{ PrefixListId: source.id, ...told }] };
    case 'security-group':
      return { ...tcp, UserIdGroupPairs: [{ GroupId: source.id, UserId: source.ownerId, ...told }] };
  }
}
