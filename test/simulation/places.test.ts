import { describe, expect, it } from 'vitest';
import type { NetworkInterface, SecurityGroupRule } from '../../src/domain/estate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { Retryable } from '../../src/roles.ts';
import { interfaceOf } from '../unit/decide/networks.ts';
import { authorize, call } from './events.ts';
import { ACCOUNT, shippedPolicy, World } from './world.ts';

/** Made in vpc-dev, which is observed; and two of vpc-prod, which is enforced. */
const [DEV, PROD, MORE] = ['sg-0000000000000000d', 'sg-0000000000000000a', 'sg-0000000000000000b'];
const [ENI, OTHER_ENI] = ['eni-00000000000000001', 'eni-00000000000000002'];
const INSTANCE = 'i-0123456789abcdef0';

const mode = (vpc: string, to: 'off' | 'observe'): Policy['modes'][number] => ({
  rules: null,
  select: { vpc: [vpc] },
  mode: to,
});
const ssh = (groupId: string, source = '0.0.0.0/0'): SecurityGroupRule => ({
  id: `sgr-${groupId.slice(3)}`,
  groupId,
  egress: false,
  protocol: 'tcp',
  fromPort: 22,
  toPort: 22,
  source: { kind: 'ipv4', cidr: source },
  description: null,
});

function world(change: Partial<Policy> = {}): World {
  const at = new World(shippedPolicy('enforce', { modes: [mode('vpc-dev', 'observe')], ...change }));
  at.network.addGroup({ id: DEV, name: 'dev', ownerId: ACCOUNT, vpcId: 'vpc-dev', tags: {} });
  at.network.addGroup({ id: PROD, name: 'prod', ownerId: ACCOUNT, vpcId: 'vpc-prod', tags: {} });
  at.network.addGroup({ id: MORE, name: 'more', ownerId: ACCOUNT, vpcId: 'vpc-prod', tags: {} });
  return at;
}

function attach(at: World, groupIds: readonly string[], given: Partial<NetworkInterface> = {}): void {
  at.network.setInterface(interfaceOf(ENI, groupIds, { vpcId: 'vpc-prod', instanceId: INSTANCE, ...given }));
}

/** As EventBridge does: the same event to both queues. */
function toBoth(at: World, event: unknown): void {
  at.send('networks', event);
  at.send('security-groups', event);
}

const setOf = (ids: readonly string[]) => ({ items: ids.map((groupId) => ({ groupId })) });

function launch(at: World, groupIds: readonly string[], given: Partial<NetworkInterface> = {}): void {
  attach(at, groupIds, given);
  const interfaces = { items: [{ networkInterfaceId: given.id ?? ENI, groupSet: setOf(groupIds) }] };
  const instances = { items: [{ instanceId: INSTANCE, networkInterfaceSet: interfaces }] };
  toBoth(
    at,
    call('RunInstances', at.clock.iso(), {
      requestParameters: { groupSet: setOf(groupIds) },
      responseElements: { instancesSet: instances },
    }),
  );
}

function setGroups(at: World, groupIds: readonly string[], given: Partial<NetworkInterface> = {}): void {
  attach(at, groupIds, given);
  toBoth(
    at,
    call('ModifyNetworkInterfaceAttribute', at.clock.iso(), {
      requestParameters: { networkInterfaceId: given.id ?? ENI, groupSet: setOf(groupIds) },
      responseElements: { _return: true },
    }),
  );
}

function associate(at: World): void {
  const AssociateSecurityGroupVpcRequest = { GroupId: DEV, VpcId: 'vpc-0123456789abcdef0' };
  toBoth(
    at,
    call('AssociateSecurityGroupVpc', at.clock.iso(), {
      requestParameters: { AssociateSecurityGroupVpcRequest },
      responseElements: { AssociateSecurityGroupVpcResponse: { state: 'associating' } },
    }),
  );
}

function openDev(at: World): void {
  at.network.open(ssh(DEV));
  toBoth(at, authorize(at.clock.iso(), { ...ssh(DEV), fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }));
}

const onInterface = (at: World, id = ENI) => at.network.truth.interfaces[id]?.groupIds;
const rules = (at: World) => at.network.truth.rules.map(({ groupId }) => groupId);
const fixed = (at: World) => at.ledger.incidents.filter(({ closedBy }) => closedBy === 'undrift');

