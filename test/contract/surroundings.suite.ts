import { expect, test } from 'vitest';
import type { InterfaceEstate, SecurityGroupEstate } from '../../src/domain/estate.ts';
import { Retryable } from '../../src/roles.ts';
import { idsOf, type MakeScene, type NetworkScene, OFFICE, prefixList, SSH } from './network-scene.ts';

/** What the flow relies on of a group's surroundings. */
export function surroundingsSuite(make: MakeScene): void {
  async function around(scene: NetworkScene, groupId: string): Promise<SecurityGroupEstate> {
    return scene.groups.lookAround(await groupOf(scene, groupId));
  }

  test('a group that nothing has, and nobody names, is alone', async () => {
    const scene = await make();
    const groupId = await scene.newGroup();
    await scene.newInterface([await scene.newGroup()]);
    const estate = await groupOf(scene, groupId);
    const surroundings = { interfaces: [], neighbours: [] };
    expect(await scene.groups.usersOf([groupId])).toEqual([]);
    expect(await scene.groups.lookAround(estate)).toEqual({ ...estate, surroundings });
  });

  test('neighbours come with their rules and lists, and who else shares them', async () => {
    const scene = await make();
    const [mine, near, far] = [await scene.newGroup(), await scene.newGroup(), await scene.newGroup()];
    const listId = await scene.newPrefixList(['198.51.100.0/24']);
    await scene.open(mine, [SSH]);
    await scene.open(near, [OFFICE, { port: 443, source: prefixList(listId), egress: true }]);
    const both = await scene.newInterface([mine, near]);
    const alone = await scene.newInterface([mine]);
    const sharing = await scene.newInterface([near, far]);
    await scene.newInterface([far]);
    expect(idsOf(await scene.groups.usersOf([mine]))).toEqual([both, alone].sort());
    const estate = await around(scene, mine);
    expect(idsOf(estate.surroundings?.interfaces ?? [])).toEqual([both, alone, sharing].sort());
    const { group, rules } = await groupOf(scene, near);
    expect(estate.surroundings?.neighbours).toEqual([{ group, rules }]);
    expect(estate.prefixLists).toMatchObject([{ id: listId, cidrs: ['198.51.100.0/24'] }]);
  });

  test('a neighbour that cannot be seen is left out', async () => {
    const scene = await make();
    const [mine, near] = [await scene.newGroup(), await scene.newGroup()];
    const id = await scene.newInterface([mine, near]);
    await scene.removeGroup(near);
    expect((await around(scene, mine)).surroundings).toMatchObject({ interfaces: [{ id }], neighbours: [] });
  });

  test('a list that the group and its neighbour name is there once', async () => {
    const scene = await make();
    const [mine, near] = [await scene.newGroup(), await scene.newGroup()];
    const source = prefixList(await scene.newPrefixList(['198.51.100.0/24']));
    await scene.open(mine, [{ port: 22, source }]);
    await scene.open(near, [{ port: 80, source }]);
    await scene.newInterface([mine, near]);
    expect((await around(scene, mine)).prefixLists).toHaveLength(1);
  });

  test('several groups come as each of them does, with the interfaces that have them', async () => {
    const scene = await make();
    const [first, second, gone] = [await scene.newGroup(), await scene.newGroup(), await scene.newGroup()];
    const source = prefixList(await scene.newPrefixList(['198.51.100.0/24']));
    await scene.open(first, [SSH, { port: 80, source }]);
    await scene.open(second, [OFFICE]);
    const both = await scene.newInterface([first, second]);
    const alone = await scene.newInterface([second]);
    await scene.removeGroup(gone);
    const found = await scene.groups.readMany([second, first, gone]);
    expect(found).toHaveLength(2);
    for (const [id, users] of [
      [first, [both]],
      [second, [both, alone]],
    ] as const) {
      const estate = found.find(({ group }) => group.id === id);
      expect(idsOf(estate?.users ?? [])).toEqual([...users].sort());
      expect({ ...estate, users: undefined }).toEqual({ ...(await groupOf(scene, id)), users: undefined });
    }
    expect(await scene.groups.readMany([])).toEqual([]);
  });

  test('the groups that name a list come in order; those that name it for outbound traffic, if asked for', async () => {
    const scene = await make();
    const [first, second, other] = [await scene.newGroup(), await scene.newGroup(), await scene.newGroup()];
    const [listId, unused] = [await scene.newPrefixList(['192.0.2.0/24']), await scene.newPrefixList(['192.0.2.0/24'])];
    const [source, elsewhere] = [prefixList(listId), prefixList(await scene.newPrefixList(['192.0.2.0/24']))];
    await scene.open(second, [
      { port: 22, source },
      { port: 23, source },
    ]);
    await scene.open(first, [{ port: 22, source, egress: true }]);
    await scene.open(other, [{ port: 22, source: elsewhere }]);
    expect(await scene.groups.namingList(listId, true)).toEqual([first, second].sort());
    expect(await scene.groups.namingList(listId, false)).toEqual([second]);
    expect(await scene.groups.namingList(unused, true)).toEqual([]);
  });
}

