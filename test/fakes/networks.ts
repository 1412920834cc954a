import { AwsRefused } from '../../src/aws/errors.ts';
import type { InterfaceEstate, MissingEstate, PrefixListEstate } from '../../src/domain/estate.ts';
import { type Networks, Retryable, type Sent } from '../../src/roles.ts';
import type { NetworkWorld } from './network-world.ts';
import { counter, Scripted } from './world.ts';

/** What EC2 takes in one call. */
const AT_ONCE = 100;

/** Interfaces and prefix lists in memory, in a world that a `FakeSecurityGroups` may see as well. */
export class FakeNetworks extends Scripted implements Networks {
  readonly world: NetworkWorld;
  readonly #requestId = counter('network');

  constructor(world: NetworkWorld) {
    super();
    this.world = world;
  }

  async readPrefixList(prefixListId: string): Promise<PrefixListEstate | MissingEstate> {
    await this.enter('readPrefixList', prefixListId);
    const { world } = this;
    const list = world.seen.prefixLists[prefixListId];
    if (list === undefined) return { kind: 'missing', resource: { type: 'prefix-list', id: prefixListId } };
    const groups = world.groupsSeen(world.groupsNaming(prefixListId, false));
    const named = world.listsNamedBy(groups.flatMap(({ rules }) => rules));
    const prefixLists = [list, ...named.filter(({ id }) => id !== prefixListId)];
    return { kind: 'prefix-list', list, groups, prefixLists };
  }

  /** The groups are those that a read shows: a late read brings back what was taken off since, as on EC2. */
  async detach(interfaceId: string, groupIds: readonly string[]): Promise<Sent> {
    await this.enter('detach', interfaceId, groupIds);
    const { seen, truth } = this.world;
    const found = seen.interfaces[interfaceId];
    const now = truth.interfaces[interfaceId];
    const left = found?.groupIds.filter((id) => !groupIds.includes(id)) ?? [];
    if (found === undefined || now === undefined || left.length === found.groupIds.length) return { requestId: null };
    if (left.length === 0) {
      const why = `${interfaceId} has no other group, and an interface must have one`;
      throw new AwsRefused('ec2', 'ModifyNetworkInterfaceAttribute', 'LastGroup', why);
    }
    this.world.setInterface({ ...now, groupIds: left });
    return { requestId: this.#requestId() };
  }

  async removeEntries(prefixListId: string, cidrs: readonly string[]): Promise<Sent> {
    await this.enter('removeEntries', prefixListId, cidrs);
    const found = this.world.seen.prefixLists[prefixListId];
    const now = this.world.truth.prefixLists[prefixListId];
    const gone = found?.cidrs.filter((cidr) => cidrs.includes(cidr)).slice(0, AT_ONCE) ?? [];
    if (found === undefined || now === undefined || gone.length === 0) return { requestId: null };
    if (now.version === null) {
      const why = `${prefixListId} has no version to change`;
      throw new AwsRefused('ec2', 'ModifyManagedPrefixList', 'Unversioned', why);
    }
    if (found.version !== now.version) throw new Retryable('the prefix list has the incorrect version number');
    const cidrsLeft = now.cidrs.filter((cidr) => !gone.includes(cidr));
    this.world.setPrefixList({ ...now, cidrs: cidrsLeft, version: now.version + 1 });
    return { requestId: this.#requestId() };
  }

  async interfacesOf(instanceId: string): Promise<readonly string[]> {
    await this.enter('interfacesOf', instanceId);
    return this.world.interfacesOf(instanceId);
  }

  async usersOf(groupIds: readonly string[]) {
    await this.enter('usersOf', groupIds);
    return this.world.interfacesWith(groupIds);
  }

  async readInterface(interfaceId: string): Promise<InterfaceEstate | MissingEstate> {
    await this.enter('readInterface', interfaceId);
    return this.world.interfaceEstate(interfaceId);
  }
}
