/** Whom a call means that names many machines at once, out of an estate file. */
import { describe, expect, test } from 'vitest';
import { readEstate } from '../../../cli/explain/estate-file.ts';
import { lookUp } from '../../../cli/explain/look-up.ts';
import type { Change, LookUp } from '../../../src/domain/change.ts';
import type { Meant } from '../../../src/domain/estate.ts';
import { INSTANCE } from '../inbound/perfect.ts';
import { closed } from '../notice/incident.ts';
import { machine, PEER, scaling } from './estate.ts';

const LONER = 'i-00000000000000001';
const COMMAND = 'f6887251-cdde-4251-a026-f50a25f521f7';
const AT = '2026-02-03T04:05:06Z';
const LATER = '2026-02-03T04:30:00+00:00';

const env = (Value: string) => ({ Tags: [{ Key: 'Env', Value }] });
const to = (InstanceId: string, Status = 'Success', rest: object = {}) => ({
  CommandId: COMMAND,
  InstanceId,
  Status,
  StatusDetails: Status,
  ...rest,
});

/** Two machines of a group and one of none; Systems Manager looks after one of each; the command came to the group. */
const WORLD = {
  Reservations: [
    { Instances: [machine(PEER, env('stage')), machine(INSTANCE, env('prod'))] },
    { Instances: [machine(LONER, env('prod'))] },
  ],
  AutoScalingGroups: [scaling()],
  InstanceInformationList: [{ InstanceId: LONER }, { InstanceId: INSTANCE }, { InstanceId: 'mi-00000000000000001' }],
  CommandInvocations: [to(PEER), to(INSTANCE)],
};

async function meant(named: LookUp, deviation: object = {}, now = '2026-02-03T05:00:00Z'): Promise<Meant | undefined> {
  const change: Change = {
    ...closed.change,
    at: AT,
    fact: { kind: 'signal', signal: 'command-run', detail: null, drift: '' },
    resources: [{ type: 'targets', id: 'tag:Env=prod', lookUp: named }],
  };
  // What is undefined is not in the file.
  const file: unknown = JSON.parse(JSON.stringify({ ...WORLD, ...deviation }));
  const [estate] = await lookUp(readEstate(file), change, new Date(now));
  return estate?.kind === 'targets' ? estate.meant : undefined;
}

async function ids(named: LookUp, deviation: object = {}): Promise<readonly string[]> {
  const found = await meant(named, deviation);
  if (found?.kind !== 'found') throw new Error(found?.why ?? 'not looked up');
  return found.machines.map(({ id }) => id);
}

const tags = (values: readonly string[], managed = false): LookUp => ({
  by: 'tags',
  managed,
  filters: [{ key: 'tag:Env', values }],
});
const ALL: LookUp = { by: 'tags', managed: false, filters: [] };
const COMMANDED: LookUp = { by: 'command', commandId: COMMAND };
const only = (id: string, deviation: object) => ({ Reservations: [{ Instances: [machine(id, deviation)] }] });

describe('by tags', () => {
  test.each<[string, LookUp, readonly string[]]>([
    ['those that carry them', tags(['prod']), [LONER, INSTANCE]],
    ['with one of the values', tags(['prod', 'stage']), [LONER, INSTANCE, PEER]],
    ['whatever the value', tags([]), [LONER, INSTANCE, PEER]],
    ['whose value is the pattern itself', tags(['pro*']), []],
    ['with an agent', tags(['prod', 'stage'], true), [LONER, INSTANCE]],
    ['all of them', ALL, [LONER, INSTANCE, PEER]],
    ['all with an agent', { ...ALL, managed: true }, [LONER, INSTANCE]],
    ['of a group', { ...ALL, filters: [{ key: 'tag:aws:autoscaling:groupName', values: ['web'] }] }, [INSTANCE, PEER]],
    [
      'that fit every filter',
      { ...ALL, filters: [...(tags(['prod']) as typeof ALL).filters, { key: 'tag-key', values: ['Role'] }] },
      [],
    ],
  ])('%s', async (_name, named, expected) => {
    expect(await ids(named)).toEqual(expected);
  });

  test.each<[string, object, readonly string[]]>([
    ['launched after the call', { LaunchTime: LATER }, []],
    [
      'started again after the call',
      {
        LaunchTime: LATER,
        BlockDeviceMappings: [
          { DeviceName: '/dev/xvda', Ebs: { VolumeId: 'vol-1', AttachTime: '2026-01-01T00:00:00+00:00' } },
        ],
      },
      [INSTANCE],
    ],
    ['that has ended', { State: { Name: 'terminated' } }, []],
    ['that is about to end', { State: { Name: 'shutting-down' } }, []],
    ['that is stopped', { State: { Name: 'stopped' } }, [INSTANCE]],
  ])('one %s', async (_name, deviation, expected) => {
    expect(await ids(ALL, only(INSTANCE, deviation))).toEqual(expected);
  });

  test('are told with the group that they belong to, and whether they are ending', async () => {
    const ending = { AutoScalingGroups: [scaling({}, { LifecycleState: 'Terminating:Wait' })] };
    expect(await meant(tags([]), ending)).toMatchObject({
      complete: true,
      machines: [
        { id: LONER, group: null, ending: false },
        { id: INSTANCE, group: { name: 'web', desired: 2, tags: { 'undrift:replace': 'allowed' } }, ending: false },
        { id: PEER, group: { name: 'web' }, ending: true },
      ],
    });
  });
});

