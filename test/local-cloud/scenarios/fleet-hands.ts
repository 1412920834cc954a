/** What an attacker, or a pipeline, does around the machines of a fleet. */
import { CompleteLifecycleActionCommand, PutLifecycleHookCommand } from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateVersionCommand } from '@aws-sdk/client-ec2';
import { fleet } from '../../../scripts/scene/estate.mjs';
import { call } from '../../../scripts/scene/events.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import type { Deployed } from '../deployed.ts';
import { BY_HAND } from './fleet-scene.ts';

const HOOK = 'look-first';

export async function holdTerminations({ clients }: Deployed, AutoScalingGroupName: string): Promise<void> {
  const LifecycleTransition = 'autoscaling:EC2_INSTANCE_TERMINATING';
  const hook = { AutoScalingGroupName, LifecycleHookName: HOOK, LifecycleTransition, HeartbeatTimeout: 900 };
  await clients.autoScaling.send(new PutLifecycleHookCommand(hook));
}

async function waitingOf({ clients }: Deployed, name: string): Promise<readonly string[]> {
  const { Instances = [] } = await fleet(clients, name);
  return Instances.flatMap((it) => (it.LifecycleState === 'Terminating:Wait' ? (it.InstanceId ?? []) : []));
}

export const waits = (at: Deployed, name: string, id: string) =>
  until(`${id} waiting for its hook`, async () => (await waitingOf(at, name)).includes(id));

export async function letGo({ clients }: Deployed, AutoScalingGroupName: string, InstanceId: string): Promise<void> {
  const answer = { AutoScalingGroupName, InstanceId, LifecycleHookName: HOOK, LifecycleActionResult: 'CONTINUE' };
  await clients.autoScaling.send(new CompleteLifecycleActionCommand(answer));
}

/** For real, and what CloudTrail tells of it. */
export async function newVersion({ clients }: Deployed, LaunchTemplateId: string, script: string, by: object) {
  const UserData = Buffer.from(`#!/bin/sh\n${script}\n`).toString('base64');
  const command = { LaunchTemplateId, SourceVersion: '1', LaunchTemplateData: { UserData } };
  const { LaunchTemplateVersion } = await clients.ec2.send(new CreateLaunchTemplateVersionCommand(command));
  return call('CreateLaunchTemplateVersion', {
    ...by,
    requestParameters: { CreateLaunchTemplateVersionRequest: { LaunchTemplateId, LaunchTemplateData: {} } },
    responseElements: {
      CreateLaunchTemplateVersionResponse: {
        launchTemplateVersion: {
          launchTemplateId: LaunchTemplateId,
          versionNumber: LaunchTemplateVersion?.VersionNumber,
        },
      },
    },
  });
}

export const commandForAll = (name: string) =>
  call('SendCommand', {
    ...BY_HAND,
    eventSource: 'ssm.amazonaws.com',
    requestParameters: { documentName: 'AWS-RunShellScript', targets: [{ key: 'tag:Name', values: [name] }] },
  });
