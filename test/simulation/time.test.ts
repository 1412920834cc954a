import { describe, expect, it } from 'vitest';
import type { NetworkInterface, SecurityGroupRule } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { Retryable } from '../../src/roles.ts';
import { authorize, call } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

const [OWN, BESIDE] = ['sg-0000000000000000a', 'sg-0000000000000000b'];
const WORLD_RULE = 'sgr-00000000000000001';

function ssh(groupId: string, id: string, cidr: string): SecurityGroupRule {
  const ports = { protocol: 'tcp', fromPort: 22, toPort: 22 };
  return { id, groupId, egress: false, ...ports, source: { kind: 'ipv4', cidr }, description: null };
}
/** Harmless alone; with ten others they are more than the limit of sixteen. */
const tenTwelfths = (group: string, first: number) =>
  Array.from({ length: 10 }, (_, n) =>
    ssh(group, `sgr-${group.slice(-1)}${String(n).padStart(16, '0')}`, `${first}.${n * 16}.0.0/12`),
  );
const groupOf = (id: string) => ({ id, name: `name of ${id}`, ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
const interfaceOf = (id: string, groupIds: readonly string[]): NetworkInterface => ({
  ...{ id, vpcId: 'vpc-1', ownerId: ACCOUNT, groupIds, instanceId: null },
  ...{ requesterManaged: false, loadBalancer: false, description: '', tags: {} },
  ...{ interfaceType: 'interface', requesterId: null, publicAddresses: [] },
});

/** Two groups on an interface, of which the first was opened to everybody. */
function opened({ alone = false, ...change }: Partial<Policy> & { readonly alone?: boolean } = {}): World {
  const at = new World(shippedPolicy('enforce', change));
  for (const id of [OWN, BESIDE]) at.network.addGroup(groupOf(id));
  at.network.setInterface(interfaceOf('eni-00000000000000001', [OWN, BESIDE]));
  if (!alone) at.network.open(...tenTwelfths(OWN, 11), ...tenTwelfths(BESIDE, 20));
  at.network.open(ssh(OWN, WORLD_RULE, '0.0.0.0/0'));
  const event = { id: WORLD_RULE, groupId: OWN, fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' };
  at.send('security-groups', authorize(at.clock.iso(), event));
  return at;
}
const isOpen = (at: World) => at.network.truth.rules.some(({ id }) => id === WORLD_RULE);
const ec2Calls = (at: World) => at.calls.filter((call) => call.startsWith('ec2.'));

describe('what a group opens by itself', () => {
  it('is closed although what is around it cannot be read; what they open together is closed when it can', async () => {
    const at = opened();
    const lookAround = at.securityGroups.lookAround.bind(at.securityGroups);
    at.securityGroups.lookAround = () => Promise.reject(new Retryable('ec2:DescribeNetworkInterfaces: throttled'));
    await at.run(2);
    expect(isOpen(at)).toBe(false);
    expect(at.incident()).toMatchObject({ status: 'closed', resource: { type: 'security-group', id: OWN } });
    at.securityGroups.lookAround = lookAround;
    await at.run(60);
    expect(at.ledger.incidents.map(({ resource, status }) => [resource.type, status])).toEqual([
      ['security-group', 'closed'],
      ['network-interface', 'closed'],
    ]);
    expect(at.waiting).toBe(0);
  });

  it('is closed before the rest is judged: with little time left, the rest comes back', async () => {
    const at = opened();
    const revoke = at.securityGroups.revoke.bind(at.securityGroups);
    at.securityGroups.revoke = async (...args) => {
      at.remaining = 23_999;
      return revoke(...args);
    };
    await at.run(0.5);
    expect(isOpen(at)).toBe(false);
    expect(ec2Calls(at)).not.toContain('ec2.lookAround');
    expect([at.waiting, at.ledger.incidents.length]).toEqual([1, 1]);
    at.securityGroups.revoke = revoke;
    at.remaining = 60_000;
    await at.run(60);
    expect(at.ledger.incidents.map(({ status }) => status)).toEqual(['closed', 'closed']);
  });

  it('takes four calls where nothing else of it lets anybody in', async () => {
    const at = opened({ alone: true });
    await at.run(5);
    expect(isOpen(at)).toBe(false);
    expect(ec2Calls(at)).toEqual(['ec2.read', 'ec2.read', 'ec2.revoke', 'ec2.read']);
  });

  it('is judged with those who have the group only where the policy asks for them', async () => {
    const { internet } = shippedPolicy('enforce');
    const at = opened({ alone: true, internet: { ...internet, loadBalancers: [{ from: 20, to: 25 }] } });
    await at.run(5);
    expect(ec2Calls(at).filter((call) => call === 'ec2.usersOf')).toHaveLength(2);
    expect(isOpen(at)).toBe(false);
  });
});

describe('what groups open together', () => {
  it('is closed at once, although another rule of the same call was taken away again', async () => {
    const at = new World(shippedPolicy('enforce'));
    for (const id of [OWN, BESIDE]) at.network.addGroup(groupOf(id));
    at.network.setInterface(interfaceOf('eni-00000000000000001', [OWN, BESIDE]));
    at.network.open(...tenTwelfths(OWN, 11), ...tenTwelfths(BESIDE, 20));
    const [first] = tenTwelfths(OWN, 11);
    const ids = [first?.id ?? '', WORLD_RULE];
    const items = ids.map((securityGroupRuleId) => ({ groupId: OWN, securityGroupRuleId, isEgress: false }));
    const event = call('AuthorizeSecurityGroupIngress', at.clock.iso(), {
      requestParameters: { groupId: OWN, ipPermissions: {} },
      responseElements: { _return: true, securityGroupRuleSet: { items } },
    });
    at.send('security-groups', event);
    await at.run(1);
    expect(at.incident()).toMatchObject({ status: 'closed', resource: { type: 'network-interface' } });
    await at.run(120);
    expect(at.waiting).toBe(0);
  });
});

describe('many interfaces, each with other groups', () => {
  const MANY = 60;
  function crowded(mode: 'observe' | 'enforce'): World {
    const at = new World(shippedPolicy(mode));
    at.network.addGroup(groupOf(OWN));
    at.network.open(...tenTwelfths(OWN, 11));
    for (let n = 0; n < MANY; n += 1) {
      const id = `sg-${String(n).padStart(17, '0')}`;
      at.network.addGroup(groupOf(id));
      at.network.open(
        ...tenTwelfths(id, 20).map((rule) => ({
          ...rule,
          id: `${rule.id.slice(0, -4)}${1000 + n}${rule.id.slice(-1)}`,
        })),
      );
      at.network.setInterface(interfaceOf(`eni-${String(n).padStart(17, '0')}`, [OWN, id]));
    }
    const id = tenTwelfths(OWN, 11)[0]?.id ?? '';
    at.send(
      'security-groups',
      authorize(at.clock.iso(), { id, groupId: OWN, fromPort: 22, toPort: 22, cidr: '11.0.0.0/12' }),
    );
    return at;
  }

  it('that are open together are closed a few at a time, and only what is acted upon is locked', async () => {
    const at = crowded('enforce');
    const count = (call: string) => at.calls.filter((one) => one === call).length;
    await at.run(0.5);
    expect(count('ec2.revoke')).toBe(20);
    // A group each, and the one that all of them have.
    expect(count('ledger.lock')).toBeLessThanOrEqual(21);
    await at.run(60);
    const open = at.ledger.incidents.filter(({ status }) => status !== 'closed');
    expect(open.map(({ resource }) => resource.id)).toEqual([]);
    await at.run(60);
    expect(at.waiting).toBe(0);
  });

  it('are all on record in the end, however few of them a turn gets to', async () => {
    const at = crowded('observe');
    // A record takes a second, so that a worker gets to about forty in the time that it has.
    let puts = 0;
    const put = at.ledger.put.bind(at.ledger);
    at.ledger.put = async (...args) => {
      puts += 1;
      return put(...args);
    };
    // No time passes within a turn.
    let turn = '';
    const remaining = () => {
      if (turn !== at.clock.iso()) puts = 0;
      turn = at.clock.iso();
      return 60_000 - puts * 1_000;
    };
    Object.defineProperty(at, 'remaining', { get: remaining });
    await at.run(50);
    expect(at.waiting).toBe(0);
    expect(new Set(at.ledger.incidents.map(({ resource }) => resource.id)).size).toBe(MANY);
  });
});
