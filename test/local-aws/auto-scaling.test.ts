import { setTimeout as sleep } from 'node:timers/promises';
import {
  CancelInstanceRefreshCommand,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeInstanceRefreshesCommand,
  DescribeScalingActivitiesCommand,
  PutLifecycleHookCommand,
  ResumeProcessesCommand,
  SetInstanceHealthCommand,
  StartInstanceRefreshCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { DeleteSecurityGroupCommand, DescribeInstanceAttributeCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { autoScalingGroup, describe, faultOf, instancesOf, openScene, present, type Scene, until } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  // Long enough to be seen on their way on a machine that is busy.
  scene = await openScene(['moto'], { launchSeconds: 3, terminateSeconds: 3 });
});
afterAll(() => scene?.close());

const terminate = (id: string) =>
  scene.autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: id, ShouldDecrementDesiredCapacity: false }),
  );
const suspend = (name: string, process: string) =>
  scene.autoScaling.send(new SuspendProcessesCommand({ AutoScalingGroupName: name, ScalingProcesses: [process] }));
const resume = (name: string, process: string) =>
  scene.autoScaling.send(new ResumeProcessesCommand({ AutoScalingGroupName: name, ScalingProcesses: [process] }));
const states = async (name: string) => (await instancesOf(scene, name)).map(({ state }) => state);

test('a terminated instance goes through Terminating, and its successor through Pending', async () => {
  const { name } = await autoScalingGroup(scene);
  const [altered, other] = await instancesOf(scene, name);
  const { Activity } = await terminate(present(altered).id);
  expect(Activity?.StatusCode).toBe('InProgress');

  const during = await instancesOf(scene, name);
  expect(during.find(({ id }) => id === altered?.id)?.state).toBe('Terminating');
  expect((await describe(scene, present(altered).id)).State?.Name).toBe('shutting-down');

  const pending = await until(
    () => instancesOf(scene, name),
    (found) => found.some(({ state }) => state === 'Pending'),
  );
  const successor = present(pending.find(({ state }) => state === 'Pending')).id;
  expect([altered?.id, other?.id]).not.toContain(successor);
  const listed = await scene.autoScaling.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: [successor] }));
  expect(listed.AutoScalingInstances?.[0]?.LifecycleState).toBe('Pending');

  const after = await until(
    () => instancesOf(scene, name),
    (found) => found.length === 2 && found.every(({ state }) => state === 'InService'),
  );
  expect(after.map(({ id }) => id).sort()).toEqual([present(other).id, successor].sort());
  expect((await describe(scene, present(altered).id)).State?.Name).toBe('terminated');
  const { Activities } = await scene.autoScaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: name }),
  );
  expect(Activities?.map(({ StatusCode }) => StatusCode)).toEqual(['Successful', 'Successful']);
});

test('a successor stays Pending for as long as was asked', async () => {
  const { name } = await autoScalingGroup(scene, 1);
  await terminate(present((await instancesOf(scene, name))[0]).id);
  await until(
    () => states(name),
    (found) => found.includes('Pending'),
  );
  await until(
    () => states(name),
    (found) => found.length === 1 && found[0] === 'InService',
  );
  const { Activities = [] } = await scene.autoScaling.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: name }),
  );
  const launch = present(Activities.find(({ Description }) => Description?.startsWith('Launching')));
  const [began, ended] = [present(launch.StartTime), present(launch.EndTime)].map((time) => time.getTime());
  expect(present(ended) - present(began)).toBeGreaterThan(1900);
});

test('with Launch suspended nothing follows, until it is resumed', async () => {
  const { name } = await autoScalingGroup(scene);
  await suspend(name, 'Launch');
  await terminate(present((await instancesOf(scene, name))[0]).id);
  await until(
    () => states(name),
    (found) => !found.includes('Terminating'),
  );
  await sleep(1500);
  expect(await states(name)).toEqual(['InService']);
  await resume(name, 'Launch');
  await until(
    () => states(name),
    (found) => found.length === 2,
  );
});

test('an unhealthy instance is replaced, unless Terminate is suspended', async () => {
  const { name } = await autoScalingGroup(scene);
  const [ill] = await instancesOf(scene, name);
  await suspend(name, 'Terminate');
  await scene.autoScaling.send(new SetInstanceHealthCommand({ InstanceId: ill?.id, HealthStatus: 'Unhealthy' }));
  await sleep(700);
  expect(await states(name)).toEqual(['InService', 'InService']);
  await resume(name, 'Terminate');
  await until(
    () => instancesOf(scene, name),
    (found) => found.every(({ id }) => id !== ill?.id),
  );
});

