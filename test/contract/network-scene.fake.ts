import type { NetworkInterface, SecurityGroupRule } from '../../src/domain/estate.ts';
import { FakeClock } from '../fakes/clock.ts';
import { NetworkWorld } from '../fakes/network-world.ts';
import { FakeNetworks } from '../fakes/networks.ts';
import { FakeSecurityGroups } from '../fakes/security-groups.ts';
import { counter } from '../fakes/world.ts';
import type { NetworkScene, Opening } from './network-scene.ts';

export type FakeScene = NetworkScene & {
  readonly clock: FakeClock;
  readonly world: NetworkWorld;
  readonly groups: FakeSecurityGroups;
  readonly networks: FakeNetworks;
};

const ACCOUNT = '123456789012';

export async function fakeScene(): Promise<FakeScene> {
  const clock = new FakeClock();
  const world = new NetworkWorld(clock);
  const groups = new FakeSecurityGroups(clock, world);
  const networks = new FakeNetworks(world);
  const next = {
    rule: counter('sgr'),
    group: counter('sg'),
    list: counter('pl'),
    eni: counter('eni'),
    vm: counter('i'),
  };
  const addInterface = (given: Partial<NetworkInterface> & Pick<NetworkInterface, 'groupIds'>) => {
    const one = plainInterface(next.eni(), given);
    world.setInterface(one);
    return one.id;
  };
  const changed = (id: string, given: Partial<NetworkInterface>) => {
    const one = world.truth.interfaces[id];
    if (one !== undefined) world.setInterface({ ...one, ...given });
  };
  return {
    clock,
    world,
    groups,
    networks,
    newGroup: async (name, vpc) => {
      const id = next.group();
      const vpcId = vpc === undefined ? 'vpc-1' : 'vpc-2';
      world.addGroup({ id, name: name ?? id, ownerId: ACCOUNT, vpcId, tags: { team: 'web' } });
      world.open({
        ...rule(id, next.rule(), { port: -1, source: { kind: 'ipv4', cidr: '0.0.0.0/0' } }),
        ...EVERYTHING,
      });
      return id;
    },
    removeGroup: async (id) => world.removeGroup(id),
    open: async (id, openings) => {
      const rules = openings.map((opening) => rule(id, next.rule(), opening));
      world.open(...rules);
      return rules.map((each) => each.id);
    },
    close: async (_groupId, ruleIds) => world.close(...ruleIds),
    newPrefixList: async (cidrs) => {
      const id = next.list();
      const descriptions = Object.fromEntries(cidrs.slice(0, 1).map((cidr) => [cidr, 'first']));
      world.setPrefixList({ id, name: 'list', ownerId: ACCOUNT, cidrs, version: 1, descriptions });
      return id;
    },
    widen: async (id, cidr) => {
      const list = world.truth.prefixLists[id];
      if (list !== undefined) world.setPrefixList({ ...list, cidrs: [...list.cidrs, cidr], version: 2 });
    },
    listOfAws: async () => {
      const id = next.list();
      world.setPrefixList({ id, name: 's3', ownerId: 'AWS', cidrs: ['52.216.0.0/15'], version: null });
      return id;
    },
    newInterface: async (groupIds, description = '') => addInterface({ groupIds, description }),
    newInstance: async (groupIds) => {
      const instanceId = next.vm();
      return { instanceId, interfaceId: addInterface({ groupIds, instanceId }) };
    },
    setGroups: async (id, groupIds) => changed(id, { groupIds }),
    removeInterface: async (id) => world.removeInterface(id),
    giveToLoadBalancer: async (id) => changed(id, { requesterManaged: true, loadBalancer: true }),
    staleReads: async (seconds) => {
      clock.advance(seconds + 1);
      world.staleReadsFor(seconds);
    },
    wait: async (seconds) => {
      clock.advance(seconds);
      world.staleReadsFor(0);
    },
  };
}

const EVERYTHING = { egress: true, protocol: '-1' } as const;

function rule(groupId: string, id: string, { port, source, egress, description, tags }: Opening): SecurityGroupRule {
  const ports = { protocol: 'tcp', fromPort: port, toPort: port };
  return {
    id,
    groupId,
    egress: egress ?? false,
    ...ports,
    source,
    description: description ?? null,
    ...(tags && { tags }),
  };
}

function plainInterface(id: string, given: Partial<NetworkInterface>): NetworkInterface {
  const plain = { vpcId: 'vpc-1', ownerId: ACCOUNT, groupIds: [], instanceId: null, description: '', tags: {} };
  const made = { interfaceType: 'interface', requesterId: null, publicAddresses: [] };
  return { id, ...plain, ...made, requesterManaged: false, loadBalancer: false, ...given };
}
