import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DescribeInstanceAttributeCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { compareWithBaseline } from '../domain/drift.ts';
import { type Drift, type GroupMember, type InstanceEstate, memberOf } from '../domain/estate.ts';
import { sameText } from '../domain/user-data.ts';
import { AwsRefused, ask } from './errors.ts';
import { configurationBaseline, type Said, templateBaseline, Unreadable } from './fleet-baseline.ts';
import { withImageDevices, withVolumes } from './fleet-volumes.ts';

/** How an instance differs from the template that it was launched from; `unknown` with the reason where AWS will not tell. */
export async function readDrift(
  ec2: EC2Client,
  autoScaling: AutoScalingClient,
  estate: InstanceEstate,
): Promise<Drift> {
  const { instance } = estate;
  const member = memberOf(estate);
  if (member === undefined) return { kind: 'unknown', why: `${instance.id} belongs to no Auto Scaling group` };
  try {
    const [{ baseline, suppressed }, userData] = await Promise.all([
      baselineOf(ec2, autoScaling, member, estate),
      readUserData(ec2, instance.id),
    ]);
    const [live, whole] = await Promise.all([
      withVolumes(ec2, instance, baseline),
      withImageDevices(ec2, instance, baseline, suppressed),
    ]);
    return { kind: 'compared', baseline: baseline.name, ...compareWithBaseline(live, userData, whole) };
  } catch (error) {
    if (error instanceof Unreadable || error instanceof AwsRefused) return { kind: 'unknown', why: error.message };
    throw error;
  }
}

function baselineOf(
  ec2: EC2Client,
  autoScaling: AutoScalingClient,
  member: GroupMember,
  { instance: { vpcId }, group }: InstanceEstate,
): Promise<Said> {
  const overrides = group?.overrides;
  if (member.launchTemplate !== null) return templateBaseline(ec2, member.launchTemplate, vpcId, overrides);
  if (member.launchConfigurationName !== null) {
    return configurationBaseline(ec2, autoScaling, member.launchConfigurationName, vpcId, overrides);
  }
  return Promise.reject(new Unreadable('the Auto Scaling group does not say what the instance was launched from'));
}

async function readUserData(ec2: EC2Client, instanceId: string): Promise<string | null> {
  const command = new DescribeInstanceAttributeCommand({ InstanceId: instanceId, Attribute: 'userData' });
  const answer = await ask('ec2', 'DescribeInstanceAttribute', () => ec2.send(command));
  return sameText(answer.UserData?.Value);
}
