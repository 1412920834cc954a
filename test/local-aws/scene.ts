import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateSecurityGroupCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { startCloud } from '../../scripts/local/cloud.mjs';
import { recordedCalls } from '../recorded-calls.ts';

export type Scene = Awaited<ReturnType<typeof openScene>>;

type Times = { readonly launchSeconds?: number; readonly terminateSeconds?: number };

/** A local AWS in a folder of its own, with clients. `close` ends it and removes the folder. */
export async function openScene(services: ('moto' | 'ministack')[], times: Times = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'undrift-local-aws-'));
  const cloud = await startCloud({ dir, services, launchSeconds: 1.5, ...times });
  const config = (endpoint: string | undefined) => ({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  return {
    cloud,
    config,
    ec2: new EC2Client(config(cloud.endpoints.ec2)),
    autoScaling: new AutoScalingClient(config(cloud.endpoints.autoscaling)),
    calls: () => recordedCalls(cloud.callsFile),
    close: async () => {
      await cloud.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

let made = 0;

/** A security group in the default VPC. */
export async function securityGroup({ ec2 }: Scene): Promise<string> {
  made += 1;
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: `group-${made}`, Description: 'test' }),
  );
  return present(GroupId);
}

/** A group of two instances in service, launched from a template with user data, a security group and a profile. */
export async function autoScalingGroup(scene: Scene, size = 2) {
  const { ec2, autoScaling } = scene;
  const [image] = present((await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }))).Images);
  const subnets = present((await ec2.send(new DescribeSubnetsCommand({}))).Subnets);
  const groupId = await securityGroup(scene);
  const name = `web-${made}`;
  const template = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: name,
      LaunchTemplateData: {
        ImageId: present(image?.ImageId),
        InstanceType: 't3.micro',
        UserData: Buffer.from('#!/bin/sh\necho hello\n').toString('base64'),
        SecurityGroupIds: [groupId],
        IamInstanceProfile: { Name: 'web-profile' },
        MetadataOptions: { HttpTokens: 'required' },
      },
    }),
  );
  const templateId = present(template.LaunchTemplate?.LaunchTemplateId);
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      MinSize: 1,
      MaxSize: 4,
      DesiredCapacity: size,
      VPCZoneIdentifier: subnets
        .slice(0, 2)
        .map(({ SubnetId }) => SubnetId)
        .join(','),
      LaunchTemplate: { LaunchTemplateId: templateId, Version: '1' },
    }),
  );
  return { name, groupId, templateId };
}

/** The group's instances as Auto Scaling tells them. */
export async function instancesOf({ autoScaling }: Scene, name: string) {
  const { AutoScalingGroups } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  return present(AutoScalingGroups?.[0]?.Instances).map((each) => ({
    id: present(each.InstanceId),
    state: present(each.LifecycleState),
    template: each.LaunchTemplate,
  }));
}

/** One instance as EC2 tells it. */
export async function describe({ ec2 }: Scene, id: string) {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return present(Reservations?.[0]?.Instances?.[0]);
}

/** Asks until the answer pleases; fails with what was last seen. */
export async function until<T>(ask: () => Promise<T>, pleases: (answer: T) => boolean, seconds = 60): Promise<T> {
  const giveUpAt = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (pleases(answer)) return answer;
    if (Date.now() > giveUpAt)
      throw new Error(`Not seen within ${seconds} s. The last answer: ${JSON.stringify(answer)}`);
    await sleep(100);
  }
}

/** The error's name, or a failure when the call goes through. */
export async function faultOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
  throw new Error('The call went through');
}

export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The answer lacks what every answer of AWS has');
  return value;
}
