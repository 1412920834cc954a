import {
  AuthorizeSecurityGroupEgressCommand,
  CreateManagedPrefixListCommand,
  CreateNetworkInterfaceCommand,
  DescribeImagesCommand,
  DescribeManagedPrefixListsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSubnetsCommand,
  GetManagedPrefixListEntriesCommand,
  ModifyManagedPrefixListCommand,
  RestoreManagedPrefixListVersionCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';

/** @typedef {import('./clients.mjs').Clients} Clients */

/** In some subnet of the default VPC. @param {Clients} clients @param {string[]} groupIds */
export async function makeInterface({ ec2 }, groupIds) {
  const Filters = [{ Name: 'default-for-az', Values: ['true'] }];
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
  const command = new CreateNetworkInterfaceCommand({ SubnetId: Subnets[0]?.SubnetId, Groups: groupIds });
  const { NetworkInterface } = await ec2.send(command);
  return NetworkInterface?.NetworkInterfaceId ?? '';
}

/** Ids of the groups that an interface has. @param {Clients} clients @param {string} interfaceId */
export async function groupsOn({ ec2 }, interfaceId) {
  const command = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [interfaceId] });
  const { NetworkInterfaces = [] } = await ec2.send(command);
  return NetworkInterfaces.flatMap(({ Groups = [] }) => Groups.map(({ GroupId = '' }) => GroupId)).sort();
}

/** An instance by itself, of no Auto Scaling group. @param {Clients} clients @param {string[]} groupIds */
export async function runInstance({ ec2 }, groupIds) {
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }));
  const command = new RunInstancesCommand({
    ImageId: Images[0]?.ImageId,
    InstanceType: 't3.micro',
    MinCount: 1,
    MaxCount: 1,
    SecurityGroupIds: groupIds,
  });
  const { Instances = [] } = await ec2.send(command);
  const [{ InstanceId: instanceId = '', NetworkInterfaces = [] } = {}] = Instances;
  return { instanceId, interfaceId: NetworkInterfaces[0]?.NetworkInterfaceId ?? '' };
}

/** @param {Clients} clients @param {string} name @param {string[]} cidrs of IPv4 */
export async function makePrefixList({ ec2 }, name, cidrs) {
  const command = new CreateManagedPrefixListCommand({
    PrefixListName: name,
    AddressFamily: 'IPv4',
    MaxEntries: 10,
    Entries: cidrs.map((Cidr) => ({ Cidr })),
  });
  const { PrefixList } = await ec2.send(command);
  return PrefixList?.PrefixListId ?? '';
}

/** @param {Clients} clients @param {string} listId */
export async function entriesOf({ ec2 }, listId) {
  const { Entries = [] } = await ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId: listId }));
  return Entries.map(({ Cidr = '' }) => Cidr).sort();
}

/** @param {Clients} clients @param {string} listId */
async function versionOf({ ec2 }, listId) {
  const { PrefixLists = [] } = await ec2.send(new DescribeManagedPrefixListsCommand({ PrefixListIds: [listId] }));
  return PrefixLists[0]?.Version ?? 0;
}

/**
 * @param {Clients} clients @param {string} listId @param {{ add?: string[], remove?: string[] }} change
 * @returns {Promise<number>} the version that was changed
 */
export async function changePrefixList(clients, listId, { add = [], remove = [] }) {
  const CurrentVersion = await versionOf(clients, listId);
  const command = new ModifyManagedPrefixListCommand({
    PrefixListId: listId,
    CurrentVersion,
    ...(add.length > 0 && { AddEntries: add.map((Cidr) => ({ Cidr })) }),
    ...(remove.length > 0 && { RemoveEntries: remove.map((Cidr) => ({ Cidr })) }),
  });
  await clients.ec2.send(command);
  return CurrentVersion;
}

/**
 * @param {Clients} clients @param {string} listId @param {number} PreviousVersion
 * @returns {Promise<number>} the version that was changed
 */
export async function restorePrefixList(clients, listId, PreviousVersion) {
  const CurrentVersion = await versionOf(clients, listId);
  const command = new RestoreManagedPrefixListVersionCommand({ PrefixListId: listId, PreviousVersion, CurrentVersion });
  await clients.ec2.send(command);
  return CurrentVersion;
}

/**
 * Adds rules for what may go out, and answers with them as the API does.
 * @param {Clients} clients @param {string} groupId @param {import('@aws-sdk/client-ec2').IpPermission} permission
 */
export async function authorizeEgress({ ec2 }, groupId, permission) {
  const command = new AuthorizeSecurityGroupEgressCommand({ GroupId: groupId, IpPermissions: [permission] });
  const { SecurityGroupRules = [] } = await ec2.send(command);
  return SecurityGroupRules;
}

/** @param {Clients} clients @param {string} groupId */
export async function egressRuleIds({ ec2 }, groupId) {
  const command = new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [groupId] }] });
  const { SecurityGroupRules = [] } = await ec2.send(command);
  const out = SecurityGroupRules.filter((rule) => rule.IsEgress);
  return out.map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId).sort();
}