/** Opened where the policy only observes, and associated with the VPC where it enforces. */
async function opened(change: Partial<Policy> = {}): Promise<World> {
  const at = world(change);
  openDev(at);
  await at.run(60);
  associate(at);
  await at.run(60);
  expect(rules(at)).toEqual([DEV]);
  return at;
}

describe('a group that was opened in an observed VPC, in an enforced one', () => {
  it.each<[string, 'observe' | 'off']>([
    ['observed', 'observe'],
    ['off', 'off'],
  ])('loses the rule when an instance is launched with it alone, where its own VPC is %s', async (_name, to) => {
    const at = await opened({ modes: [mode('vpc-dev', to)] });
    launch(at, [DEV]);
    await at.run(10);
    expect(rules(at)).toEqual([]);
    expect(fixed(at)).toHaveLength(1);
    expect(fixed(at)[0]?.decision.places).toContain(`decided by ${ENI} in vpc-prod: enforce (mode)`);
  });

  it('loses the rule when it is set as the only group of an interface', async () => {
    const at = await opened();
    launch(at, [PROD]);
    await at.run(60);
    setGroups(at, [DEV]);
    await at.run(10);
    expect(rules(at)).toEqual([]);
  });

  it.each<[string, Policy['when']]>([
    ['only what is new', 'new'],
    ['anything', 'any'],
  ])(
    'comes off an interface that keeps another group, and no rule goes, where the policy is about %s',
    async (_, when) => {
      const at = await opened({ when });
      launch(at, [PROD]);
      await at.run(60);
      setGroups(at, [PROD, DEV]);
      await at.run(3600);
      expect(onInterface(at)).toEqual([PROD]);
      expect(rules(at)).toEqual([DEV]);
      expect(fixed(at)).toMatchObject([{ unit: 'networks', decision: { remediation: { action: 'detach-groups' } } }]);
      expect(at.notifier.subjects.filter((subject) => subject.includes('Closed'))).toHaveLength(1);
      expect(fixed(at)[0]?.decision.places).toContain(`decided by ${ENI} in vpc-prod: enforce (mode)`);
    },
  );

  it.each<[string, Policy['when']]>([
    ['only what is new', 'new'],
    ['anything', 'any'],
  ])('comes off an instance that is launched with another group, where the policy is about %s', async (_, when) => {
    const at = await opened({ when });
    launch(at, [PROD, DEV]);
    await at.run(3600);
    expect(onInterface(at)).toEqual([PROD]);
    expect(rules(at)).toEqual([DEV]);
  });

  it('comes off an instance whose groups are set by its id', async () => {
    const at = await opened();
    launch(at, [PROD]);
    await at.run(60);
    attach(at, [PROD, DEV]);
    toBoth(
      at,
      call('ModifyInstanceAttribute', at.clock.iso(), {
        requestParameters: { instanceId: INSTANCE, groupSet: setOf([PROD, DEV]) },
        responseElements: { _return: true },
      }),
    );
    await at.run(60);
    expect(onInterface(at)).toEqual([PROD]);
    expect(rules(at)).toEqual([DEV]);
  });

  it('loses the rule where it is not known what the interface had before', async () => {
    const at = await opened();
    attach(at, [DEV], { id: OTHER_ENI, vpcId: 'vpc-dev', instanceId: null });
    setGroups(at, [PROD, DEV]);
    await at.run(10);
    expect(rules(at)).toEqual([]);
    expect(onInterface(at)).toEqual([PROD, DEV]);
    expect(fixed(at)[0]).toMatchObject({
      resource: { type: 'network-interface', id: ENI },
      decision: {
        places: [
          `decided by ${ENI} in vpc-prod: enforce (mode)`,
          `${OTHER_ENI} in vpc-dev: observe (modes[0]); loses the rules that are revoked`,
        ],
      },
    });
  });

  it('loses the rule where every group of the interface is open: one must stay', async () => {
    const at = await opened();
    at.network.addGroup({ id: 'sg-0000000000000000e', name: 'dev-2', ownerId: ACCOUNT, vpcId: 'vpc-dev', tags: {} });
    at.network.open(ssh('sg-0000000000000000e'));
    launch(at, [DEV, 'sg-0000000000000000e']);
    await at.run(30);
    expect(rules(at)).toEqual([]);
  });

  it('loses the rule where the interface belongs to a service, whose groups are not ours to set', async () => {
    const at = await opened();
    setGroups(at, [PROD, DEV], { requesterManaged: true });
    await at.run(10);
    expect(rules(at)).toEqual([]);
  });

  it('comes off although a group of the observed VPC was attached first', async () => {
    const at = world();
    at.network.addGroup({ id: 'sg-0000000000000000e', name: 'decoy', ownerId: ACCOUNT, vpcId: 'vpc-dev', tags: {} });
    launch(at, [PROD, 'sg-0000000000000000e']);
    await at.run(60);
    openDev(at);
    await at.run(60);
    setGroups(at, [PROD, 'sg-0000000000000000e', DEV]);
    await at.run(60);
    expect(onInterface(at)).toEqual([PROD, 'sg-0000000000000000e']);
  });

  it('comes off where the interface was as open before: what was there is a finding of its own', async () => {
    const at = await opened();
    at.network.open(ssh(PROD));
    launch(at, [PROD]);
    await at.run(60);
    setGroups(at, [PROD, MORE]);
    await at.run(60);
    setGroups(at, [PROD, MORE, DEV]);
    await at.run(60);
    expect(onInterface(at)).not.toContain(DEV);
  });
});

