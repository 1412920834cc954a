import { expect, test } from 'vitest';
import type { PrefixListEstate } from '../../src/domain/estate.ts';
import { Refused, Retryable } from '../../src/roles.ts';
import { idsOf, type MakeScene, type NetworkScene, OFFICE, prefixList, SSH } from './network-scene.ts';

const NOTHING = { requestId: null };
const SENT = { requestId: expect.stringMatching(/./) };
const NOWHERE = 'pl-0fffffffffffffff0';

/** What the flow relies on when groups are taken off an interface. */
export function detachSuite(make: MakeScene): void {
  async function groupsOn(scene: NetworkScene, interfaceId: string): Promise<readonly string[]> {
    const estate = await scene.networks.readInterface(interfaceId);
    return estate.kind === 'missing' ? [] : [...estate.networkInterface.groupIds].sort();
  }

  test('one group comes off, the others stay', async () => {
    const scene = await make();
    const [one, two, three] = [await scene.newGroup(), await scene.newGroup(), await scene.newGroup()];
    const id = await scene.newInterface([one, two, three]);
    const other = await scene.newInterface([one, two, three]);
    expect(await scene.networks.detach(id, [two])).toEqual(SENT);
    expect(await groupsOn(scene, id)).toEqual([one, three].sort());
    expect(await groupsOn(scene, other)).toHaveLength(3);
  });

  test('a group that was attached to the interface of an instance comes off', async () => {
    const scene = await make();
    const [mine, attached] = [await scene.newGroup(), await scene.newGroup()];
    const { interfaceId } = await scene.newInstance([mine]);
    await scene.setGroups(interfaceId, [mine, attached]);
    expect(await scene.networks.detach(interfaceId, [attached])).toEqual(SENT);
    expect(await groupsOn(scene, interfaceId)).toEqual([mine]);
  });

  test('groups that are already off are left out, and with none left nothing is called', async () => {
    const scene = await make();
    const [mine, attached, off] = [await scene.newGroup(), await scene.newGroup(), await scene.newGroup()];
    const id = await scene.newInterface([mine, attached]);
    expect(await scene.networks.detach(id, [off, attached])).toEqual(SENT);
    expect(await scene.networks.detach(id, [off, attached])).toEqual(NOTHING);
    expect(await scene.networks.detach(id, [])).toEqual(NOTHING);
    expect(await groupsOn(scene, id)).toEqual([mine]);
  });

  test('the last group never comes off, nor all at once', async () => {
    const scene = await make();
    const [one, two] = [await scene.newGroup(), await scene.newGroup()];
    const id = await scene.newInterface([one, two]);
    const detaching = scene.networks.detach(id, [one, two]);
    await expect(detaching).rejects.toBeInstanceOf(Refused);
    await expect(detaching).rejects.toThrow('an interface must have one');
    expect(await groupsOn(scene, id)).toEqual([one, two].sort());
  });

  test('an interface that is gone needs nothing', async () => {
    const scene = await make();
    const [one, two] = [await scene.newGroup(), await scene.newGroup()];
    const id = await scene.newInterface([one, two]);
    await scene.removeInterface(id);
    expect(await scene.networks.detach(id, [two])).toEqual(NOTHING);
  });
}

