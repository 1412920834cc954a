import {
  DescribeInstancesCommand,
  type EC2Client,
  type Instance as Ec2Instance,
  type InstanceNetworkInterface,
} from '@aws-sdk/client-ec2';
import type { Instance, Interface, Volume } from '../domain/estate.ts';
import { ask, isCode } from './errors.ts';
import { instanceTraits } from './instance-traits.ts';
import { readOneInterface } from './interfaces.ts';
import { required, tagsOf } from './shapes.ts';

const INSTANCE_GONE = ['InvalidInstanceID.NotFound', 'InvalidInstanceID.Malformed'];

/** The instance, also for the hour in which EC2 still shows a terminated one; null when EC2 does not know it. */
export async function readInstance(ec2: EC2Client, instanceId: string): Promise<Instance | null> {
  const command = new DescribeInstancesCommand({ InstanceIds: [instanceId] });
  try {
    const answer = await ask('ec2', 'DescribeInstances', () => ec2.send(command));
    const found = (answer.Reservations ?? []).flatMap(({ Instances }) => Instances ?? [])[0];
    return found === undefined ? null : toInstance(found);
  } catch (error) {
    if (isCode(error, ...INSTANCE_GONE)) return null;
    throw error;
  }
}

/** The instance that an interface is attached to; null when there is none or the interface is gone. */
export async function attachedInstance(ec2: EC2Client, interfaceId: string): Promise<string | null> {
  return (await readOneInterface(ec2, interfaceId))?.instanceId ?? null;
}

function toInstance(instance: Ec2Instance): Instance {
  return {
    id: required(instance.InstanceId, 'InstanceId'),
    state: required(instance.State?.Name, 'State.Name'),
    vpcId: instance.VpcId ?? null,
    imageId: instance.ImageId ?? null,
    launchedAt: instance.LaunchTime?.toISOString() ?? null,
    securityGroupIds: (instance.SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    profileArn: instance.IamInstanceProfile?.Arn ?? null,
    rootDevice: instance.RootDeviceName ?? null,
    ...(instance.RootDeviceType === 'instance-store' && { rootInStore: true }),
    volumes: toVolumes(instance),
    interfaces: (instance.NetworkInterfaces ?? []).map(toInterface),
    tags: tagsOf(instance.Tags),
    traits: instanceTraits(instance),
  };
}

function toVolumes(instance: Ec2Instance): Volume[] {
  return (instance.BlockDeviceMappings ?? []).flatMap(({ DeviceName, Ebs }) => {
    if (Ebs?.VolumeId === undefined) return [];
    // Not said counts as kept: a volume that might outlive its instance is state at risk.
    return { id: Ebs.VolumeId, device: DeviceName ?? '', deleteOnTermination: Ebs.DeleteOnTermination === true };
  });
}

/** An Elastic IP is owned by the account; an automatic public address by `amazon`. */
function toInterface(face: InstanceNetworkInterface): Interface {
  const addresses = [face.Association, ...(face.PrivateIpAddresses ?? []).map(({ Association }) => Association)];
  return {
    id: required(face.NetworkInterfaceId, 'NetworkInterfaceId'),
    deviceIndex: face.Attachment?.DeviceIndex ?? 0,
    elasticIp: addresses.some((address) => address?.IpOwnerId !== undefined && address.IpOwnerId !== 'amazon'),
  };
}