describe('a group that a service keeps, in one VPC that is enforced', () => {
  it('loses its rule where something else gets it beside another, and it is not known what that had before', async () => {
    const at = world({ modes: [] });
    const name = 'd-936700000a_controllers';
    at.network.addGroup({ id: DEV, name, ownerId: ACCOUNT, vpcId: 'vpc-prod', tags: {} });
    attach(at, [DEV], {
      id: OTHER_ENI,
      requesterManaged: true,
      requesterId: 'AROAEXAMPLE000000005:directoryservice',
      instanceId: null,
      description: 'AWS created network interface for directory d-936700000a',
    });
    at.network.open(ssh(DEV));
    setGroups(at, [PROD, DEV]);
    await at.run(60);
    expect(rules(at)).toEqual([]);
  });
});

describe('a rule that is opened on a group of an observed VPC', () => {
  it('goes where an interface in an enforced VPC has the group, and who else loses it is named', async () => {
    const at = world();
    launch(at, [PROD, DEV]);
    attach(at, [DEV], { id: OTHER_ENI, vpcId: 'vpc-dev', instanceId: null });
    await at.run(60);
    openDev(at);
    await at.run(10);
    expect(rules(at)).toEqual([]);
    expect(onInterface(at)).toEqual([PROD, DEV]);
    const loser = `${OTHER_ENI} in vpc-dev: observe (modes[0]); loses the rules that are revoked`;
    expect(at.incident().decision.places).toEqual([`decided by ${ENI} in vpc-prod: enforce (mode)`, loser]);
    expect(at.notifier.notices[0]?.notice.text.replace(/\s+/g, ' ')).toContain(loser);
  });

  it('stays where only interfaces in observed VPCs have it', async () => {
    const at = world();
    attach(at, [DEV], { vpcId: 'vpc-dev' });
    openDev(at);
    await at.run(3600);
    expect(rules(at)).toEqual([DEV]);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'observe' });
  });

  it('goes at the later look where nothing told of the interface', async () => {
    const at = world();
    openDev(at);
    await at.run(60);
    attach(at, [DEV]);
    await at.run(7 * 3600);
    expect(rules(at)).toEqual([]);
  });

  it('goes at the later look where the group could not be taken off', async () => {
    const at = await opened();
    launch(at, [PROD]);
    await at.run(60);
    for (let n = 0; n < 2000; n += 1) at.networks.failNext(new Retryable('EC2 is busy'), 'detach');
    setGroups(at, [PROD, DEV]);
    await at.run(7 * 3600);
    expect(rules(at)).toEqual([]);
  });
});