/** What the flow relies on of prefix lists. */
export function prefixListsSuite(make: MakeScene): void {
  async function listOf(scene: NetworkScene, id: string): Promise<PrefixListEstate> {
    const estate = await scene.networks.readPrefixList(id);
    if (estate.kind === 'missing') throw new Error(`${id} is missing`);
    return estate;
  }
  const cidrsOf = async (scene: NetworkScene, id: string) => [...(await listOf(scene, id)).list.cidrs].sort();

  test('a list that there is not, or that another account does not share, is missing and needs nothing', async () => {
    const scene = await make();
    const missing = { kind: 'missing', resource: { type: 'prefix-list', id: NOWHERE } };
    expect(await scene.networks.readPrefixList(NOWHERE)).toEqual(missing);
    expect(await scene.networks.removeEntries(NOWHERE, ['0.0.0.0/0'])).toEqual(NOTHING);
  });

  test('a list comes with the groups that name it for inbound traffic, all their rules, and the other lists that these name', async () => {
    const scene = await make();
    const [naming, outward, other] = [await scene.newGroup(), await scene.newGroup(), await scene.newGroup()];
    const id = await scene.newPrefixList(['198.51.100.0/24', '203.0.113.0/24']);
    const second = await scene.newPrefixList(['192.0.2.0/24']);
    await scene.open(naming, [OFFICE, { port: 22, source: prefixList(id) }, { port: 80, source: prefixList(second) }]);
    await scene.open(naming, [{ port: 23, source: prefixList(NOWHERE) }]);
    await scene.open(outward, [{ port: 22, source: prefixList(id), egress: true }]);
    await scene.open(other, [SSH, { port: 22, source: prefixList(second) }]);
    const estate = await listOf(scene, id);
    expect(estate.list).toMatchObject({ id, name: 'list', version: 1, descriptions: { '198.51.100.0/24': 'first' } });
    expect([...estate.list.cidrs].sort()).toEqual(['198.51.100.0/24', '203.0.113.0/24']);
    expect(idsOf(estate.groups.map(({ group }) => group))).toEqual([naming]);
    const rules = estate.groups.find(({ group }) => group.id === naming)?.rules ?? [];
    expect(rules.map(({ fromPort }) => fromPort).sort((a, b) => a - b)).toEqual([-1, 22, 22, 23, 80]);
    expect(idsOf(estate.prefixLists)).toEqual([id, second].sort());
  });

  test('a list that no group names comes without groups', async () => {
    const scene = await make();
    const id = await scene.newPrefixList(['198.51.100.0/24']);
    const estate = await listOf(scene, id);
    expect(estate).toMatchObject({ groups: [], prefixLists: [{ id }] });
  });

  test('an entry goes, the others and the name stay, and the version is the next', async () => {
    const scene = await make();
    const id = await scene.newPrefixList(['198.51.100.0/24', '0.0.0.0/1']);
    await scene.widen(id, '128.0.0.0/1');
    expect(await scene.networks.removeEntries(id, ['0.0.0.0/1', '128.0.0.0/1'])).toEqual(SENT);
    const { list } = await listOf(scene, id);
    expect(list).toMatchObject({ cidrs: ['198.51.100.0/24'], name: 'list', version: 3 });
  });

  test('entries that are already gone are left out, and with none left nothing is called', async () => {
    const scene = await make();
    const id = await scene.newPrefixList(['198.51.100.0/24', '0.0.0.0/1']);
    expect(await scene.networks.removeEntries(id, ['0.0.0.0/1', '128.0.0.0/1'])).toEqual(SENT);
    expect(await scene.networks.removeEntries(id, ['0.0.0.0/1', '128.0.0.0/1'])).toEqual(NOTHING);
    expect(await scene.networks.removeEntries(id, [])).toEqual(NOTHING);
    expect((await listOf(scene, id)).list.version).toBe(2);
  });

  test('more entries than one call takes go by and by', async () => {
    const scene = await make();
    const wide = Array.from({ length: 130 }, (_, index) => `${index + 1}.0.0.0/8`);
    const id = await scene.newPrefixList(['198.51.100.0/24', ...wide]);
    expect(await scene.networks.removeEntries(id, wide)).toEqual(SENT);
    expect((await listOf(scene, id)).list).toMatchObject({ version: 2, cidrs: { length: 31 } });
    expect(await scene.networks.removeEntries(id, wide)).toEqual(SENT);
    expect(await cidrsOf(scene, id)).toEqual(['198.51.100.0/24']);
  });

  test('a list that somebody changed meanwhile is left alone for now', async () => {
    const scene = await make();
    const id = await scene.newPrefixList(['198.51.100.0/24', '0.0.0.0/1']);
    await scene.staleReads(5);
    await scene.widen(id, '128.0.0.0/1');
    await expect(scene.networks.removeEntries(id, ['0.0.0.0/1'])).rejects.toBeInstanceOf(Retryable);
    await scene.wait(6);
    expect(await cidrsOf(scene, id)).toEqual(['0.0.0.0/1', '128.0.0.0/1', '198.51.100.0/24']);
    expect(await scene.networks.removeEntries(id, ['0.0.0.0/1'])).toEqual(SENT);
    expect(await cidrsOf(scene, id)).toEqual(['128.0.0.0/1', '198.51.100.0/24']);
  });

  test('a list of AWS is read, and not changed', async () => {
    const scene = await make();
    const id = await scene.listOfAws();
    const { list } = await listOf(scene, id);
    expect(list).toMatchObject({ id, ownerId: 'AWS', version: null });
    const [cidr = ''] = list.cidrs;
    await expect(scene.networks.removeEntries(id, [cidr])).rejects.toBeInstanceOf(Refused);
    expect((await listOf(scene, id)).list.cidrs).toContain(cidr);
  });
}
