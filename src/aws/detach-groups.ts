/**
 * Groups off a network interface.
 *
 * IAM: ec2:ModifyNetworkInterfaceAttribute, ec2:DescribeNetworkInterfaces.
 */
import { type EC2Client, ModifyNetworkInterfaceAttributeCommand } from '@aws-sdk/client-ec2';
import { Retryable, type Sent } from '../roles.ts';
import { AwsRefused, ask } from './errors.ts';
import { isGone, readOneInterface } from './interfaces.ts';
import { isGroupGone } from './security-group-reads.ts';

const ACTION = 'ModifyNetworkInterfaceAttribute';

/**
 * EC2 knows no call that takes one group off: the whole set is given anew. So it is read right before, and what is set is
 * only ever a part of what was read. Nothing makes the two calls one (EC2 has no condition for it): a group that somebody
 * sets or takes off between them, or that a late read still shows, may be lost or come back.
 * @throws AwsRefused when no group would be left
 */
export async function detachGroups(client: EC2Client, interfaceId: string, groupIds: readonly string[]): Promise<Sent> {
  const found = await readOneInterface(client, interfaceId);
  if (found === null) return { requestId: null };
  const left = found.groupIds.filter((id) => !groupIds.includes(id));
  if (left.length === found.groupIds.length) return { requestId: null };
  if (left.length === 0) throw lastGroup(interfaceId, found.groupIds);
  return setGroups(client, interfaceId, left);
}

async function setGroups(client: EC2Client, interfaceId: string, groupIds: readonly string[]): Promise<Sent> {
  const command = new ModifyNetworkInterfaceAttributeCommand({
    NetworkInterfaceId: interfaceId,
    Groups: [...groupIds],
  });
  try {
    const answer = await ask('ec2', ACTION, () => client.send(command));
    return { requestId: answer.$metadata.requestId ?? null };
  } catch (error) {
    if (isGone(error)) return { requestId: null };
    // One of those that stay was deleted since, and the read showed it still.
    if (isGroupGone(error)) throw new Retryable(`ec2:${ACTION}: a group that ${interfaceId} is to keep is gone`);
    throw error;
  }
}

function lastGroup(interfaceId: string, groupIds: readonly string[]): AwsRefused {
  const why = `${interfaceId} has no other group than ${groupIds.join(', ')}, and an interface must have one: attach a group that may stay, or close the rules`;
  return new AwsRefused('ec2', ACTION, 'LastGroup', why);
}
