/**
 * Network interfaces.
 *
 * IAM: ec2:DescribeNetworkInterfaces.
 */
import {
  DescribeNetworkInterfacesCommand,
  type EC2Client,
  type NetworkInterface as Ec2Interface,
} from '@aws-sdk/client-ec2';
import type { NetworkInterface } from '../domain/estate.ts';
import { globalIpv6, isOfLoadBalancer } from '../domain/interface-traits.ts';
import { ask, isCode } from './errors.ts';
import { allPages, inChunks } from './paging.ts';
import { required, tagsOf } from './shapes.ts';

const GONE = [
  'InvalidNetworkInterfaceID.NotFound',
  'InvalidNetworkInterfaceID.Malformed',
  'InvalidNetworkInterfaceId.Malformed',
];

/** Null when it is gone. */
export async function readOneInterface(client: EC2Client, interfaceId: string): Promise<NetworkInterface | null> {
  const command = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [interfaceId] });
  try {
    const answer = await ask('ec2', 'DescribeNetworkInterfaces', () => client.send(command));
    const found = answer.NetworkInterfaces?.[0];
    return found === undefined ? null : toInterface(found);
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** EC2 does not know the interface. */
export function isGone(error: unknown): boolean {
  return isCode(error, ...GONE);
}

/** Every interface that has one of these groups; one that has groups of two chunks comes twice. */
export function interfacesWith(client: EC2Client, groupIds: readonly string[]): Promise<readonly NetworkInterface[]> {
  return inChunks(groupIds, (some) => list(client, 'group-id', some));
}

/** Ids of the interfaces of an instance. */
export async function interfacesOf(client: EC2Client, instanceId: string): Promise<readonly string[]> {
  return (await list(client, 'attachment.instance-id', [instanceId])).map(({ id }) => id).sort();
}

/** By id, each once. */
export function distinct(interfaces: readonly NetworkInterface[]): readonly NetworkInterface[] {
  return [...new Map(interfaces.map((one) => [one.id, one])).values()];
}

async function list(client: EC2Client, filter: string, values: string[]): Promise<readonly NetworkInterface[]> {
  const found = await allPages(async (token) => {
    const page = new DescribeNetworkInterfacesCommand({
      Filters: [{ Name: filter, Values: values }],
      MaxResults: 1000,
      NextToken: token,
    });
    const answer = await ask('ec2', 'DescribeNetworkInterfaces', () => client.send(page));
    return { items: answer.NetworkInterfaces, next: answer.NextToken };
  });
  return found.map(toInterface);
}

function toInterface(found: Ec2Interface): NetworkInterface {
  const made = {
    requesterManaged: found.RequesterManaged === true,
    interfaceType: found.InterfaceType ?? '',
    requesterId: found.RequesterId ?? null,
  };
  return {
    id: required(found.NetworkInterfaceId, 'NetworkInterfaceId'),
    vpcId: found.VpcId ?? null,
    ownerId: found.OwnerId ?? '',
    groupIds: (found.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    instanceId: found.Attachment?.InstanceId ?? null,
    ...made,
    loadBalancer: isOfLoadBalancer({ ...made, attachedFor: found.Attachment?.InstanceOwnerId ?? null }),
    publicAddresses: publicOf(found),
    description: found.Description ?? '',
    tags: tagsOf(found.TagSet),
  };
}

/** An address may be public by the association of the interface, or of each of its private addresses. */
function publicOf(found: Ec2Interface): readonly string[] {
  const associations = [found.Association, ...(found.PrivateIpAddresses ?? []).map((one) => one.Association)];
  const ipv4 = associations.flatMap((one) => [one?.PublicIp, one?.CarrierIp, one?.CustomerOwnedIp]);
  const addresses = (found.Ipv6Addresses ?? []).map((one) => one.Ipv6Address);
  const prefixes = (found.Ipv6Prefixes ?? []).map((one) => one.Ipv6Prefix);
  const ipv6 = [found.Ipv6Address, ...addresses, ...prefixes].filter((one) => one !== undefined);
  return [...new Set([...ipv4.filter((one) => one !== undefined), ...globalIpv6(ipv6)])].sort();
}
