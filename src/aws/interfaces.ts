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
import { ask, isCode } from './errors.ts';
import { allPages, inChunks } from './paging.ts';
import { required, tagsOf } from './shapes.ts';

const GONE = [
  'InvalidNetworkInterfaceID.NotFound',
  'InvalidNetworkInterfaceID.Malformed',
  'InvalidNetworkInterfaceId.Malformed',
];
/** `InterfaceType` of what only Elastic Load Balancing makes. An Application Load Balancer's is `interface`. */
const LOAD_BALANCERS: readonly string[] = ['gateway_load_balancer', 'load_balancer', 'network_load_balancer'];
const ELB = 'amazon-elb';

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
  return {
    id: required(found.NetworkInterfaceId, 'NetworkInterfaceId'),
    vpcId: found.VpcId ?? null,
    ownerId: found.OwnerId ?? '',
    groupIds: (found.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    instanceId: found.Attachment?.InstanceId ?? null,
    requesterManaged: found.RequesterManaged === true,
    loadBalancer: isLoadBalancer(found),
    description: found.Description ?? '',
    tags: tagsOf(found.TagSet),
  };
}

/**
 * A Network or Gateway Load Balancer has an interface type of its own; an Application or Classic one is made by the
 * requester `amazon-elb` and attached to a machine of that owner. The description ("ELB app/…") is never asked: anybody
 * may write it, while only a service makes what is `RequesterManaged`.
 */
function isLoadBalancer(found: Ec2Interface): boolean {
  if (found.RequesterManaged !== true) return false;
  const byElb = found.RequesterId === ELB || found.Attachment?.InstanceOwnerId === ELB;
  return byElb || LOAD_BALANCERS.includes(found.InterfaceType ?? '');
}
