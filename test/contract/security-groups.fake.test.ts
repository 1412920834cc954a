import { describe, expect, test } from 'vitest';
import type { SecurityGroupRule } from '../../src/domain/estate.ts';
import { Retryable } from '../../src/roles.ts';
import { FakeClock } from '../fakes/clock.ts';
import { FakeSecurityGroups } from '../fakes/security-groups.ts';
import { counter } from '../fakes/world.ts';
import { type GroupsWorld, type Opening, securityGroupsSuite } from './security-groups.suite.ts';

function rule(groupId: string, id: string, given: Partial<SecurityGroupRule>): SecurityGroupRule {
  const plain = { protocol: 'tcp', fromPort: 22, toPort: 22, source: { kind: 'ipv4', cidr: '0.0.0.0/0' } } as const;
  return { id, groupId, egress: false, description: null, ...plain, ...given };
}

async function make(clock = new FakeClock()): Promise<GroupsWorld & { readonly groups: FakeSecurityGroups }> {
  const groups = new FakeSecurityGroups(clock);
  const ruleId = counter('sgr');
  const groupId = counter('sg');
  const listId = counter('pl');
  return {
    groups,
    newGroup: async (name, vpc) => {
      const id = groupId();
      const vpcId = vpc === undefined ? 'vpc-1' : 'vpc-2';
      groups.addGroup({ id, name: name ?? id, ownerId: '123456789012', vpcId, tags: { team: 'web' } });
      groups.open(rule(id, ruleId(), { egress: true, protocol: '-1', fromPort: -1, toPort: -1 }));
      return id;
    },
    open: async (id, openings: readonly Opening[]) => {
      const rules = openings.map(({ port, source }) => rule(id, ruleId(), { fromPort: port, toPort: port, source }));
      groups.open(...rules);
      return rules.map((each) => each.id);
    },
    close: async (_groupId, ruleIds) => groups.close(...ruleIds),
    newPrefixList: async (cidrs) => {
      const id = listId();
      groups.setPrefixList({ id, name: null, ownerId: null, cidrs });
      return id;
    },
  };
}

describe('security groups', () => securityGroupsSuite(() => make()));

describe('the fake alone', () => {
  test('stale reads lag behind, and revoking does not', async () => {
    const clock = new FakeClock();
    const { groups, newGroup, open } = await make(clock);
    const id = await newGroup();
    clock.advance(10);
    groups.staleReadsFor(5);
    const [opened = ''] = await open(id, [{ port: 22, source: { kind: 'ipv4', cidr: '0.0.0.0/0' } }]);
    const ingress = async () => {
      const estate = await groups.read(id);
      return estate.kind === 'missing' ? null : estate.rules.filter(({ egress }) => !egress).length;
    };
    expect(await ingress()).toBe(0);
    clock.advance(5);
    expect(await ingress()).toBe(1);
    expect((await groups.revoke(id, [opened])).requestId).toBe('revoke-1');
    expect(await ingress()).toBe(1);
    clock.advance(5);
    expect(await ingress()).toBe(0);
  });

  test('a failure is for one call, by its name if one is given, and has no effect', async () => {
    const { groups, newGroup, open } = await make();
    const id = await newGroup();
    const [opened = ''] = await open(id, [{ port: 22, source: { kind: 'ipv4', cidr: '0.0.0.0/0' } }]);
    groups.failNext(new Retryable('not now'), 'revoke');
    expect((await groups.read(id)).kind).toBe('security-group');
    await expect(groups.revoke(id, [opened])).rejects.toThrow('not now');
    expect(groups.rulesOf(id).map((each) => each.id)).toContain(opened);
    expect((await groups.revoke(id, [opened])).requestId).not.toBeNull();
    expect(groups.callsOf('revoke')).toHaveLength(2);
  });
});
