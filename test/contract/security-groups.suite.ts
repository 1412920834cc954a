import { expect, test } from 'vitest';
import { AwsRefused } from '../../src/aws/errors.ts';
import type { RuleSource, SecurityGroupEstate } from '../../src/domain/estate.ts';
import {
  idsOf as ids,
  ipv4,
  type MakeScene,
  type NetworkScene,
  OFFICE,
  prefixList,
  RDP,
  SSH,
} from './network-scene.ts';

/** What the flow relies on of security groups. */
export function securityGroupsSuite(make: MakeScene): void {
  async function existing(world: NetworkScene, groupId: string): Promise<SecurityGroupEstate> {
    const estate = await world.groups.read(groupId);
    if (estate.kind === 'missing') throw new Error(`${groupId} is missing`);
    return estate;
  }
  const ingress = async (world: NetworkScene, groupId: string) =>
    (await existing(world, groupId)).rules.filter(({ egress }) => !egress);

  test.each([['sg-0fffffffffffffff0'], ['sg-not-an-id'], ['name=nobody'], ['name=*']])(
    '%s, that there is not, is missing',
    async (id) => {
      const { groups } = await make();
      expect(await groups.read(id)).toEqual({ kind: 'missing', resource: { type: 'security-group', id } });
    },
  );

  test('a group is read with its rules, one source each, in both directions', async () => {
    const world = await make();
    const groupId = await world.newGroup();
    const other = await world.newGroup();
    const sources: RuleSource[] = [
      ipv4('0.0.0.0/0'),
      { kind: 'ipv6', cidr: '::/0' },
      { kind: 'security-group', id: other },
    ];
    const ruleIds = await world.open(
      groupId,
      sources.map((source) => ({ port: 22, source })),
    );
    const { group, rules } = await existing(world, groupId);
    expect(group).toMatchObject({ id: groupId, tags: { team: 'web' } });
    expect(rules.filter(({ egress }) => egress)).toMatchObject([{ groupId, protocol: '-1', fromPort: -1, toPort: -1 }]);
    const found = rules.filter(({ egress }) => !egress);
    expect(ids(found)).toEqual([...ruleIds].sort());
    expect(found).toHaveLength(3);
    for (const [index, source] of sources.entries()) {
      const rule = found.find(({ id }) => id === ruleIds[index]);
      expect(rule).toEqual({
        id: ruleIds[index],
        groupId,
        egress: false,
        protocol: 'tcp',
        fromPort: 22,
        toPort: 22,
        source,
        description: null,
      });
    }
  });

  test('descriptions are read, whatever the source', async () => {
    const world = await make();
    const groupId = await world.newGroup();
    const listId = await world.newPrefixList(['192.0.2.0/24']);
    const sources: RuleSource[] = [ipv4('192.0.2.0/24'), { kind: 'security-group', id: groupId }, prefixList(listId)];
    await world.open(
      groupId,
      sources.map((source, index) => ({ port: 22, source, description: `about ${index}` })),
    );
    const described = (await ingress(world, groupId)).map(({ description }) => description).sort();
    expect(described).toEqual(['about 0', 'about 1', 'about 2']);
  });

  test('a rule is read with its tags, and with the account of the group that it names', async () => {
    const world = await make();
    const groupId = await world.newGroup();
    const theirs: RuleSource = { kind: 'security-group', id: await world.newGroup(), ownerId: '210987654321' };
    await world.open(groupId, [{ port: 22, source: theirs, tags: { team: 'web', cost: '' } }]);
    const [found] = await ingress(world, groupId);
    expect(found).toMatchObject({ source: theirs, tags: { team: 'web', cost: '' } });
  });

  test('a group of which only the name is known is read, and has its id', async () => {
    const world = await make();
    const groupId = await world.newGroup('known by name');
    await world.newGroup('known by name, too');
    await world.open(groupId, [SSH]);
    expect(await world.groups.read('name=known by name')).toEqual(await existing(world, groupId));
  });

  test('of several groups with one name none is taken, and each is named', async () => {
    const world = await make();
    const groupIds = [await world.newGroup('twice'), await world.newGroup('twice', 'another')];
    const reading = world.groups.read('name=twice');
    await expect(reading).rejects.toBeInstanceOf(AwsRefused);
    for (const id of groupIds) await expect(reading).rejects.toThrow(id);
  });

  test('one rule is revoked, its siblings stay', async () => {
    const world = await make();
    const groupId = await world.newGroup();
    const [ssh = '', rdp = '', office = ''] = await world.open(groupId, [SSH, RDP, OFFICE]);
    const { requestId } = await world.groups.revoke(groupId, [ssh], false);
    expect(requestId).toEqual(expect.stringMatching(/./));
    expect(ids(await ingress(world, groupId))).toEqual([rdp, office].sort());
  });

  test('of several rules, one of them gone, the rest is revoked', async () => {
    const world = await make();
    const groupId = await world.newGroup();
    const [ssh = '', rdp = '', office = ''] = await world.open(groupId, [SSH, RDP, OFFICE]);
    await world.close(groupId, [ssh]);
    const { requestId } = await world.groups.revoke(groupId, [ssh, rdp], false);
    expect(requestId).toEqual(expect.stringMatching(/./));
    expect(ids(await ingress(world, groupId))).toEqual([office]);
  });

  test('with nothing left to revoke no request is named', async () => {
    const world = await make();
    const groupId = await world.newGroup();
    const [ssh = '', office = ''] = await world.open(groupId, [SSH, OFFICE]);
    await world.close(groupId, [ssh]);
    expect(await world.groups.revoke(groupId, [ssh], false)).toEqual({ requestId: null });
    expect(await world.groups.revoke(groupId, [], false)).toEqual({ requestId: null });
    expect(await world.groups.revoke('sg-0fffffffffffffff0', [ssh], false)).toEqual({ requestId: null });
    expect(ids(await ingress(world, groupId))).toEqual([office]);
  });

  test('a rule of another group is not revoked through this one', async () => {
    const world = await make();
    const groupId = await world.newGroup();
    const other = await world.newGroup();
    const [ssh = ''] = await world.open(other, [SSH]);
    expect(await world.groups.revoke(groupId, [ssh], false)).toEqual({ requestId: null });
    expect(ids(await ingress(world, other))).toEqual([ssh]);
  });

  test('one egress rule is revoked, and no ingress rule with it', async () => {
    const world = await make();
    const groupId = await world.newGroup();
    const [out = ''] = await world.open(groupId, [{ ...SSH, egress: true }]);
    const [ssh = ''] = await world.open(groupId, [SSH]);
    expect(await world.groups.revoke(groupId, [ssh], true)).toEqual({ requestId: null });
    expect(await world.groups.revoke(groupId, [out], false)).toEqual({ requestId: null });
    expect((await existing(world, groupId)).rules).toHaveLength(3);
    const { requestId } = await world.groups.revoke(groupId, [ssh, out], true);
    expect(requestId).toEqual(expect.stringMatching(/./));
    const left = (await existing(world, groupId)).rules;
    expect(left).toMatchObject([{ egress: true, protocol: '-1' }, { id: ssh }]);
  });

  test('prefix lists of egress rules come, too', async () => {
    const world = await make();
    const groupId = await world.newGroup();
    const id = await world.newPrefixList(['0.0.0.0/1']);
    await world.open(groupId, [{ port: 443, source: prefixList(id), egress: true }]);
    expect((await existing(world, groupId)).prefixLists).toMatchObject([{ id, cidrs: ['0.0.0.0/1'] }]);
  });

  test('the surroundings of a group are not read with it', async () => {
    const world = await make();
    const groupId = await world.newGroup();
    await world.newInterface([groupId]);
    expect((await existing(world, groupId)).surroundings).toBeNull();
  });

  test('prefix lists come with every entry; those of nobody else', async () => {
    const world = await make();
    const groupId = await world.newGroup();
    const cidrs = Array.from({ length: 130 }, (_, index) => `198.51.${index}.0/24`);
    const id = await world.newPrefixList(cidrs);
    await world.newPrefixList(['203.0.113.0/24']);
    await world.open(groupId, [OFFICE, { port: 22, source: prefixList(id) }]);
    const { prefixLists } = await existing(world, groupId);
    expect(prefixLists).toHaveLength(1);
    expect(prefixLists[0]).toMatchObject({ id, name: 'list', version: 1, descriptions: { '198.51.0.0/24': 'first' } });
    expect(Object.keys(prefixLists[0]?.descriptions ?? {})).toHaveLength(1);
    expect([...(prefixLists[0]?.cidrs ?? [])].sort()).toEqual([...cidrs].sort());
  });

  test('a prefix list that cannot be read is left out, and its rule stays', async () => {
    const world = await make();
    const groupId = await world.newGroup();
    await world.open(groupId, [{ port: 22, source: prefixList('pl-0fffffffffffffff0') }]);
    const { rules, prefixLists } = await existing(world, groupId);
    expect(rules.filter(({ egress }) => !egress)).toHaveLength(1);
    expect(prefixLists).toEqual([]);
  });

  test('all rules of a full group are read', async () => {
    const world = await make();
    const groupId = await world.newGroup();
    const openings = Array.from({ length: 60 }, (_, index) => ({ port: 8000 + index, source: ipv4('10.0.0.0/8') }));
    const ruleIds = await world.open(groupId, openings);
    expect(ids(await ingress(world, groupId))).toEqual([...ruleIds].sort());
  });
}
