/**
 * Security groups over EC2.
 *
 * IAM: ec2:DescribeSecurityGroups, ec2:DescribeSecurityGroupRules, ec2:DescribeManagedPrefixLists,
 * ec2:GetManagedPrefixListEntries, ec2:DescribeNetworkInterfaces; to act, ec2:RevokeSecurityGroupIngress and
 * ec2:RevokeSecurityGroupEgress.
 */
import type { EC2Client } from '@aws-sdk/client-ec2';
import { nameOfGroup } from '../domain/change.ts';
import type { MissingEstate, SecurityGroupEstate } from '../domain/estate.ts';
import type { SecurityGroups } from '../roles.ts';
import { systemClock } from './clock.ts';
import { distinct, interfacesOf, interfacesWith } from './interfaces.ts';
import { readPrefixLists } from './prefix-lists.ts';
import { revokeRules, type Sleep } from './revoke-rules.ts';
import { groupsNaming, idOfName, listsNamedBy, readGroup, readGroups } from './security-group-reads.ts';
import { listsNamedByAll, lookAround, readInterface } from './surroundings.ts';

export function ec2SecurityGroups(client: EC2Client, sleep: Sleep = systemClock.sleep): SecurityGroups {
  return {
    read: (groupId) => read(client, groupId),
    readMany: (groupIds) => readMany(client, groupIds),
    usersOf: async (groupIds) => distinct(await interfacesWith(client, groupIds)),
    lookAround: (estate) => lookAround(client, estate),
    namingList: (prefixListId, egress) => groupsNaming(client, prefixListId, egress),
    revoke: (groupId, ruleIds, egress) => revokeRules(client, sleep, { groupId, egress }, ruleIds),
    interfacesOf: (instanceId) => interfacesOf(client, instanceId),
    readInterface: (interfaceId) => readInterface(client, interfaceId),
  };
}

async function read(client: EC2Client, groupId: string): Promise<SecurityGroupEstate | MissingEstate> {
  const name = nameOfGroup(groupId);
  const id = name === null ? groupId : await idOfName(client, name);
  const found = id === null ? null : await readGroup(client, id);
  if (found === null) return { kind: 'missing', resource: { type: 'security-group', id: groupId } };
  const prefixLists = await readPrefixLists(client, listsNamedBy(found.rules));
  return { kind: 'security-group', ...found, prefixLists, surroundings: null };
}

async function readMany(client: EC2Client, groupIds: readonly string[]): Promise<readonly SecurityGroupEstate[]> {
  const [groups, usersOf] = await Promise.all([readGroups(client, groupIds), usersOfEach(client, groupIds)]);
  const lists = await readPrefixLists(client, listsNamedByAll(groups));
  return groups.map(({ group, rules }) => {
    const named = listsNamedBy(rules);
    const prefixLists = lists.filter(({ id }) => named.includes(id));
    return { kind: 'security-group', group, rules, prefixLists, ...usersOf(group.id), surroundings: null };
  });
}

type UsersOf = (groupId: string) => Pick<SecurityGroupEstate, 'users' | 'usersUnread'>;

async function usersOfEach(client: EC2Client, groupIds: readonly string[]): Promise<UsersOf> {
  try {
    const interfaces = distinct(await interfacesWith(client, groupIds));
    return (groupId) => ({ users: interfaces.filter((one) => one.groupIds.includes(groupId)) });
  } catch (error) {
    const usersUnread = error instanceof Error ? error.message : String(error);
    return () => ({ usersUnread });
  }
}
