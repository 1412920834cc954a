/**
 * Instances that a call names by something that they have.
 *
 * IAM: ec2:DescribeNetworkInterfaces, ec2:DescribeVolumes.
 */
import {
  DescribeNetworkInterfacesCommand,
  DescribeVolumesCommand,
  type EC2Client,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import { ask, isCode } from './errors.ts';

/** What holds an instance's volume or interface, as EC2 tells of both. */
type Attachment = { readonly InstanceId?: string | undefined; readonly AttachTime?: Date | undefined };

const VOLUME_GONE = ['InvalidVolume.NotFound', 'InvalidParameterValue', 'InvalidVolumeID.Malformed'];

/**
 * @param expression `address=10.0.1.1`, `volume=vol-…` or `attachment=eni-attach-…`; any other finds nobody
 * @param at of the change: what was attached later has only inherited the address
 * @throws Retryable when EC2 cannot be asked now
 */
export async function findInstances(ec2: EC2Client, expression: string, at: string): Promise<readonly string[]> {
  const equals = expression.indexOf('=');
  const [kind, value] = [expression.slice(0, Math.max(0, equals)), expression.slice(equals + 1)];
  const attachments = await attachmentsOf(ec2, kind, value);
  const then = attachments.filter(
    ({ AttachTime }) => AttachTime === undefined || AttachTime.getTime() <= Date.parse(at),
  );
  return [...new Set(then.flatMap(({ InstanceId }) => InstanceId ?? []))];
}

function attachmentsOf(ec2: EC2Client, kind: string, value: string): Promise<readonly Attachment[]> {
  switch (kind) {
    case 'address':
      return ofInterfaces(
        ec2,
        value.includes(':') ? 'ipv6-addresses.ipv6-address' : 'addresses.private-ip-address',
        value,
      );
    case 'attachment':
      return ofInterfaces(ec2, 'attachment.attachment-id', value);
    case 'volume':
      return ofVolume(ec2, value);
    default:
      return Promise.resolve([]);
  }
}

/** An interface of a database or a load balancer has an attachment, too, and no instance of ours in it. */
async function ofInterfaces(ec2: EC2Client, filter: string, value: string): Promise<readonly Attachment[]> {
  const command = new DescribeNetworkInterfacesCommand({ Filters: [{ Name: filter, Values: [value] }] });
  const answer = await ask('ec2', 'DescribeNetworkInterfaces', () => ec2.send(command));
  const stay = (answer.NetworkInterfaces ?? []).filter((face) => !mayHaveMoved(face, value));
  return stay.flatMap(({ Attachment }) => Attachment ?? []);
}

/**
 * A further address can be given to another interface at any time (EC2 API Reference, AssignPrivateIpAddresses,
 * AllowReassignment), and EC2 does not say since when this one has it. The primary one stays as long as its interface.
 */
function mayHaveMoved({ PrivateIpAddresses = [], Ipv6Addresses = [] }: NetworkInterface, address: string): boolean {
  const further = PrivateIpAddresses.some((it) => it.PrivateIpAddress === address && it.Primary === false);
  return further || Ipv6Addresses.some((it) => it.Ipv6Address === address && it.IsPrimaryIpv6 === false);
}

async function ofVolume(ec2: EC2Client, volumeId: string): Promise<readonly Attachment[]> {
  const command = new DescribeVolumesCommand({ VolumeIds: [volumeId] });
  try {
    const answer = await ask('ec2', 'DescribeVolumes', () => ec2.send(command));
    return (answer.Volumes ?? []).flatMap(({ Attachments }) => Attachments ?? []);
  } catch (error) {
    if (isCode(error, ...VOLUME_GONE)) return [];
    throw error;
  }
}
