import { DescribeImagesCommand, DescribeVolumesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { deviceName } from '../domain/drift-path.ts';
import type { Baseline, Instance, Volume } from '../domain/estate.ts';
import { AwsRefused, ask } from './errors.ts';

/** The instance with what DescribeInstances does not tell of its volumes, asked only where the template says it. */
export async function withVolumes(ec2: EC2Client, instance: Instance, { devices }: Baseline): Promise<Instance> {
  const asked = (devices ?? []).some(
    ({ size, type, encrypted }) => size !== undefined || type !== undefined || encrypted === true,
  );
  if (!asked || instance.volumes.length === 0) return instance;
  const command = new DescribeVolumesCommand({
    Filters: [{ Name: 'attachment.instance-id', Values: [instance.id] }],
  });
  const found = await readable(async () => {
    return (await ask('ec2', 'DescribeVolumes', () => ec2.send(command))).Volumes;
  });
  const facts = new Map(
    (found ?? []).map(({ VolumeId, Size, VolumeType, Encrypted }) => [
      VolumeId,
      {
        ...(Size !== undefined && { size: Size }),
        ...(VolumeType !== undefined && { type: VolumeType }),
        ...(Encrypted !== undefined && { encrypted: Encrypted }),
      },
    ]),
  );
  return { ...instance, volumes: instance.volumes.map((volume) => ({ ...volume, ...facts.get(volume.id) })) };
}

/**
 * The baseline with the devices of the image that the instance runs, asked only where a volume is there that the template
 * does not declare. An image that is gone leaves them unknown.
 * @param suppressed devices of the image that the template leaves out
 */
export async function withImageDevices(
  ec2: EC2Client,
  instance: Instance,
  baseline: Baseline,
  suppressed: readonly string[],
): Promise<Baseline> {
  const known = [...(baseline.devices ?? []).map(({ device }) => device), instance.rootDevice ?? ''].map(deviceName);
  const isFurther = ({ device }: Volume) => !known.includes(deviceName(device));
  if (instance.imageId === null || !instance.volumes.some(isFurther)) return baseline;
  const devices = await devicesOf(ec2, baseline.image ?? instance.imageId);
  if (devices === null) return baseline;
  const out = suppressed.map(deviceName);
  return { ...baseline, imageDevices: devices.filter((device) => !out.includes(deviceName(device))) };
}

async function devicesOf(ec2: EC2Client, imageId: string): Promise<readonly string[] | null> {
  const command = new DescribeImagesCommand({ ImageIds: [imageId], IncludeDeprecated: true });
  const images = await readable(async () => (await ask('ec2', 'DescribeImages', () => ec2.send(command))).Images);
  const image = images?.[0];
  return image === undefined ? null : (image.BlockDeviceMappings ?? []).flatMap(({ DeviceName }) => DeviceName ?? []);
}

/** What is refused for good stays unknown, and the rest is compared all the same. */
async function readable<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AwsRefused) return null;
    throw error;
  }
}
