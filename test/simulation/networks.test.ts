import { describe, expect, it } from 'vitest';
import type { NetworkInterface, PrefixList, SecurityGroupRule } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { Refused, Retryable } from '../../src/roles.ts';
import { interfaceOf } from '../unit/decide/networks.ts';
import { authorize, call } from './events.ts';
import { ACCOUNT, type Death, shippedPolicy, World } from './world.ts';

const [A, B] = ['sg-0000000000000000a', 'sg-0000000000000000b'];
const ENI = 'eni-00000000000000001';
const LIST = 'pl-00000000000000001';
const ruleId = (group: string, n: number) => `sgr-${group.slice(-1)}${String(n).padStart(16, '0')}`;

function ssh(group: string, n: number, cidr: string): SecurityGroupRule {
  const source = cidr.startsWith('pl-')
    ? ({ kind: 'prefix-list', id: cidr } as const)
    : ({ kind: 'ipv4', cidr } as const);
  const ports = { protocol: 'tcp', fromPort: 22, toPort: 22 };
  return { id: ruleId(group, n), groupId: group, egress: false, ...ports, source, description: null };
}
/** Ten /12s: sixteen are the limit. */
const tenTwelfths = (group: string, first: number) =>
  Array.from({ length: 10 }, (_, n) => ssh(group, n, `${first}.${n * 16}.0.0/12`));
const list = (...cidrs: readonly string[]): PrefixList => ({
  id: LIST,
  name: 'office',
  ownerId: ACCOUNT,
  cidrs,
  version: cidrs.length,
});

