import { expect, test } from 'vitest';
import type { InstanceEstate } from '../../src/domain/estate.ts';
import { type Fleet, Retryable } from '../../src/roles.ts';

/** What tests do to a fleet, as the world of each implementation has it. */
export type FleetSetting = {
  readonly fleet: Fleet;
  /**
   * A group of two in service, launched from a template with user data, a security group, a profile, a key pair, IMDSv2 and
   * a tag `Env`.
   */
  newGroup(): Promise<{ readonly name: string; readonly instanceIds: readonly string[] }>;
  /** An instance in no group. */
  newInstance(): Promise<string>;
  /** An interface that is attached to nothing. */
  newInterface(): Promise<string>;
  changeUserData(instanceId: string): Promise<void>;
  /** Puts another security group in the place of the instance's. */
  changeGroups(instanceId: string): Promise<void>;
  changeProfile(instanceId: string): Promise<void>;
  /** Lets credentials be had without a session token. */
  changeMetadataOptions(instanceId: string): Promise<void>;
  /** Takes away the tag `Env`. */
  changeTags(instanceId: string): Promise<void>;
  suspendLaunch(group: string): Promise<void>;
  resumeLaunch(group: string): Promise<void>;
  startRefresh(group: string): Promise<void>;
  /** Gives the group a maintenance policy: all healthy, with room for twice as many. */
  launchFirst(group: string): Promise<void>;
  suspendReplacing(group: string): Promise<void>;
  /** Gives the group a default warm-up of so many seconds, and a target group in which what comes is not healthy at once. */
  warmUp(group: string, seconds: number): Promise<void>;
  /** Takes away what the group's successors would be launched from. */
  breakLaunch(group: string): Promise<void>;
  /** Deletes the instance profile that the group launches with; or takes the role out of it; or deletes its key pair. */
  breakProfile(): Promise<void>;
  emptyProfile(): Promise<void>;
  deleteKey(): Promise<void>;
  protectFromTermination(instanceId: string): Promise<void>;
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
    expect(await fleet.replace(id, 'terminate-first')).toEqual({ requestId: null });
  });

  test('an instance is found by its volume, and nobody by what is nowhere', async () => {
    const { fleet, first } = await withGroup();
    const [volume] = (await existing(fleet, first)).instance.volumes;
    const later = '2099-01-01T00:00:00Z';
    expect(await fleet.find(`volume=${volume?.id}`, later)).toEqual([first]);
    expect(await fleet.find(`volume=${volume?.id}`, '2001-01-01T00:00:00Z')).toEqual([]);
    expect(await fleet.find('volume=vol-0fffffffffffffff0', later)).toEqual([]);
    expect(await fleet.find('address=192.0.2.77', later)).toEqual([]);
    expect(await fleet.find('tag:Env=prod', later)).toEqual([]);
  });

  test('many instances are told at once, by ids or by tags, with the group of each', async () => {
    const { fleet, first, second, name, newInstance } = await withGroup();
    const alone = await newInstance();
    const found = await fleet.machines({ ids: [second, first, alone, NOBODY] }, null);
    expect(found.map(({ id, group }) => [id, group?.name ?? null])).toEqual(
      [
        [first, name],
        [second, name],
        [alone, null],
      ].sort(([a = ''], [b = '']) => ((a ?? '') < (b ?? '') ? -1 : 1)),
    );
    const [one] = found.filter(({ id }) => id === first);
    expect(one?.group).toEqual({ name, desired: 2, tags: expect.objectContaining({ team: 'web' }) });
    expect(one?.vpcId).toMatch(/^vpc-/);
    const byTags = await fleet.machines({ filters: [{ key: 'tag:Env', values: ['prod', 'stage'] }] }, null);
    const ids = byTags.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([first, second]));
    expect(ids).not.toContain(alone);
    for (const values of [['pro*'], ['dev']]) {
      expect(await fleet.machines({ filters: [{ key: 'tag:Env', values }] }, null)).toEqual([]);
    }
    expect(await fleet.machines({ ids: [] }, null)).toEqual([]);
  });

  test('of many instances those are left out that came later, and those that have ended', async () => {
    const setting = await withGroup();
    const { fleet, first, second } = setting;
    const ids = [first, second];
    expect(await fleet.machines({ ids }, '2001-01-01T00:00:00Z')).toEqual([]);
    expect(await fleet.machines({ ids }, '2099-01-01T00:00:00Z')).toHaveLength(2);
    await fleet.replace(first, 'terminate-first');
    await eventually(setting, async () => (await fleet.state(first)) === 'terminated');
    expect((await fleet.machines({ ids }, null)).map(({ id }) => id)).toEqual([second]);
  });

  test('what an instance was made from is told, and what is not there is said', async () => {
    const { fleet, first, name } = await withGroup();
    const { instance } = await existing(fleet, first);
    const template = (await members(fleet, name)).find(({ id }) => id === first)?.launchTemplate ?? null;
    expect(await fleet.launchedFrom(instance.imageId, template)).toEqual({
      image: { name: expect.stringMatching(/./), tags: expect.any(Object) },
      template: { name: expect.stringMatching(/./), tags: expect.any(Object) },
      unread: [],
    });
    const gone = 'ami-0fffffffffffffff0';
    expect(await fleet.launchedFrom(gone, null)).toEqual({
      image: null,
      template: null,
      unread: [`the image ${gone} is not there (any more)`],
    });
    expect(await fleet.launchedFrom(null, null)).toEqual({ image: null, template: null, unread: [] });
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
    expect(await fleet.replace(id, 'terminate-first')).toEqual({ requestId: null });
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
    ['profile', 'changeProfile'],
    ['metadata-options/http-tokens', 'changeMetadataOptions'],
    ['tags/Env', 'changeTags'],
  ] as const)('a change of %s by hand is the only difference', async (path, change) => {
    const setting = await withGroup();
    await setting[change](setting.first);
    const drift = await setting.fleet.drift(await existing(setting.fleet, setting.first));
    expect(drift).toMatchObject({ kind: 'compared', differences: [{ path }] });
    const peer = await setting.fleet.drift(await existing(setting.fleet, setting.second));
    expect(peer).toMatchObject({ kind: 'compared', differences: [] });
  });

  test('a replaced instance terminates, and a successor takes its place', async () => {
    const setting = await withGroup();
    const { fleet, name, first, second } = setting;
    expect((await fleet.replace(first, 'terminate-first')).requestId).toEqual(expect.stringMatching(/./));
    await expect(fleet.replace(first, 'terminate-first')).rejects.toBeInstanceOf(Retryable);
    await eventually(setting, async () => (await fleet.state(first)) === 'terminated');
    const serving = async () =>
      (await members(fleet, name)).filter(({ lifecycleState }) => lifecycleState === 'InService').map(({ id }) => id);
    await eventually(setting, async () => (await serving()).length === 2);
    const now = await serving();
    expect(now).toContain(second);
    expect(now).not.toContain(first);
    expect((await fleet.group(name))?.desired).toBe(2);
    expect(await fleet.replace(first, 'terminate-first')).toEqual({ requestId: null });
  });

  test('with Launch suspended there is no successor until it is resumed', async () => {
    const setting = await withGroup();
    const { fleet, name, first } = setting;
    await setting.suspendLaunch(name);
    expect((await fleet.group(name))?.suspendedProcesses).toEqual(['Launch']);
    await fleet.replace(first, 'terminate-first');
    await eventually(setting, async () => (await fleet.state(first)) === 'terminated');
    await setting.pass(1);
    expect(await members(fleet, name)).toHaveLength(1);
    await setting.resumeLaunch(name);
    await eventually(setting, async () => (await members(fleet, name)).length === 2);
  });

  test('where the group launches first, the instance serves until its successor does', async () => {
    const setting = await withGroup();
    const { fleet, name, first } = setting;
    await setting.launchFirst(name);
    expect((await fleet.group(name))?.maintenance).toEqual({ minHealthy: 100, maxHealthy: 200 });
    expect((await fleet.replace(first, 'launch-first')).requestId).toEqual(expect.stringMatching(/./));
    const marked = (await members(fleet, name)).find(({ id }) => id === first);
    expect(marked).toMatchObject({ lifecycleState: 'InService', healthy: false });
    let least = 2;
    await eventually(setting, async () => {
      const found = await members(fleet, name);
      least = Math.min(least, found.filter(({ lifecycleState }) => lifecycleState === 'InService').length);
      return (await fleet.state(first)) === 'terminated' && found.length === 2;
    });
    expect(least).toBe(2);
    expect((await fleet.group(name))?.desired).toBe(2);
    expect(await fleet.replace(first, 'launch-first')).toEqual({ requestId: null });
  });

  test('while the unhealthy are not replaced, being marked leads to nothing', async () => {
    const setting = await withGroup();
    const { fleet, name, first } = setting;
    await setting.launchFirst(name);
    await setting.suspendReplacing(name);
    await fleet.replace(first, 'launch-first');
    await setting.pass(2);
    expect(await fleet.state(first)).toBe('running');
    expect(await members(fleet, name)).toHaveLength(2);
  });

  test.each([[20], [0]])(
    'a group tells of a warm-up of %i s, and its target group when one is healthy',
    async (seconds) => {
      const setting = await withGroup();
      const { fleet, name, first, second } = setting;
      expect((await fleet.group(name))?.trafficSources).toEqual([]);
      await setting.warmUp(name, seconds);
      const group = await fleet.group(name);
      expect(group?.warmUp).toEqual({ seconds, setting: 'DefaultInstanceWarmup' });
      const sources = group?.trafficSources ?? [];
      expect(sources).toEqual([{ kind: 'target-group', arn: expect.stringContaining(':targetgroup/') }]);
      expect(await fleet.targetHealth(sources, [second, first])).toEqual([{ kind: 'healthy' }, { kind: 'healthy' }]);
      await fleet.replace(first, 'terminate-first');
      let id = '';
      await eventually(setting, async () => {
        const serving = (await members(fleet, name)).filter(({ lifecycleState }) => lifecycleState === 'InService');
        id = serving.find((it) => it.id !== first && it.id !== second)?.id ?? '';
        return id !== '';
      });
      const kinds = async () => (await fleet.targetHealth(sources, [second, id])).map(({ kind }) => kind);
      expect(await kinds()).toEqual(['healthy', 'not-healthy']);
      await eventually(setting, async () => (await kinds())[1] === 'healthy');
    },
  );

  test('what a group launches from is looked at', async () => {
    const { fleet, name, breakLaunch } = await withGroup();
    const group = await fleet.group(name);
    if (group === null) throw new Error('the group is gone');
    expect(await fleet.launchCheck(group, new Date('2026-03-01T12:00:00.000Z'))).toMatchObject({ kind: 'ready' });
    await breakLaunch(name);
    const check = await fleet.launchCheck(group, new Date('2026-03-01T12:00:00.000Z'));
    expect(check).toMatchObject({ kind: 'broken', why: expect.stringMatching(/lt-/) });
  });

  test.each([
    ['breakProfile', /instance profile .* is not there/],
    ['emptyProfile', /instance profile .* has no role/],
    ['deleteKey', /key pair .* is gone/],
  ] as const)('what a group launches with is looked at: %s', async (act, why) => {
    const setting = await withGroup();
    const group = await setting.fleet.group(setting.name);
    if (group === null) throw new Error('the group is gone');
    await setting[act]();
    const check = await setting.fleet.launchCheck(group, new Date('2026-03-01T12:00:00.000Z'));
    expect(check).toEqual({ kind: 'broken', why: expect.stringMatching(why) });
  });

  test('what ties an instance to its place is told', async () => {
    const { fleet, first, second, protectFromTermination } = await withGroup();
    const [one, two] = [await existing(fleet, first), await existing(fleet, second)];
    expect(await fleet.ties(one.instance)).toEqual({ terminationProtection: false, instanceStore: false });
    await protectFromTermination(first);
    expect(await fleet.ties(one.instance)).toEqual({ terminationProtection: true, instanceStore: false });
    const withStore = { ...two.instance, traits: { ...two.instance.traits, type: 'i3.large' } };
    expect(await fleet.ties(withStore)).toEqual({ terminationProtection: false, instanceStore: true });
    expect(await fleet.ties({ ...one.instance, id: NOBODY })).toEqual({
      terminationProtection: { unread: expect.stringMatching(/./) },
      instanceStore: false,
    });
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