const update = (name: string, change: object) =>
  scene.autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: name, ...change }));
const launchFirst = { InstanceMaintenancePolicy: { MinHealthyPercentage: 100, MaxHealthyPercentage: 200 } };
const declare = (InstanceId: string, more: object = {}) =>
  scene.autoScaling.send(new SetInstanceHealthCommand({ InstanceId, HealthStatus: 'Unhealthy', ...more }));
const put = (name: string, transition: 'LAUNCHING' | 'TERMINATING', more: object = {}) =>
  scene.autoScaling.send(
    new PutLifecycleHookCommand({
      AutoScalingGroupName: name,
      LifecycleHookName: 'drain',
      LifecycleTransition: `autoscaling:EC2_INSTANCE_${transition}`,
      ...more,
    }),
  );
const complete = (name: string, InstanceId: string, LifecycleActionResult: string) =>
  scene.autoScaling.send(
    new CompleteLifecycleActionCommand({
      AutoScalingGroupName: name,
      LifecycleHookName: 'drain',
      LifecycleActionResult,
      InstanceId,
    }),
  );

test('with a maintenance policy an unhealthy instance serves until its successor does', async () => {
  const { name } = await autoScalingGroup(scene, 1);
  await update(name, launchFirst);
  const { AutoScalingGroups } = await scene.autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  expect(AutoScalingGroups?.[0]).toMatchObject(launchFirst);
  const ill = present((await instancesOf(scene, name))[0]).id;
  await declare(ill);
  const seen: (readonly string[])[] = [];
  await until(
    async () => {
      const found = await instancesOf(scene, name);
      seen.push(found.map(({ state }) => state));
      return found;
    },
    (found) => found.length === 1 && found[0]?.id !== ill,
  );
  expect(seen.every((found) => found.includes('InService'))).toBe(true);
  expect(seen.flat()).toContain('Pending');
  expect((await describe(scene, ill)).State?.Name).toBe('terminated');
});

test('with no such policy, or one that is cleared, it is terminated first', async () => {
  const { name } = await autoScalingGroup(scene, 1);
  await update(name, launchFirst);
  await update(name, { InstanceMaintenancePolicy: { MinHealthyPercentage: -1, MaxHealthyPercentage: -1 } });
  await declare(present((await instancesOf(scene, name))[0]).id);
  await until(
    () => states(name),
    (found) => !found.includes('InService'),
  );
});

test('while the unhealthy are not replaced, being unhealthy leads to nothing', async () => {
  const { name } = await autoScalingGroup(scene, 1);
  await update(name, launchFirst);
  await suspend(name, 'ReplaceUnhealthy');
  await declare(present((await instancesOf(scene, name))[0]).id);
  await sleep(700);
  expect(await states(name)).toEqual(['InService']);
});

test('a grace period counts, unless the call says otherwise', async () => {
  const { name } = await autoScalingGroup(scene, 1);
  await update(name, { HealthCheckGracePeriod: 600 });
  const young = present((await instancesOf(scene, name))[0]).id;
  await declare(young);
  await sleep(500);
  expect(await states(name)).toEqual(['InService']);
  await declare(young, { ShouldRespectGracePeriod: false });
  await until(
    () => instancesOf(scene, name),
    (found) => found.every(({ id }) => id !== young),
  );
  await expect(declare('i-0123456789abcdef0')).rejects.toThrow(/No managed instance found/);
});

test('a hook keeps an instance running until it is answered', async () => {
  const { name } = await autoScalingGroup(scene, 1);
  await put(name, 'TERMINATING');
  const { id } = present((await instancesOf(scene, name))[0]);
  await terminate(id);
  await until(
    () => states(name),
    (found) => found.includes('InService') && found.includes('Terminating:Wait'),
  );
  expect((await describe(scene, id)).State?.Name).toBe('running');
  await complete(name, id, 'CONTINUE');
  await until(
    () => states(name),
    (found) => found.length === 1 && found[0] === 'InService',
  );
  expect((await describe(scene, id)).State?.Name).toBe('terminated');
  expect(await faultOf(complete(name, id, 'CONTINUE'))).toBe('ValidationError');
});

test('an abandoned wait retains the instance where the lifecycle policy says so', async () => {
  const { name } = await autoScalingGroup(scene, 1);
  await update(name, { InstanceLifecyclePolicy: { RetentionTriggers: { TerminateHookAbandon: 'retain' } } });
  await put(name, 'TERMINATING', { HeartbeatTimeout: 1, DefaultResult: 'ABANDON' });
  const { id } = present((await instancesOf(scene, name))[0]);
  await terminate(id);
  await until(
    () => states(name),
    (found) => found.includes('Terminating:Retained'),
  );
  expect((await describe(scene, id)).State?.Name).toBe('running');
  await terminate(id);
  await until(
    () => instancesOf(scene, name),
    (found) => found.every((each) => each.id !== id),
  );
});

