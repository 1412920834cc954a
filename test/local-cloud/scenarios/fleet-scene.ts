/** What the scenarios about fleets have in common: groups that opted in, what a hand does to a machine, and what undrift called. */
import {
  type InstanceAttributeName,
  ModifyInstanceAttributeCommand,
  type ModifyInstanceAttributeCommandInput,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { fleet, inService, makeFleet, stateOf } from '../../../scripts/scene/estate.mjs';
import { call, PEOPLE, send, userDataEvent, verdictEvent } from '../../../scripts/scene/events.mjs';
import { until } from '../../../scripts/scene/until.mjs';
import { dynamoLedger } from '../../../src/aws/ledger.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import { recordedCalls } from '../../recorded-calls.ts';
import { type Deployed, noticesAbout, output } from '../deployed.ts';

/** Without it, the trusted pipeline did it. */
export const BY_HAND = { userIdentity: PEOPLE.user };
const MOST_INCIDENTS = 1000;
let fleets = 0;

/** `only`: `told` for a group whose sessions the policy only observes. */
type Wish = {
  readonly version?: string;
  readonly launchFirst?: boolean;
  readonly warmUp?: number;
  readonly targetGroup?: string;
  readonly only?: 'told';
};

/** A group that opted in, all its instances in service. */
export function fleetOf({ clients }: Deployed, size: number, { only, ...wish }: Wish = {}) {
  fleets += 1;
  return makeFleet(clients, {
    name: `${only ?? 'web'}-${fleets}-of-${size}`,
    size,
    tags: { 'undrift:replace': 'allowed' },
    ...wish,
  });
}

type Attributes = Omit<ModifyInstanceAttributeCommandInput, 'InstanceId' | 'Attribute'> & {
  readonly Attribute?: InstanceAttributeName;
};
const modify = ({ clients }: Deployed, InstanceId: string, change: Attributes) =>
  clients.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, ...change }));

/** For real. Nobody is told. */
export async function setUserData(at: Deployed, id: string): Promise<void> {
  await modify(at, id, { UserData: { Value: Buffer.from('#!/bin/sh\necho by hand\n') } });
}

/** For real. Nobody is told. */
export async function openRouting(at: Deployed, id: string): Promise<void> {
  await modify(at, id, { SourceDestCheck: { Value: false } });
}

/** For real. Nobody is told. */
export async function protectFromTermination(at: Deployed, id: string): Promise<void> {
  await modify(at, id, { DisableApiTermination: { Value: true } });
}

export const protectionByHand = (instanceId: string) =>
  call('ModifyInstanceAttribute', {
    ...BY_HAND,
    requestParameters: { instanceId, disableApiTermination: { value: true } },
  });

export const userDataByHand = (id: string) => userDataEvent(id, BY_HAND);

export const routingByHand = (instanceId: string) =>
  call('ModifyInstanceAttribute', { ...BY_HAND, requestParameters: { instanceId, sourceDestCheck: { value: false } } });

/** A finding of low severity. */
export const monitoringByHand = (instanceId: string) =>
  call('MonitorInstances', { ...BY_HAND, requestParameters: { instancesSet: { items: [{ instanceId }] } } });

export const verdictOn = (id: string, rule = 'no-drift-of-instances') =>
  verdictEvent({ rule, type: 'AWS::EC2::Instance', id });

export async function tell(at: Deployed, ...events: readonly Parameters<typeof send>[1][]): Promise<void> {
  for (const event of events) await send(at.clients.events, event);
}

/** Newest first. */
export async function incidentsAbout({ clients, outputs }: Deployed, ids: readonly string[]): Promise<Incident[]> {
  const all = await dynamoLedger(clients.dynamo, output(outputs, 'LedgerTable')).recent(MOST_INCIDENTS);
  return all.filter(({ resource }) => ids.includes(resource.id));
}

/** The instances that undrift asked Auto Scaling to replace, in the order of the calls: once for each call that was taken. */
export async function actsOn(at: Deployed, ids: readonly string[]): Promise<readonly string[]> {
  return recordedCalls(at.cloud.callsFile)
    .filter(({ action, status }) => REPLACING.includes(action) && status === 200)
    .map(({ params }) => String(params?.InstanceId))
    .filter((id) => ids.includes(id));
}
const REPLACING = ['TerminateInstanceInAutoScalingGroup', 'SetInstanceHealth'];

/** Whether undrift has read the live state of the instance. */
export async function lookedAt(at: Deployed, id: string): Promise<boolean> {
  const reads = recordedCalls(at.cloud.callsFile).filter(
    ({ action, userAgent }) => action === 'DescribeInstances' && userAgent.includes('undrift/instances'),
  );
  return reads.some(({ params }) => JSON.stringify(params).includes(id));
}

/** Waits for the act and its proof: this instance is gone, one act was made on it, and the group is whole again. */
export async function expectReplaced(at: Deployed, name: string, id: string) {
  const notices = await until(`${id} told as replaced`, async () => {
    const told = await noticesAbout(at, id, 1, 1).catch(() => []);
    return told.find(({ attributes }) => attributes.outcome?.Value === 'done');
  });
  expect(await stateOf(at.clients, id)).toBe('terminated');
  expect(await actsOn(at, [id])).toEqual([id]);
  const { DesiredCapacity } = await fleet(at.clients, name);
  const serving = await inService(at.clients, name);
  expect(serving).toHaveLength(DesiredCapacity ?? -1);
  expect(serving).not.toContain(id);
  return notices;
}

/** Waits until people were told that it is held for this; nothing was done to the instance. */
export async function expectHeld(at: Deployed, id: string, guard: string) {
  const notice = await until(`${id} told as held for ${guard}`, async () => {
    const told = await noticesAbout(at, id, 1, 1).catch(() => []);
    return told.find(({ message }) => message.decision?.kind === 'hold' && message.decision.guard === guard);
  });
  expect(await stateOf(at.clients, id)).toBe('running');
  expect(await actsOn(at, [id])).toEqual([]);
  return notice;
}
