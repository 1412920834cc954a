import type { NetworkInterface } from '../domain/estate.ts';

/**
 * Which interfaces have a group. Asked for every combination of groups, of which there may be thousands: each answer is
 * found once, and no question looks at every interface again.
 */
export class Users {
  readonly #of = new Map<string, NetworkInterface[]>();
  readonly #vpcs = new Map<string, readonly string[]>();
  readonly #alike = new Map<string, number>();

  constructor(interfaces: readonly NetworkInterface[]) {
    for (const one of interfaces) {
      for (const id of one.groupIds) this.#of.set(id, append(this.#of.get(id), one));
      const combo = comboKey(one.groupIds);
      this.#alike.set(combo, (this.#alike.get(combo) ?? 0) + 1);
    }
  }

  of(groupId: string): readonly NetworkInterface[] {
    return this.#of.get(groupId) ?? [];
  }

  /** The VPCs in which an interface has the group. */
  vpcsOf(groupId: string): readonly string[] {
    const vpcs = this.#vpcs.get(groupId) ?? vpcsOf(this.of(groupId));
    this.#vpcs.set(groupId, vpcs);
    return vpcs;
  }

  /** How many have these groups and no other. */
  alike(groupIds: readonly string[]): number {
    return this.#alike.get(comboKey(groupIds)) ?? 0;
  }
}

export const comboKey = (groupIds: readonly string[]): string => [...groupIds].sort().join('+');

export const vpcsOf = (interfaces: readonly NetworkInterface[]): readonly string[] => [
  ...new Set(interfaces.flatMap(({ vpcId }) => vpcId ?? [])),
];

/** In place, as a group may have thousands. */
function append<T>(list: T[] | undefined, one: T): T[] {
  if (list === undefined) return [one];
  list.push(one);
  return list;
}