test('a successor waits for a launch hook, and counts as launched meanwhile', async () => {
  const { name } = await autoScalingGroup(scene, 1);
  await put(name, 'LAUNCHING');
  await terminate(present((await instancesOf(scene, name))[0]).id);
  const waiting = await until(
    () => instancesOf(scene, name),
    (found) => found.length === 1 && found[0]?.state === 'Pending:Wait',
  );
  await sleep(500);
  expect(await states(name)).toEqual(['Pending:Wait']);
  await complete(name, present(waiting[0]).id, 'CONTINUE');
  await until(
    () => states(name),
    (found) => found.length === 1 && found[0] === 'InService',
  );
});

test('faults: an instance that is on its way out, an instance of no group, a group that is not there', async () => {
  const { name } = await autoScalingGroup(scene);
  const [first] = await instancesOf(scene, name);
  await terminate(present(first).id);
  expect(await faultOf(terminate(present(first).id))).toMatch(/^ScalingActivityInProgress/);
  await expect(terminate('i-0123456789abcdef0')).rejects.toThrow(/No managed instance found/);
  expect(await faultOf(terminate('i-0123456789abcdef0'))).toBe('ValidationError');
  expect(await faultOf(suspend('nowhere', 'Launch'))).toBe('ValidationError');
});

test('a launch that cannot work is a failed activity, and the group stays short', async () => {
  const { name, groupId } = await autoScalingGroup(scene);
  await scene.ec2.send(new DeleteSecurityGroupCommand({ GroupId: groupId }));
  await terminate(present((await instancesOf(scene, name))[0]).id);
  const describeActivities = new DescribeScalingActivitiesCommand({ AutoScalingGroupName: name });
  const { Activities } = await until(
    () => scene.autoScaling.send(describeActivities),
    (answer) => answer.Activities?.[0]?.StatusCode === 'Failed' || answer.Activities?.[1]?.StatusCode === 'Failed',
  );
  expect(Activities?.find(({ StatusCode }) => StatusCode === 'Failed')?.StatusMessage).toContain(groupId);
  await until(
    () => states(name),
    (found) => found.length === 1 && found[0] === 'InService',
  );
});

test('an instance refresh is in progress until it is cancelled, and there is but one', async () => {
  const { name } = await autoScalingGroup(scene, 1);
  const of = { AutoScalingGroupName: name };
  const status = async () => {
    const { InstanceRefreshes } = await scene.autoScaling.send(new DescribeInstanceRefreshesCommand(of));
    return InstanceRefreshes?.map(({ Status }) => Status);
  };
  expect(await status()).toEqual([]);
  await scene.autoScaling.send(new StartInstanceRefreshCommand(of));
  expect(await status()).toEqual(['InProgress']);
  expect(await faultOf(scene.autoScaling.send(new StartInstanceRefreshCommand(of)))).toMatch(
    /^InstanceRefreshInProgress/,
  );
  await scene.autoScaling.send(new CancelInstanceRefreshCommand(of));
  await until(status, (found) => found?.[0] === 'Cancelled');
  expect(await faultOf(scene.autoScaling.send(new CancelInstanceRefreshCommand(of)))).toMatch(
    /^ActiveInstanceRefreshNotFound/,
  );
});

test('what the launch template says reaches the instance', async () => {
  const { name, groupId, templateId } = await autoScalingGroup(scene, 1);
  const [first] = await instancesOf(scene, name);
  const instance = await describe(scene, present(first).id);
  expect(first?.template).toMatchObject({ LaunchTemplateId: templateId, Version: '1' });
  expect(instance.SecurityGroups?.map(({ GroupId }) => GroupId)).toEqual([groupId]);
  expect(instance.NetworkInterfaces?.[0]?.Groups?.map(({ GroupId }) => GroupId)).toEqual([groupId]);
  expect(instance.IamInstanceProfile?.Arn).toMatch(/:instance-profile\/web-profile$/);
  expect(instance.MetadataOptions?.HttpTokens).toBe('required');
  expect(instance.BlockDeviceMappings?.map(({ DeviceName }) => DeviceName)).toEqual([instance.RootDeviceName]);
  const { UserData } = await scene.ec2.send(
    new DescribeInstanceAttributeCommand({ InstanceId: first?.id, Attribute: 'userData' }),
  );
  expect(Buffer.from(present(UserData?.Value), 'base64').toString()).toContain('echo hello');
});
