import { expect, test } from 'vitest';
import type { InstanceEstate } from '../../src/domain/estate.ts';
import { type Fleet, Retryable } from '../../src/roles.ts';

/** What tests do to a fleet, as the world of each implementation has it. */
export type FleetSetting = {
  readonly fleet: Fleet;
  /** A group of two in service, launched from a template with user data, a security group and a profile, tagged `team`. */
  newGroup(): Promise<{ readonly name: string; readonly instanceIds: readonly string[] }>;
  /** An instance in no group. */
  newInstance(): Promise<string>;
  /** An interface that is attached to nothing. */
  newInterface(): Promise<string>;
  changeUserData(instanceId: string): Promise<void>;
  /** Puts another security group in the place of the instance's. */
  changeGroups(instanceId: string): Promise<void>;
  changeProfile(instanceId: string): Promise<void>;
  suspendLaunch(group: string): Promise<void>;
  resumeLaunch(group: string): Promise<void>;
  startRefresh(group: string): Promise<void>;
  pass(seconds: number): Promise<void>;
};

const NOBODY = 'i-0fffffffffffffff0';

/** What the flow relies on of the fleet. */
export function fleetSuite(make: () => Promise<FleetSetting>): void {
  async function withGroup() {
    const setting = await make();
    const { name, instanceIds } = await setting.newGroup();
    const [first = '', second = ''] = instanceIds;
    return { ...setting, name, first, second };
  }
  async function existing(fleet: Fleet, id: string): Promise<InstanceEstate> {
    const estate = await fleet.read({ type: 'instance', id });
    if (estate.kind === 'missing') throw new Error(`${id} is missing`);
    return estate;
  }
  const members = async (fleet: Fleet, name: string) => (await fleet.group(name))?.members ?? [];
  async function eventually({ pass }: FleetSetting, holds: () => Promise<boolean>): Promise<void> {
    for (let turn = 0; turn < 60; turn += 1) {
      if (await holds()) return;
      await pass(0.5);
    }
    throw new Error('it did not come about');
  }

  test.each([[NOBODY], ['i-not-an-id']])('%s, that there is not, is missing and terminated', async (id) => {
    const { fleet } = await make();
    expect(await fleet.read({ type: 'instance', id })).toEqual({ kind: 'missing', resource: { type: 'instance', id } });
    expect(await fleet.state(id)).toBe('terminated');
    expect(await fleet.replace(id)).toEqual({ requestId: null });
  });

  test('an instance is read with its group', async () => {
    const { fleet, name, first, second } = await withGroup();
    const { instance, group, drift } = await existing(fleet, first);
    expect(instance).toMatchObject({ id: first, state: 'running', rootDevice: expect.stringMatching(/^\/dev\//) });
    expect(instance.securityGroupIds).toHaveLength(1);
    expect(instance.profileArn).toMatch(/^arn:aws:iam::\d+:instance-profile\/./);
    expect(instance.interfaces).toMatchObject([{ deviceIndex: 0, elasticIp: false }]);
    expect(instance.volumes).toMatchObject([{ device: instance.rootDevice, deleteOnTermination: true }]);
    expect(group).toMatchObject({
      name,
      desired: 2,
      suspendedProcesses: [],
      refreshRunning: false,
      tags: { team: 'web' },
    });
    expect(group?.members.map(({ id }) => id).sort()).toEqual([first, second].sort());
    expect(group?.members[0]).toMatchObject({
      lifecycleState: 'InService',
      healthy: true,
      protectedFromScaleIn: false,
    });
    expect(group?.members[0]?.launchTemplate).toEqual({ id: expect.stringMatching(/^lt-/), version: '1' });
    expect(drift).toBeNull();
  });

  test('an instance is read by its interface; an interface of nobody is missing', async () => {
    const { fleet, first, newInterface } = await withGroup();
    const { instance } = await existing(fleet, first);
    const id = instance.interfaces[0]?.id ?? '';
    expect(await fleet.read({ type: 'network-interface', id })).toEqual(await existing(fleet, first));
    for (const other of ['eni-0fffffffffffffff0', await newInterface()]) {
      const resource = { type: 'network-interface', id: other } as const;
      expect(await fleet.read(resource)).toEqual({ kind: 'missing', resource });
    }
  });

  test('an instance in no group has none, no known drift, and is not replaced', async () => {
    const { fleet, newInstance } = await make();
    const id = await newInstance();
    const estate = await existing(fleet, id);
    expect(estate.group).toBeNull();
    expect((await fleet.drift(estate)).kind).toBe('unknown');
    expect(await fleet.replace(id)).toEqual({ requestId: null });
    expect(await fleet.state(id)).toBe('running');
  });

  test('what was launched from the template and left alone does not differ from it', async () => {
    const { fleet, first } = await withGroup();
    const drift = await fleet.drift(await existing(fleet, first));
    expect(drift).toMatchObject({ kind: 'compared', differences: [], baseline: expect.stringContaining('lt-') });
  });

  test.each([
    ['user-data', 'changeUserData'],
    ['security-groups', 'changeGroups'],
    ['instance-profile', 'changeProfile'],
  ] as const)('a change of %s by hand is the only difference', async (attribute, change) => {
    const setting = await withGroup();
    await setting[change](setting.first);
    const drift = await setting.fleet.drift(await existing(setting.fleet, setting.first));
    expect(drift).toMatchObject({ kind: 'compared', differences: [{ attribute }] });
    const peer = await setting.fleet.drift(await existing(setting.fleet, setting.second));
    expect(peer).toMatchObject({ kind: 'compared', differences: [] });
  });

  test('a replaced instance terminates, and a successor takes its place', async () => {
    const setting = await withGroup();
    const { fleet, name, first, second } = setting;
    expect((await fleet.replace(first)).requestId).toEqual(expect.stringMatching(/./));
    await expect(fleet.replace(first)).rejects.toBeInstanceOf(Retryable);
    await eventually(setting, async () => (await fleet.state(first)) === 'terminated');
    const serving = async () =>
      (await members(fleet, name)).filter(({ lifecycleState }) => lifecycleState === 'InService').map(({ id }) => id);
    await eventually(setting, async () => (await serving()).length === 2);
    const now = await serving();
    expect(now).toContain(second);
    expect(now).not.toContain(first);
    expect((await fleet.group(name))?.desired).toBe(2);
    expect(await fleet.replace(first)).toEqual({ requestId: null });
  });

  test('with Launch suspended there is no successor until it is resumed', async () => {
    const setting = await withGroup();
    const { fleet, name, first } = setting;
    await setting.suspendLaunch(name);
    expect((await fleet.group(name))?.suspendedProcesses).toEqual(['Launch']);
    await fleet.replace(first);
    await eventually(setting, async () => (await fleet.state(first)) === 'terminated');
    await setting.pass(1);
    expect(await members(fleet, name)).toHaveLength(1);
    await setting.resumeLaunch(name);
    await eventually(setting, async () => (await members(fleet, name)).length === 2);
  });

  test('an instance refresh at work is seen', async () => {
    const { fleet, name, startRefresh } = await withGroup();
    await startRefresh(name);
    expect((await fleet.group(name))?.refreshRunning).toBe(true);
  });

  test('a group that there is not is null', async () => {
    const { fleet } = await make();
    expect(await fleet.group('nobody')).toBeNull();
  });
}
