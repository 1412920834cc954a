import { describe, expect, it } from 'vitest';
import { readMachines } from '../../../src/aws/fleet-machines.ts';
import { stub } from './stub.ts';

const AT = '2026-03-01T12:00:00Z';
const BEFORE = new Date('2026-03-01T11:00:00Z');
const AFTER = new Date('2026-03-01T13:00:00Z');

const instance = (InstanceId: string, rest: object = {}) => ({
  InstanceId,
  VpcId: 'vpc-1',
  LaunchTime: BEFORE,
  Tags: [{ Key: 'aws:autoscaling:groupName', Value: 'web' }],
  ...rest,
});
const web = {
  AutoScalingGroupName: 'web',
  DesiredCapacity: 3,
  Tags: [{ Key: 'team', Value: 'a' }],
  Instances: [
    { InstanceId: 'i-1', LifecycleState: 'InService' },
    { InstanceId: 'i-3', LifecycleState: 'Terminating:Wait' },
    { InstanceId: 'i-4', LifecycleState: 'Terminating:Retained' },
  ],
};

function machines(
  instances: object[],
  by: Parameters<typeof readMachines>[2] = { ids: ['i-1'] },
  before: string | null = AT,
) {
  const { client, asked } = stub({
    DescribeInstances: () => ({ Reservations: [{ Instances: instances }] }),
    DescribeAutoScalingGroups: () => ({ AutoScalingGroups: [web] }),
  });
  return { found: readMachines(client, client, by, before), asked };
}

const ids = async (given: ReturnType<typeof machines>) => (await given.found).map(({ id }) => id);

describe('many instances at a time', () => {
  it('that are on their way out of their group are told so; those that are kept are not', async () => {
    const given = machines(['i-1', 'i-3', 'i-4', 'i-5'].map((id) => instance(id)));
    expect((await given.found).map(({ id, ending }) => [id, ending])).toEqual([
      ['i-1', false],
      ['i-3', true],
      ['i-4', false],
      ['i-5', false],
    ]);
  });

  it('are told with their VPC and their group, in the order of their ids', async () => {
    const { found, asked } = machines([instance('i-2', { Tags: [] }), instance('i-1')], { ids: ['i-2', 'i-1'] });
    expect(await found).toEqual([
      {
        id: 'i-1',
        vpcId: 'vpc-1',
        launchedAt: BEFORE.toISOString(),
        group: { name: 'web', desired: 3, tags: { team: 'a' } },
        ending: false,
      },
      { id: 'i-2', vpcId: 'vpc-1', launchedAt: BEFORE.toISOString(), group: null, ending: false },
    ]);
    const alive = { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] };
    expect(asked.map(({ input }) => input)).toEqual([
      { Filters: [alive, { Name: 'instance-id', Values: ['i-2', 'i-1'] }], NextToken: undefined },
      { AutoScalingGroupNames: ['web'], NextToken: undefined },
    ]);
  });

  it('that were launched later are left out, unless it is known that they were there', async () => {
    const late = instance('i-1', { LaunchTime: AFTER });
    expect(await ids(machines([late]))).toEqual([]);
    expect(await ids(machines([late], { ids: ['i-1'] }, null))).toEqual(['i-1']);
    expect(await ids(machines([instance('i-1', { LaunchTime: undefined })]))).toEqual([]);
  });

  it('that were started again are as old as their volumes', async () => {
    const restarted = { LaunchTime: AFTER, BlockDeviceMappings: [{ Ebs: { AttachTime: BEFORE } }] };
    expect(await ids(machines([instance('i-1', restarted)]))).toEqual(['i-1']);
  });

  it('by tags are asked for by these values, and by nothing that looks like them', async () => {
    const filters = [
      { key: 'tag:Env', values: ['pr*d', 'a?b\\c'] },
      { key: 'tag:Role', values: [] },
    ];
    const { found, asked } = machines([], { filters });
    expect(await found).toEqual([]);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.input.Filters).toEqual([
      expect.objectContaining({ Name: 'instance-state-name' }),
      { Name: 'tag:Env', Values: ['pr\\*d', 'a\\?b\\\\c'] },
      { Name: 'tag:Role', Values: ['*'] },
    ]);
  });

  it('are asked for as many at a time as AWS takes', async () => {
    const many = Array.from({ length: 250 }, (_, number) =>
      instance(`i-${number}`, { Tags: [{ Key: 'aws:autoscaling:groupName', Value: `g-${number % 60}` }] }),
    );
    const { found, asked } = machines(many, { ids: many.map(({ InstanceId }) => InstanceId) });
    await found;
    const sizes = asked.map(({ action, input }) => [
      action,
      action === 'DescribeInstances'
        ? (input.Filters as { Values: string[] }[])[1]?.Values.length
        : (input.AutoScalingGroupNames as string[]).length,
    ]);
    expect(sizes).toEqual([
      ['DescribeInstances', 200],
      ['DescribeInstances', 50],
      ['DescribeAutoScalingGroups', 50],
      ['DescribeAutoScalingGroups', 10],
    ]);
  });

  it('are found behind 5,000 that carry the same tags and were launched afterwards', async () => {
    const { client } = stub({
      DescribeInstances: ({ NextToken = '0' }) => {
        const from = Number(NextToken);
        if (from >= 5000) return { Reservations: [{ Instances: [instance('i-1')] }] };
        const Instances = Array.from({ length: 1000 }, (_, n) => instance(`i-late-${from + n}`, { LaunchTime: AFTER }));
        return { Reservations: [{ Instances }], NextToken: String(from + 1000) };
      },
      DescribeAutoScalingGroups: () => ({ AutoScalingGroups: [web] }),
    });
    const found = await readMachines(client, client, { filters: [{ key: 'tag:App', values: ['web'] }] }, AT);
    expect(found.map(({ id }) => id)).toEqual(['i-1']);
  });
});