describe('by a command', () => {
  test.each<[string, readonly object[], readonly string[], boolean]>([
    ['whom it came to', [to(PEER), to(INSTANCE)], [INSTANCE, PEER], true],
    [
      'and no other',
      [to(PEER, 'Failed', { StatusDetails: 'Undeliverable' }), to(INSTANCE, 'Failed')],
      [INSTANCE],
      true,
    ],
    ['while it goes on', [to(PEER), to(INSTANCE, 'Pending')], [PEER], false],
    ['while it is run', [to(PEER), to(INSTANCE, 'InProgress')], [INSTANCE, PEER], false],
    ['that are there', [to(PEER), to('i-00000000000000009')], [PEER], true],
    ['of another', [to(PEER), to(INSTANCE, 'Success', { CommandId: 'another' })], [PEER], true],
    ['nobody so far', [], [], false],
  ])('%s', async (_name, CommandInvocations, expected, complete) => {
    const found = await meant(COMMANDED, { CommandInvocations });
    expect(found).toMatchObject({ kind: 'found', complete });
    expect(found?.kind === 'found' && found.machines.map(({ id }) => id)).toEqual(expected);
  });

  test('that came to nobody for an hour is over', async () => {
    expect(await meant(COMMANDED, { CommandInvocations: [] }, '2026-02-03T05:05:07Z')).toMatchObject({
      complete: true,
    });
  });

  test('who was there when it came counts, whenever it was launched', async () => {
    expect(await ids(COMMANDED, only(INSTANCE, { LaunchTime: LATER }))).toEqual([INSTANCE]);
  });
});

describe('what the file does not tell is said, with what prints it', () => {
  const command = `no CommandInvocations, which aws ssm list-command-invocations --command-id ${COMMAND} prints`;
  const nodes = 'no InstanceInformationList, which aws ssm describe-instance-information prints';
  const instances = 'no Reservations, which aws ec2 describe-instances prints';
  const groups = 'no AutoScalingGroups, which aws autoscaling describe-auto-scaling-groups prints';
  const [reached, there] = ['whom the command reached', 'which machines there are'];

  test.each<[string, LookUp, object, string]>([
    ['a command', COMMANDED, { CommandInvocations: undefined }, `${reached}: it has ${command}`],
    [
      'a command among others',
      COMMANDED,
      { CommandInvocations: [{ ...to(PEER), CommandId: 'another' }] },
      `${reached}: it lacks what aws ssm list-command-invocations --command-id ${COMMAND} prints`,
    ],
    [
      'a command, and nothing else',
      COMMANDED,
      { CommandInvocations: undefined, Reservations: undefined, AutoScalingGroups: undefined },
      `${reached}: it has ${command}, and ${instances}, and ${groups}`,
    ],
    ['managed nodes', tags(['prod'], true), { InstanceInformationList: undefined }, `${there}: it has ${nodes}`],
    ['instances', tags(['prod']), { Reservations: undefined }, `${there}: it has ${instances}`],
    ['groups', tags(['prod']), { AutoScalingGroups: undefined }, `${there}: it has ${groups}`],
    [
      'an age',
      ALL,
      only(INSTANCE, { LaunchTime: undefined }),
      `since when ${INSTANCE} is there: it has no LaunchTime of it`,
    ],
  ])('%s', async (_name, named, deviation, why) => {
    expect(await meant(named, deviation)).toEqual({ kind: 'unread', why: `the estate file does not tell ${why}` });
  });

  test.each<[object, string]>([
    [
      { CommandInvocations: [{ InstanceId: PEER }] },
      'CommandInvocations[0].CommandId: expected a string, found nothing',
    ],
    [{ CommandInvocations: [to(PEER, '', { Status: 7 })] }, 'CommandInvocations[0].Status: expected a string, found 7'],
    [{ InstanceInformationList: ['i-1'] }, 'InstanceInformationList[0]: expected an object, found "i-1"'],
    [
      only(PEER, { LaunchTime: 'today' }),
      'Reservations[0].Instances[0].LaunchTime: expected a time such as 2026-02-03T04:05:06Z, found "today"',
    ],
  ])('%j is a fault', (deviation, message) => {
    expect(() => readEstate({ ...WORLD, ...deviation })).toThrow(message);
  });
});
