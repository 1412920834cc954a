/**
 * Where groups are attached, and what prefix lists hold, over EC2: the rights of this adapter could also add, so it is
 * another unit's than that which revokes rules.
 *
 * IAM: ec2:DescribeSecurityGroups, ec2:DescribeSecurityGroupRules, ec2:DescribeManagedPrefixLists,
 * ec2:GetManagedPrefixListEntries, ec2:DescribeNetworkInterfaces; to act, ec2:ModifyNetworkInterfaceAttribute and
 * ec2:ModifyManagedPrefixList.
 */
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { MissingEstate, PrefixListEstate } from '../domain/estate.ts';
import type { Networks } from '../roles.ts';
import { detachGroups } from './detach-groups.ts';
import { distinct, interfacesOf, interfacesWith } from './interfaces.ts';
import { readOnePrefixList, readPrefixLists } from './prefix-lists.ts';
import { removeEntries } from './remove-entries.ts';
import { groupsNaming, readGroups } from './security-group-reads.ts';
import { listsNamedByAll, readInterface } from './surroundings.ts';

export function ec2Networks(client: EC2Client): Networks {
  return {
    readPrefixList: (prefixListId) => readPrefixList(client, prefixListId),
    detach: (interfaceId, groupIds) => detachGroups(client, interfaceId, groupIds),
    removeEntries: (prefixListId, cidrs) => removeEntries(client, prefixListId, cidrs),
    interfacesOf: (instanceId) => interfacesOf(client, instanceId),
    usersOf: async (groupIds) => distinct(await interfacesWith(client, groupIds)),
    readInterface: (interfaceId) => readInterface(client, interfaceId),
  };
}

/** Entries are removed for what they let in: groups that name the list for outbound traffic only are not read. */
async function readPrefixList(client: EC2Client, prefixListId: string): Promise<PrefixListEstate | MissingEstate> {
  const list = await readOnePrefixList(client, prefixListId);
  if (list === null) return { kind: 'missing', resource: { type: 'prefix-list', id: prefixListId } };
  const groups = await readGroups(client, await groupsNaming(client, prefixListId, false));
  const others = listsNamedByAll(groups).filter((id) => id !== prefixListId);
  return { kind: 'prefix-list', list, groups, prefixLists: [list, ...(await readPrefixLists(client, others))] };
}
