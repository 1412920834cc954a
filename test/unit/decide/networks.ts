/** Interfaces and groups for tests of what groups let in together. */
import type {
  GroupWithRules,
  InterfaceEstate,
  NetworkInterface,
  PrefixList,
  SecurityGroupEstate,
} from '../../../src/domain/estate.ts';
import { ACCOUNT } from '../guards/perfect.ts';
import { rule, sourceOf } from '../rules/perfect.ts';

export function interfaceOf(
  id: string,
  groupIds: readonly string[],
  given: Partial<NetworkInterface> = {},
): NetworkInterface {
  return {
    id,
    vpcId: 'vpc-1',
    ownerId: ACCOUNT,
    groupIds,
    instanceId: 'i-1',
    requesterManaged: false,
    loadBalancer: false,
    interfaceType: 'interface',
    requesterId: null,
    publicAddresses: [],
    description: '',
    tags: {},
    ...given,
  };
}

/** A group with SSH rules for these ranges; their ids are `<group>-1`, `<group>-2`, … */
export function groupOf(id: string, ...ranges: readonly string[]): GroupWithRules {
  return {
    group: { id, name: `name of ${id}`, ownerId: ACCOUNT, vpcId: 'vpc-1', tags: {} },
    rules: ranges.map((range, index) => rule(`${id}-${index + 1}`, { groupId: id, source: sourceOf(range) })),
  };
}

/** `count` different /12s from `first` on: sixteen of them are a /8. */
export const twelfths = (first: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${first + Math.floor(n / 16)}.${(n % 16) * 16}.0.0/12`);

/** The first group as its own event finds it, with all the others and the interfaces around it. */
export function groupEstate(
  [own, ...neighbours]: readonly [GroupWithRules, ...GroupWithRules[]],
  interfaces: readonly NetworkInterface[],
  prefixLists: readonly PrefixList[] = [],
): SecurityGroupEstate {
  return {
    kind: 'security-group',
    ...own,
    prefixLists,
    surroundings: { interfaces, neighbours },
  };
}

export function interfaceEstate(
  groups: readonly GroupWithRules[],
  given: Partial<NetworkInterface> = {},
  others: readonly NetworkInterface[] = [],
): InterfaceEstate {
  const ids = groups.map(({ group }) => group.id);
  const networkInterface = interfaceOf('eni-1', ids, given);
  return {
    kind: 'network-interface',
    networkInterface,
    groups,
    prefixLists: [],
    interfaces: [networkInterface, ...others],
  };
}