function world(change: Partial<Policy> = {}): World {
  const at = new World(shippedPolicy('enforce', change));
  for (const id of [A, B]) {
    at.network.addGroup({ id, name: `name of ${id}`, ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
  }
  at.network.open(...tenTwelfths(A, 11), ...tenTwelfths(B, 20));
  attach(at, [A]);
  return at;
}

function attach(at: World, groupIds: readonly string[], id = ENI): void {
  at.network.setInterface(interfaceOf(id, groupIds, { instanceId: null, description: 'web' }));
}

/** As EventBridge does: the same event to both queues. */
function toBoth(at: World, event: unknown): void {
  at.send('networks', event);
  at.send('security-groups', event);
}

function created(at: World, ...groupIds: readonly string[]): void {
  const groupSet = { items: groupIds.map((groupId) => ({ groupId, groupName: 'x' })) };
  toBoth(
    at,
    call('CreateNetworkInterface', at.clock.iso(), {
      requestParameters: { groupSet, subnetId: 'subnet-1' },
      responseElements: { networkInterface: { networkInterfaceId: ENI, groupSet, vpcId: 'vpc-1' } },
    }),
  );
}

function setGroups(at: World, ...groupIds: readonly string[]): unknown {
  attach(at, groupIds);
  const groupSet = { items: groupIds.map((groupId) => ({ groupId })) };
  return call('ModifyNetworkInterfaceAttribute', at.clock.iso(), {
    requestParameters: { networkInterfaceId: ENI, groupSet },
    responseElements: { _return: true },
  });
}

function widen(at: World, ...added: readonly string[]): unknown {
  at.network.setPrefixList(list('198.51.100.0/24', ...added));
  return addEntry(at, 1, ...added);
}

function addEntry(at: World, CurrentVersion: number, ...added: readonly string[]): unknown {
  const AddEntry = added.map((cidr, n) => ({ tag: n + 1, Cidr: cidr }));
  return call('ModifyManagedPrefixList', at.clock.iso(), {
    requestParameters: { ModifyManagedPrefixListRequest: { PrefixListId: LIST, CurrentVersion, AddEntry } },
    responseElements: {
      ModifyManagedPrefixListResponse: { prefixList: { prefixListId: LIST, version: CurrentVersion + 1 } },
    },
  });
}

const groupsOf = (at: World) => at.network.truth.interfaces[ENI]?.groupIds;
const rulesLeft = (at: World, group: string) => at.securityGroups.rulesOf(group).length;
const closed = (at: World) => at.ledger.incidents.map(({ unit, status, closedBy }) => `${unit} ${status} ${closedBy}`);

describe('a group attached to an interface, open only together with the one that it had', () => {
  it('comes off again within seconds; no rule goes, and people are told once', async () => {
    const at = world();
    created(at, A);
    await at.run(30);
    toBoth(at, setGroups(at, A, B));
    await at.run(10);
    expect(groupsOf(at)).toEqual([A]);
    expect([rulesLeft(at, A), rulesLeft(at, B)]).toEqual([10, 10]);
    expect(closed(at)).toEqual(['networks closed undrift']);
    expect(at.incident()).toMatchObject({
      resource: { type: 'network-interface', id: ENI },
      inverse: { action: 'attach-groups', interfaceId: ENI, groupIds: [A, B] },
      outcome: { kind: 'done', seen: `${ENI} read again: ${B} off` },
    });
    await at.run(600);
    expect(at.notifier.notices).toHaveLength(1);
    expect(at.waiting).toBe(0);
  });

  it('takes the place of another one: the notification has the command that sets the groups as they were', async () => {
    const at = world();
    const C = 'sg-0000000000000000c';
    at.network.addGroup({ id: C, name: 'metrics', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
    toBoth(at, setGroups(at, A, C));
    await at.run(90);
    toBoth(at, setGroups(at, A, B));
    await at.run(90);
    expect(groupsOf(at)).toEqual([A]);
    expect(at.incident().inverse).toEqual({
      action: 'attach-groups',
      interfaceId: ENI,
      groupIds: [A, B],
      former: { action: 'attach-groups', interfaceId: ENI, groupIds: [A, C] },
    });
    const [told] = at.notifier.notices;
    expect(told?.notice.text).toContain(`--network-interface-id ${ENI} --groups ${A} ${C}`);
    expect(told?.notice.json).toMatchObject({ restore: { command: expect.stringContaining(`--groups ${A} ${C}`) } });
  });

  it('comes off each time that it is attached, as further rounds of one incident', async () => {
    const at = world();
    created(at, A);
    await at.run(30);
    for (let n = 0; n < 5; n++) {
      toBoth(at, setGroups(at, A, B));
      await at.run(90);
    }
    expect(groupsOf(at)).toEqual([A]);
    expect(at.incident().rounds).toBe(5);
    expect(at.networks.callsOf('detach')).toHaveLength(5);
  });

  it('has rules revoked where it is not known what the interface had before', async () => {
    const at = world();
    toBoth(at, setGroups(at, A, B));
    await at.run(60);
    expect(groupsOf(at)).toEqual([A, B]);
    expect([rulesLeft(at, A), rulesLeft(at, B)]).toEqual([6, 10]);
    expect(closed(at)).toEqual(['security-groups closed undrift']);
  });

  it('is told and left where the policy observes', async () => {
    const at = world({ mode: 'observe' });
    created(at, A);
    await at.run(30);
    toBoth(at, setGroups(at, A, B));
    await at.run(60);
    expect(groupsOf(at)).toEqual([A, B]);
    expect(at.incident()).toMatchObject({ unit: 'networks', status: 'held', guard: 'observe' });
    expect(at.notifier.notices).toHaveLength(1);
  });

  it('comes off whatever call a worker dies at, with one notice', async () => {
    const deaths = await countCalls();
    expect(deaths.length).toBeGreaterThan(10);
    for (const death of deaths) {
      const at = world();
      created(at, A);
      await at.run(30);
      at.send('networks', setGroups(at, A, B));
      at.dieAt(death);
      await at.run(1800);
      expect([death, groupsOf(at)]).toEqual([death, [A]]);
      expect([death, closed(at)]).toEqual([death, ['networks closed undrift']]);
      expect([death, at.notifier.notices.length]).toEqual([death, published(death) ? 2 : 1]);
    }
  });

  const calls: string[] = [];
  async function countCalls(): Promise<readonly Death[]> {
    const at = world();
    created(at, A);
    await at.run(30);
    at.send('networks', setGroups(at, A, B));
    at.dieAt({ call: 0, effect: 'before' });
    await at.run(20);
    calls.push(...at.calls);
    return at.calls.flatMap((_name, index) =>
      (['before', 'after'] as const).map((effect) => ({ call: index + 1, effect })),
    );
  }
  /** SNS has no memory: who dies after publishing, before that is noted, has it published again. */
  const published = ({ call: n, effect }: Death) => {
    const name = calls[n - 1];
    return effect === 'after' ? name === 'sns.publish' : name === 'outbox.sent';
  };
});

describe('an interface that is made with two groups', () => {
  it('keeps one of them', async () => {
    const at = world();
    attach(at, [A, B]);
    created(at, A, B);
    await at.run(30);
    expect(groupsOf(at)).toEqual([B]);
  });
});

describe('a rule added to a group that is in use beside another', () => {
  it('is revoked, and nothing else', async () => {
    const at = world();
    attach(at, [A, B]);
    at.network.close(...tenTwelfths(B, 20).map(({ id }) => id));
    at.network.open(...tenTwelfths(B, 20).slice(0, 6));
    const added = ssh(B, 9, '52.0.0.0/12');
    at.network.open(added);
    const item = { groupId: B, securityGroupRuleId: added.id, isEgress: false };
    at.send(
      'security-groups',
      call('AuthorizeSecurityGroupIngress', at.clock.iso(), {
        requestParameters: { groupId: B, ipPermissions: {} },
        responseElements: { _return: true, securityGroupRuleSet: { items: [item] } },
      }),
    );
    await at.run(30);
    expect([rulesLeft(at, A), rulesLeft(at, B)]).toEqual([10, 6]);
    expect(at.securityGroups.rulesOf(B).some(({ id }) => id === added.id)).toBe(false);
    expect(at.incident()).toMatchObject({ resource: { type: 'network-interface', id: ENI }, status: 'closed' });
  });
});

describe('an event that names a rule which is gone again', () => {
  it('delays nothing of what it opened, and is looked at again for the rest', async () => {
    const at = world();
    const [opened, decoy] = [ssh(A, 70, '0.0.0.0/0'), ssh(A, 71, '10.0.0.0/8')];
    at.network.open(opened);
    const items = [opened, decoy].map(({ id }) => ({ groupId: A, securityGroupRuleId: id, isEgress: false }));
    at.send(
      'security-groups',
      call('AuthorizeSecurityGroupIngress', at.clock.iso(), {
        requestParameters: { groupId: A, ipPermissions: {} },
        responseElements: { _return: true, securityGroupRuleSet: { items } },
      }),
    );
    await at.run(1);
    expect(rulesLeft(at, A)).toBe(10);
    expect(closed(at)).toEqual(['security-groups closed undrift']);
    expect(at.waiting).toBe(1);
    await at.run(300);
    expect(at.waiting).toBe(0);
    expect(at.notifier.notices).toHaveLength(1);
  });
});

describe('a group attached while a rule is added to the one that was there', () => {
  it.each(['networks', 'security-groups'] as const)(
    'comes off, and no rule goes, though %s is woken first',
    async (first) => {
      const at = world();
      created(at, A);
      await at.run(30);
      const attached = setGroups(at, A, B);
      const added = { ...ssh(A, 80, '10.0.0.0/8'), fromPort: 9090, toPort: 9090 };
      at.network.open(added);
      const item = { groupId: A, securityGroupRuleId: added.id, isEgress: false };
      const opened = call('AuthorizeSecurityGroupIngress', at.clock.iso(), {
        requestParameters: { groupId: A, ipPermissions: {} },
        responseElements: { _return: true, securityGroupRuleSet: { items: [item] } },
      });
      if (first === 'security-groups') at.send('security-groups', opened);
      toBoth(at, attached);
      if (first === 'networks') at.send('security-groups', opened);
      at.concurrency = 3;
      await at.run(300);
      expect(groupsOf(at)).toEqual([A]);
      expect([rulesLeft(at, A), rulesLeft(at, B)]).toEqual([11, 10]);
      expect(closed(at)).toEqual(['networks closed undrift']);
    },
  );
});

describe('the group of a load balancer', () => {
  it('is judged again when an instance is made with it', async () => {
    const { internet } = shippedPolicy('enforce');
    const protects = [{ name: 'web', protocols: [6], ports: [{ from: 443, to: 443 }] }];
    const at = world({ internet: { ...internet, protects } });
    const https = { ...ssh(A, 90, '0.0.0.0/0'), fromPort: 443, toPort: 443 };
    at.network.open(https);
    const user: NetworkInterface = { ...at.network.truth.interfaces[ENI], id: ENI } as NetworkInterface;
    at.network.setInterface({ ...user, loadBalancer: true, requesterManaged: true, groupIds: [A] });
    const item = { groupId: A, securityGroupRuleId: https.id, isEgress: false };
    at.send(
      'security-groups',
      call('AuthorizeSecurityGroupIngress', at.clock.iso(), {
        requestParameters: { groupId: A, ipPermissions: {} },
        responseElements: { _return: true, securityGroupRuleSet: { items: [item] } },
      }),
    );
    await at.run(60);
    expect(rulesLeft(at, A)).toBe(11);
    expect(at.ledger.incidents).toHaveLength(0);
    at.network.setInterface({ ...user, id: 'eni-00000000000000002', groupIds: [A] });
    created(at, A);
    await at.run(60);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'shared' });
    expect(at.notifier.notices).toHaveLength(1);
  });
});

describe('many interfaces that one call made with groups that are open together', () => {
  /** More than are judged in one turn of a message. */
  const ids = Array.from({ length: 60 }, (_, n) => `eni-${String(n).padStart(17, 'a')}`);
  const joined = (at: World) => ids.filter((id) => at.network.truth.interfaces[id]?.groupIds.length === 2);

  function launched(at: World): void {
    for (const id of ids) attach(at, [A, B], id);
    const groupSet = { items: [A, B].map((groupId) => ({ groupId, groupName: 'x' })) };
    const networkInterfaceSet = { items: ids.map((networkInterfaceId) => ({ networkInterfaceId, groupSet })) };
    const instancesSet = { items: [{ instanceId: 'i-00000000000000001', networkInterfaceSet }] };
    toBoth(at, call('RunInstances', at.clock.iso(), { requestParameters: {}, responseElements: { instancesSet } }));
  }

  it('are all closed within a minute, although they share the groups', async () => {
    const at = world();
    launched(at);
    await at.run(60);
    expect(joined(at)).toEqual([]);
  });

  it('are tried again within 45 seconds where AWS refuses some: being on record does not mean being closed', async () => {
    const at = world();
    const [first = '', , third = ''] = ids;
    const detach = at.networks.detach.bind(at.networks);
    const tries: number[] = [];
    at.networks.detach = async (id, groupIds) => {
      if (id === third) tries.push(at.clock.now().getTime() / 1000);
      if (id === first || id === third) throw new Refused('this role may not call ec2:ModifyNetworkInterfaceAttribute');
      return detach(id, groupIds);
    };
    launched(at);
    await at.run(10 * 60);
    expect(joined(at)).toEqual([first, third]);
    const gaps = tries.slice(1).map((second, n) => second - (tries[n] ?? 0));
    expect(gaps.length).toBeGreaterThan(12);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(50);
    at.networks.detach = detach;
    await at.run(60);
    expect(joined(at)).toEqual([]);
  });
});

describe('a prefix list that is widened', () => {
  const groupsNaming = (at: World) => {
    at.network.setPrefixList(list('198.51.100.0/24'));
    at.network.open(ssh(A, 50, LIST), ssh(B, 50, LIST));
  };
  const names = (at: World, group: string) =>
    at.securityGroups.rulesOf(group).some(({ source }) => source.kind === 'prefix-list');

  it('is closed in one group at once although AWS refuses to close another one', async () => {
    const at = world();
    groupsNaming(at);
    const revoke = at.securityGroups.revoke.bind(at.securityGroups);
    at.securityGroups.revoke = async (group, ...rest) => {
      if (group === A) throw new Refused('this role may not call ec2:RevokeSecurityGroupIngress');
      return revoke(group, ...rest);
    };
    toBoth(at, widen(at, '0.0.0.0/0'));
    await at.run(10);
    expect([names(at, A), names(at, B)]).toEqual([true, false]);
    at.securityGroups.revoke = revoke;
    await at.run(60);
    expect(names(at, A)).toBe(false);
  });

  it('has the rules of every group revoked that names it', async () => {
    const at = world();
    groupsNaming(at);
    toBoth(at, widen(at, '0.0.0.0/0'));
    await at.run(30);
    expect([names(at, A), names(at, B)]).toEqual([false, false]);
    expect([rulesLeft(at, A), rulesLeft(at, B)]).toEqual([10, 10]);
    expect(at.network.truth.prefixLists[LIST]?.cidrs).toEqual(['198.51.100.0/24', '0.0.0.0/0']);
    expect(closed(at)).toEqual(['security-groups closed undrift', 'security-groups closed undrift']);
    for (const { notice } of at.notifier.notices) {
      const command = expect.stringContaining(`--prefix-list-id ${LIST} --previous-version 1 --current-version`);
      expect(notice.json).toMatchObject({ restore: { command } });
    }
  });

  it('loses the entries where the policy says so, and every group keeps its rule', async () => {
    const { internet } = shippedPolicy('enforce');
    const at = world({ internet: { ...internet, prefixLists: 'remove-entries' } });
    groupsNaming(at);
    toBoth(at, widen(at, '0.0.0.0/0', '52.94.76.0/24'));
    await at.run(60);
    expect([names(at, A), names(at, B)]).toEqual([true, true]);
    expect(at.network.truth.prefixLists[LIST]?.cidrs).toEqual(['198.51.100.0/24', '52.94.76.0/24']);
    expect(closed(at)).toEqual(['networks closed undrift']);
    expect(at.incident().inverse).toEqual({
      action: 'add-entries',
      prefixListId: LIST,
      entries: [{ cidr: '0.0.0.0/0', description: null }],
      former: { action: 'restore-version', prefixListId: LIST, version: 1 },
    });
  });

  it('loses an entry that was added again, although EC2 still shows the list as it was before it was removed', async () => {
    const { internet } = shippedPolicy('enforce');
    const at = world({ internet: { ...internet, prefixLists: 'remove-entries' } });
    groupsNaming(at);
    at.interleave = async () => at.clock.advance(0.2);
    let removedAt = 0;
    const removeEntries = at.networks.removeEntries.bind(at.networks);
    at.networks.removeEntries = async (...args) => {
      removedAt = at.clock.now().getTime();
      return removeEntries(...args);
    };
    at.send('networks', widen(at, '0.0.0.0/0'));
    await at.run(3);
    expect(at.network.truth.prefixLists[LIST]?.cidrs).toEqual(['198.51.100.0/24']);
    at.network.setPrefixList({ ...list('198.51.100.0/24', '0.0.0.0/0'), version: 4 });
    // What is read next is from a moment before the removal.
    at.network.staleReadsFor((at.clock.now().getTime() - removedAt) / 1000 + 1.8);
    at.send('networks', addEntry(at, 3, '0.0.0.0/0'));
    await at.run(75);
    expect(at.network.truth.prefixLists[LIST]?.cidrs).toEqual(['198.51.100.0/24']);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift', rounds: 2 });
    expect([at.waiting, at.parked]).toEqual([0, []]);
  });

  it('loses a hundred and fifty entries at once, although EC2 is busy in between', async () => {
    const { internet } = shippedPolicy('enforce');
    const at = world({ internet: { ...internet, prefixLists: 'remove-entries' } });
    groupsNaming(at);
    const many = Array.from({ length: 150 }, (_, n) => `${n + 11}.0.0.0/8`).filter((cidr) => !cidr.startsWith('127.'));
    const event = widen(at, ...many);
    at.networks.failNext(new Retryable('IncorrectState'), 'removeEntries');
    toBoth(at, event);
    await at.run(60);
    expect(at.network.truth.prefixLists[LIST]?.cidrs.length).toBeLessThan(10);
    expect(at.incident()).toMatchObject({ status: 'closed', closedBy: 'undrift' });
    expect(at.networks.callsOf('removeEntries').length).toBeGreaterThan(2);
  });

  it('goes on with the other groups when one cannot be closed, and comes back for that one', async () => {
    const at = world();
    groupsNaming(at);
    at.securityGroups.failNext(new Error('boom'), 'read');
    toBoth(at, widen(at, '0.0.0.0/0'));
    await at.run(2);
    expect([names(at, A), names(at, B)].filter(Boolean)).toHaveLength(1);
    await at.run(60);
    expect([names(at, A), names(at, B)]).toEqual([false, false]);
  });
});

describe('pipeline-only', () => {
  const on: Partial<Policy> = { pipelineOnly: { mode: null } };
  const revoke = (at: World, id: string) => {
    at.network.close(id);
    return call('RevokeSecurityGroupIngress', at.clock.iso(), {
      requestParameters: { groupId: A, securityGroupRuleIds: { items: [{ securityGroupRuleId: id }] } },
      responseElements: { _return: true },
    });
  };

  it('revokes what a person added, tells what a person removed, and closes that when it is put back', async () => {
    const at = world(on);
    const added = ssh(A, 60, '10.0.0.0/8');
    at.network.open(added);
    const item = { groupId: A, securityGroupRuleId: added.id, isEgress: false };
    at.send(
      'security-groups',
      call('AuthorizeSecurityGroupIngress', at.clock.iso(), {
        requestParameters: { groupId: A, ipPermissions: {} },
        responseElements: { _return: true, securityGroupRuleSet: { items: [item] } },
      }),
    );
    await at.run(30);
    expect(rulesLeft(at, A)).toBe(10);
    expect(at.incident()).toMatchObject({ status: 'closed', finding: { rule: 'pipeline-only' } });

    at.send('security-groups', revoke(at, ruleId(A, 3)));
    await at.run(30);
    const told = at.ledger.incidents.find(({ status }) => status === 'held');
    expect(told).toMatchObject({
      finding: { rule: 'pipeline-only', summary: 'rules were removed by hand: tcp 22 from 11.48.0.0/12' },
      inverse: { action: 'authorize-rules', rules: [{ id: ruleId(A, 3) }] },
    });
    expect(at.notifier.notices).toHaveLength(2);

    at.network.open({ ...ssh(A, 77, '11.48.0.0/12') });
    await at.run(2 * 86_400);
    expect(at.ledger.incidents.map(({ status, closedBy }) => `${status} ${closedBy}`).sort()).toEqual([
      'closed another',
      'closed undrift',
    ]);
  });

  it('reads nothing for a call that only removes, where it is off', async () => {
    const at = world();
    at.send('security-groups', revoke(at, ruleId(A, 3)));
    await at.run(30);
    expect(at.securityGroups.callsOf('read')).toHaveLength(0);
    expect(at.waiting).toBe(0);
  });
});

describe('a group that only listened for a load balancer', () => {
  it('is judged when an instance is launched with it, although it was within the limits at first', async () => {
    const { internet } = shippedPolicy('enforce');
    const at = new World(
      shippedPolicy('enforce', { internet: { ...internet, loadBalancers: [{ from: 20, to: 25 }] } }),
    );
    at.network.addGroup({ id: A, name: 'web', ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} });
    attach(at, [A]);
    at.network.setInterface({ ...(at.network.truth.interfaces[ENI] as NetworkInterface), loadBalancer: true });
    for (const [n, cidr] of ['198.51.100.1/32', '0.0.0.0/0'].entries()) {
      at.network.open(ssh(A, n, cidr));
      at.send(
        'security-groups',
        authorize(at.clock.iso(), { id: ruleId(A, n), groupId: A, fromPort: 22, toPort: 22, cidr }),
      );
      await at.run(60);
    }
    expect([rulesLeft(at, A), at.ledger.incidents]).toEqual([2, []]);
    attach(at, [A], 'eni-00000000000000002');
    const groupSet = { items: [{ groupId: A, groupName: 'web' }] };
    const networkInterfaceSet = { items: [{ networkInterfaceId: 'eni-00000000000000002', groupSet }] };
    const instancesSet = { items: [{ instanceId: 'i-00000000000000001', networkInterfaceSet }] };
    toBoth(at, call('RunInstances', at.clock.iso(), { requestParameters: {}, responseElements: { instancesSet } }));
    await at.run(60);
    // A load balancer relies on the rule: people decide.
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'shared', resource: { id: A } });
    expect(at.notifier.notices).toHaveLength(1);
  });
});
