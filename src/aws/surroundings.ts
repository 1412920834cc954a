/** Where groups are in use, and with which others. Its calls and their rights are those of the files that it is built of. */
import type { EC2Client } from '@aws-sdk/client-ec2';
import type {
  GroupWithRules,
  InterfaceEstate,
  MissingEstate,
  NetworkInterface,
  SecurityGroupEstate,
} from '../domain/estate.ts';
import { Retryable } from '../roles.ts';
import { distinct, interfacesWith, readOneInterface } from './interfaces.ts';
import { readPrefixLists } from './prefix-lists.ts';
import { listsNamedBy, readGroups } from './security-group-reads.ts';

/**
 * A neighbour that EC2 does not describe is left out: what the group opens by itself must be judged all the same.
 */
export async function lookAround(client: EC2Client, estate: SecurityGroupEstate): Promise<SecurityGroupEstate> {
  const { group, prefixLists } = estate;
  const users = estate.users ?? (await interfacesWith(client, [group.id]));
  const others = groupsOn(users).filter((id) => id !== group.id);
  const [neighbours, sharing] = await Promise.all([readGroups(client, others), interfacesWith(client, others)]);
  const known = new Set(prefixLists.map(({ id }) => id));
  const lists = await readPrefixLists(
    client,
    listsNamedByAll(neighbours).filter((id) => !known.has(id)),
  );
  const interfaces = distinct([...users, ...sharing]);
  return { ...estate, prefixLists: [...prefixLists, ...lists], surroundings: { interfaces, neighbours } };
}

/** @throws Retryable when EC2 does not describe every group of the interface: its reads lag behind each other. */
export async function readInterface(client: EC2Client, interfaceId: string): Promise<InterfaceEstate | MissingEstate> {
  const networkInterface = await readOneInterface(client, interfaceId);
  if (networkInterface === null) {
    return { kind: 'missing', resource: { type: 'network-interface', id: interfaceId } };
  }
  const { groupIds } = networkInterface;
  const [groups, sharing] = await Promise.all([readGroups(client, groupIds), interfacesWith(client, groupIds)]);
  const absent = groupIds.filter((id) => !groups.some(({ group }) => group.id === id));
  if (absent.length > 0) {
    throw new Retryable(`ec2:DescribeSecurityGroups: ${absent.join(', ')} of ${interfaceId} cannot be seen (yet)`);
  }
  const prefixLists = await readPrefixLists(client, listsNamedByAll(groups));
  // Read first and alone, it counts as it was then: the groups that were read are those.
  const interfaces = distinct([...sharing, networkInterface]);
  return { kind: 'network-interface', networkInterface, groups, prefixLists, interfaces };
}

export function listsNamedByAll(groups: readonly GroupWithRules[]): readonly string[] {
  return listsNamedBy(groups.flatMap(({ rules }) => rules));
}

function groupsOn(interfaces: readonly NetworkInterface[]): readonly string[] {
  return [...new Set(interfaces.flatMap(({ groupIds }) => groupIds))].sort();
}