/** What both units rely on of network interfaces. */
export function interfacesSuite(make: MakeScene, unit: 'groups' | 'networks'): void {
  async function interfaceOf(scene: NetworkScene, id: string): Promise<InterfaceEstate> {
    const estate = await scene[unit].readInterface(id);
    if (estate.kind === 'missing') throw new Error(`${id} is missing`);
    return estate;
  }

  test.each([['eni-0fffffffffffffff0'], ['i-0fffffffffffffff0']])('%s, that there is not', async (id) => {
    const scene = await make();
    const missing = { kind: 'missing', resource: { type: 'network-interface', id } };
    expect(await scene[unit].readInterface(id)).toEqual(missing);
    expect(await scene[unit].interfacesOf(id)).toEqual([]);
  });

  test('the interface of an instance is found, and knows its instance', async () => {
    const scene = await make();
    const groupId = await scene.newGroup();
    await scene.newInstance([groupId]);
    const { instanceId, interfaceId } = await scene.newInstance([groupId]);
    expect(await scene[unit].interfacesOf(instanceId)).toEqual([interfaceId]);
    expect((await interfaceOf(scene, interfaceId)).networkInterface).toMatchObject({
      id: interfaceId,
      instanceId,
      groupIds: [groupId],
      requesterManaged: false,
      loadBalancer: false,
      interfaceType: 'interface',
      publicAddresses: [],
    });
  });

  test('the interfaces that have one of several groups are found, each once', async () => {
    const scene = await make();
    const [one, two, other] = [await scene.newGroup(), await scene.newGroup(), await scene.newGroup()];
    const both = await scene.newInterface([one, two]);
    const alone = await scene.newInterface([two]);
    await scene.newInterface([other]);
    expect(idsOf(await scene[unit].usersOf([one, two]))).toEqual([both, alone].sort());
    expect(await scene[unit].usersOf([await scene.newGroup()])).toEqual([]);
    expect(await scene[unit].usersOf([])).toEqual([]);
  });

  test('an interface comes with every group on it, their rules and lists, and who shares them', async () => {
    const scene = await make();
    const [mine, near] = [await scene.newGroup(), await scene.newGroup()];
    const listId = await scene.newPrefixList(['198.51.100.0/24']);
    await scene.open(mine, [SSH]);
    await scene.open(near, [{ port: 22, source: prefixList(listId) }]);
    const id = await scene.newInterface([mine, near], 'a description');
    const sharing = await scene.newInterface([near]);
    await scene.newInterface([await scene.newGroup()]);
    const estate = await interfaceOf(scene, id);
    expect(estate.networkInterface).toMatchObject({ id, instanceId: null, description: 'a description' });
    expect([...estate.networkInterface.groupIds].sort()).toEqual([mine, near].sort());
    expect(idsOf(estate.interfaces)).toEqual([id, sharing].sort());
    const expected = [await groupOf(scene, mine), await groupOf(scene, near)].map(({ group, rules }) => ({
      group,
      rules,
    }));
    expect(estate.groups).toHaveLength(2);
    expect(estate.groups).toEqual(expect.arrayContaining(expected));
    expect(estate.prefixLists).toMatchObject([{ id: listId }]);
  });

  test('an interface with a group that cannot be seen is read again later', async () => {
    const scene = await make();
    const [mine, near] = [await scene.newGroup(), await scene.newGroup()];
    const id = await scene.newInterface([mine, near]);
    await scene.removeGroup(near);
    await expect(scene[unit].readInterface(id)).rejects.toBeInstanceOf(Retryable);
  });

  test('only what a service made is a load balancer, whatever its description says', async () => {
    const scene = await make();
    const groupId = await scene.newGroup();
    const forged = await scene.newInterface([groupId], 'ELB app/web/0123456789abcdef');
    const real = await scene.newInterface([groupId], 'ELB app/web/0123456789abcdef');
    await scene.giveToLoadBalancer(real);
    const kind = async (id: string) => (await interfaceOf(scene, id)).networkInterface;
    expect(await kind(forged)).toMatchObject({ requesterManaged: false, loadBalancer: false });
    expect(await kind(real)).toMatchObject({ requesterManaged: true, loadBalancer: true });
  });
}

async function groupOf(scene: NetworkScene, groupId: string): Promise<SecurityGroupEstate> {
  const estate = await scene.groups.read(groupId);
  if (estate.kind === 'missing') throw new Error(`${groupId} is missing`);
  return estate;
}
