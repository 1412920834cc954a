/**
 * What ties an instance to its place, asked only before it is replaced. IAM: ec2:DescribeInstanceAttribute on the
 * instances of the account; ec2:DescribeInstanceTypes on `*`.
 *
 * "Enabling termination protection does not prevent Amazon EC2 Auto Scaling from terminating an instance" (EC2 User Guide,
 * Change instance termination protection): that it is honoured is our choice.
 */
import { DescribeInstanceAttributeCommand, DescribeInstanceTypesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { Instance } from '../domain/estate.ts';
import type { Ties, Told } from '../domain/obstacle.ts';
import { AwsRefused, ask } from './errors.ts';

/** @throws Retryable when EC2 cannot answer now */
export async function readTies(ec2: EC2Client, instance: Instance): Promise<Ties> {
  const [terminationProtection, instanceStore] = await Promise.all([
    told(() => isProtected(ec2, instance.id)),
    told(() => hasInstanceStore(ec2, instance)),
  ]);
  return { terminationProtection, instanceStore };
}

async function isProtected(ec2: EC2Client, InstanceId: string): Promise<Told> {
  const command = new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'disableApiTermination' });
  const answer = await ask('ec2', 'DescribeInstanceAttribute', () => ec2.send(command));
  return answer.DisableApiTermination?.Value ?? { unread: 'EC2 does not say it' };
}

async function hasInstanceStore(ec2: EC2Client, { traits }: Instance): Promise<Told> {
  const type = traits?.type;
  if (type === undefined) return { unread: 'its type is not known' };
  const command = new DescribeInstanceTypesCommand({ InstanceTypes: [type as never] });
  const answer = await ask('ec2', 'DescribeInstanceTypes', () => ec2.send(command));
  return answer.InstanceTypes?.[0]?.InstanceStorageSupported ?? { unread: `EC2 does not say it of ${type}` };
}

async function told(read: () => Promise<Told>): Promise<Told> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AwsRefused) return { unread: error.message };
    throw error;
  }
}
