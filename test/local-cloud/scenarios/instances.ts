import { SuspendProcessesCommand } from '@aws-sdk/client-auto-scaling';
import { ModifyInstanceAttributeCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { fleet, inService, makeFleet, makeSecurityGroup, stateOf } from '../../../scripts/scene/estate.mjs';
import { call, groupsEvent, send, userDataEvent, verdictEvent } from '../../../scripts/scene/events.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import { type Deployed, noticesAbout } from '../deployed.ts';

const OPTED_IN = { 'undrift:replace': 'allowed' };
let fleets = 0;

async function fleetOf(at: Deployed, size: number, tags: Record<string, string> = OPTED_IN) {
  fleets += 1;
  const { name, instanceIds } = await makeFleet(at.clients, { name: `fleet-${fleets}`, size, tags });
  const [altered = '', ...others] = instanceIds;
  return { name, altered, others };
}

/** Edits user data by hand, for real, and sends the event that AWS would. */
export async function editUserData({ clients }: Deployed, instanceId: string) {
  const Value = Buffer.from('#!/bin/sh\necho by hand\n');
  await clients.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: instanceId, UserData: { Value } }));
  const event = userDataEvent(instanceId);
  await send(clients.events, event);
  return event;
}

async function replaced(at: Deployed, { name, altered, others }: Awaited<ReturnType<typeof fleetOf>>) {
  const [notice] = await noticesAbout(at, altered, 1, 240);
  expect(notice?.attributes.outcome?.Value).toBe('done');
  expect(await stateOf(at.clients, altered)).toBe('terminated');
  const serving = await inService(at.clients, name);
  expect(serving).toHaveLength(others.length + 1);
  expect(serving).toEqual(expect.arrayContaining(others));
  expect(serving).not.toContain(altered);
  expect((await fleet(at.clients, name)).DesiredCapacity).toBe(others.length + 1);
  return notice;
}

export function instanceScenarios(deployed: () => Deployed): void {
  it('replaces an instance whose user data was changed, and tells once however often the event comes', async () => {
    const at = deployed();
    const group = await fleetOf(at, 3);
    const event = await editUserData(at, group.altered);
    await send(at.clients.events, event);
    await replaced(at, group);
    await send(at.clients.events, event);
    await until('the instance queue to be empty', async () => (await noticesAbout(at, group.altered, 1)).length === 1);
    expect(await noticesAbout(at, group.altered, 1)).toHaveLength(1);
  });

  it('replaces an instance whose security groups were changed', async () => {
    const at = deployed();
    const group = await fleetOf(at, 3);
    const other = await makeSecurityGroup(at.clients, `attached-${group.name}`);
    const change = new ModifyInstanceAttributeCommand({ InstanceId: group.altered, Groups: [other] });
    await at.clients.ec2.send(change);
    await send(at.clients.events, groupsEvent(group.altered, [other]));
    await replaced(at, group);
  });

  it('replaces what Config finds and what differs from its template, and nothing that does not', async () => {
    const at = deployed();
    const group = await fleetOf(at, 3);
    const Value = Buffer.from('#!/bin/sh\necho by hand\n');
    await at.clients.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: group.altered, UserData: { Value } }));
    const verdict = { rule: 'no-drift-of-instances', type: 'AWS::EC2::Instance' } as const;
    await send(at.clients.events, verdictEvent({ ...verdict, id: group.others[0] ?? '' }));
    await send(at.clients.events, verdictEvent({ ...verdict, id: group.altered }));
    await replaced(at, group);
  });

  it('reports an instance of a group that did not opt in, and leaves it alone', async () => {
    const at = deployed();
    const { altered } = await fleetOf(at, 2, {});
    await editUserData(at, altered);
    const [notice] = await noticesAbout(at, altered, 1);
    expect(notice?.message.decision).toMatchObject({ kind: 'hold', guard: 'not-opted-in' });
    expect(await stateOf(at.clients, altered)).toBe('running');
  });

  it('holds while the group could not launch a successor', async () => {
    const at = deployed();
    const { name, altered } = await fleetOf(at, 2);
    const suspend = new SuspendProcessesCommand({ AutoScalingGroupName: name, ScalingProcesses: ['Launch'] });
    await at.clients.autoScaling.send(suspend);
    await editUserData(at, altered);
    const [notice] = await noticesAbout(at, altered, 1);
    expect(notice?.message.decision).toMatchObject({ kind: 'hold', guard: 'launch-suspended' });
    expect(await stateOf(at.clients, altered)).toBe('running');
  });

  it('tells of a session, and replaces nothing for it', async () => {
    const at = deployed();
    const { altered } = await fleetOf(at, 2);
    const eventSource = 'ssm.amazonaws.com';
    const requestParameters = { target: altered };
    await send(
      at.clients.events,
      call('StartSession', { eventSource, requestParameters, responseElements: { sessionId: 'kim-0' } }),
    );
    const [notice] = await noticesAbout(at, altered, 1);
    expect(notice?.message.decision).toMatchObject({ kind: 'hold', guard: 'observe', rule: 'session-started' });
    expect(await stateOf(at.clients, altered)).toBe('running');
  });
}