describe('a prefix list that is widened', () => {
  it('loses the entry where the group of an observed VPC that names it is used in an enforced one', async () => {
    const shipped = shippedPolicy('enforce').internet;
    const at = world({ internet: { ...shipped, prefixLists: 'remove-entries' } });
    const id = 'pl-00000000000000001';
    const list = { id, name: 'office', ownerId: ACCOUNT, cidrs: ['198.51.100.0/24', '0.0.0.0/0'], version: 2 };
    at.network.setPrefixList(list);
    at.network.open({ ...ssh(DEV), source: { kind: 'prefix-list', id } });
    attach(at, [DEV]);
    const AddEntry = [{ tag: 1, Cidr: '0.0.0.0/0' }];
    toBoth(
      at,
      call('ModifyManagedPrefixList', at.clock.iso(), {
        requestParameters: { ModifyManagedPrefixListRequest: { PrefixListId: id, CurrentVersion: 1, AddEntry } },
        responseElements: { ModifyManagedPrefixListResponse: { prefixList: { prefixListId: id, version: 2 } } },
      }),
    );
    await at.run(60);
    expect(at.network.truth.prefixLists[id]?.cidrs).toEqual(['198.51.100.0/24']);
    expect(rules(at)).toEqual([DEV]);
  });
});

describe('an exemption for the VPC that the group was made in', () => {
  it('spares nothing that an interface in another VPC has', async () => {
    const exemptions: Policy['exemptions'] = [
      {
        id: 'dev',
        reason: 'a lab',
        owner: 'platform',
        ticket: null,
        notBefore: null,
        expires: '2026-06-01T00:00:00.000Z',
        rules: ['internet'],
        select: { vpc: ['vpc-dev'] },
      },
    ];
    const at = await opened({ exemptions, modes: [] });
    launch(at, [DEV]);
    await at.run(10);
    expect(rules(at)).toEqual([]);
  });
});

describe('the public listener of a load balancer', () => {
  it('stays, and is reported, where an instance in an enforced VPC gets the same group', async () => {
    const { internet } = shippedPolicy('enforce');
    const https = { name: 'HTTPS', protocols: [6], ports: [{ from: 443, to: 443 }] };
    const at = world({ internet: { ...internet, protects: [...internet.protects, https] } });
    const balancer = { requesterManaged: true, loadBalancer: true, requesterId: 'amazon-elb', instanceId: null };
    attach(at, [DEV], { ...balancer, id: OTHER_ENI });
    const listener = { ...ssh(DEV), fromPort: 443, toPort: 443 };
    at.network.open(listener);
    at.send('security-groups', authorize(at.clock.iso(), { ...listener, cidr: '0.0.0.0/0' }));
    await at.run(60);
    expect(at.ledger.incidents).toEqual([]);
    launch(at, [DEV]);
    await at.run(60);
    expect(rules(at)).toEqual([DEV]);
    expect(at.incident()).toMatchObject({ status: 'held', guard: 'shared' });
  });
});

describe('a group of an enforced VPC', () => {
  it.each<['observe' | 'off']>([['observe'], ['off']])(
    'gains nothing by an interface in one that is %s',
    async (to) => {
      const at = world({ modes: [mode('vpc-dev', to)] });
      attach(at, [PROD], { vpcId: 'vpc-dev' });
      at.network.open(ssh(PROD));
      at.send(
        'security-groups',
        authorize(at.clock.iso(), { ...ssh(PROD), fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }),
      );
      await at.run(10);
      expect(rules(at)).toEqual([]);
    },
  );

  it('is closed although its interfaces cannot be read', async () => {
    const at = world();
    at.securityGroups.failNext(new Retryable('EC2 is busy'), 'usersOf');
    at.network.open(ssh(PROD));
    at.send(
      'security-groups',
      authorize(at.clock.iso(), { ...ssh(PROD), fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }),
    );
    await at.run(1);
    expect(rules(at)).toEqual([]);
  });

  it('has its interfaces read only where the modes of VPCs differ', async () => {
    for (const modes of [[], [mode('vpc-dev', 'observe')]]) {
      const at = world({ modes });
      at.network.open(ssh(PROD));
      at.send(
        'security-groups',
        authorize(at.clock.iso(), { ...ssh(PROD), fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }),
      );
      await at.run(1);
      expect(at.calls.filter((label) => label === 'ec2.usersOf').length > 0).toBe(modes.length > 0);
    }
  });
});
