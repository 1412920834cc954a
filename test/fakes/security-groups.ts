import { AwsRefused } from '../../src/aws/errors.ts';
import { nameOfGroup } from '../../src/domain/change.ts';
import type {
  InterfaceEstate,
  MissingEstate,
  PrefixList,
  SecurityGroup,
  SecurityGroupEstate,
  SecurityGroupRule,
} from '../../src/domain/estate.ts';
import type { SecurityGroups, Sent } from '../../src/roles.ts';
import type { FakeClock } from './clock.ts';
import { NetworkWorld } from './network-world.ts';
import { counter, Scripted } from './world.ts';

/** Security groups in memory. Given the world of another fake, both see the same. */
export class FakeSecurityGroups extends Scripted implements SecurityGroups {
  readonly world: NetworkWorld;
  readonly #requestId = counter('revoke');

  constructor(clock: FakeClock, world = new NetworkWorld(clock)) {
    super();
    this.world = world;
  }

  staleReadsFor(seconds: number): void {
    this.world.staleReadsFor(seconds);
  }

  addGroup(group: SecurityGroup): void {
    this.world.addGroup(group);
  }

  removeGroup(groupId: string): void {
    this.world.removeGroup(groupId);
  }

  open(...added: readonly SecurityGroupRule[]): void {
    this.world.open(...added);
  }

  /** Somebody else closes rules. */
  close(...ruleIds: readonly string[]): void {
    this.world.close(...ruleIds);
  }

  setPrefixList(list: PrefixList): void {
    this.world.setPrefixList(list);
  }

  /** The rules as they are, however stale reads may be. */
  rulesOf(groupId: string): readonly SecurityGroupRule[] {
    return this.world.truth.rules.filter((rule) => rule.groupId === groupId);
  }

  async read(groupId: string): Promise<SecurityGroupEstate | MissingEstate> {
    await this.enter('read', groupId);
    const id = find(Object.values(this.world.seen.groups), groupId)?.id;
    const [found] = id === undefined ? [] : this.world.groupsSeen([id]);
    if (found === undefined) return { kind: 'missing', resource: { type: 'security-group', id: groupId } };
    const prefixLists = this.world.listsNamedBy(found.rules);
    return { kind: 'security-group', ...found, prefixLists, surroundings: null };
  }

  async usersOf(groupIds: readonly string[]) {
    await this.enter('usersOf', groupIds);
    return this.world.interfacesWith(groupIds);
  }

  async lookAround(estate: SecurityGroupEstate): Promise<SecurityGroupEstate> {
    await this.enter('lookAround', estate.group.id);
    const { world } = this;
    const { id } = estate.group;
    const others = world.interfacesWith([id]).flatMap(({ groupIds }) => groupIds);
    const ids = [...new Set(others)].filter((other) => other !== id).sort();
    const neighbours = world.groupsSeen(ids);
    const named = world.listsNamedBy(neighbours.flatMap(({ rules }) => rules));
    const lists = named.filter((list) => !estate.prefixLists.some((known) => known.id === list.id));
    const surroundings = { interfaces: world.interfacesWith([id, ...ids]), neighbours };
    return { ...estate, prefixLists: [...estate.prefixLists, ...lists], surroundings };
  }

  async readMany(groupIds: readonly string[]): Promise<readonly SecurityGroupEstate[]> {
    await this.enter('readMany', ...groupIds);
    const unread = await this.enter('readMany.users').catch((error: Error) => ({ usersUnread: error.message }));
    return this.world.groupsSeen(groupIds).map(({ group, rules }) => ({
      kind: 'security-group',
      group,
      rules,
      prefixLists: this.world.listsNamedBy(rules),
      ...(unread ?? { users: this.world.interfacesWith([group.id]) }),
      surroundings: null,
    }));
  }

  async namingList(prefixListId: string, egress: boolean): Promise<readonly string[]> {
    await this.enter('namingList', prefixListId, egress);
    return this.world.groupsNaming(prefixListId, egress);
  }

  async revoke(groupId: string, ruleIds: readonly string[], egress: boolean): Promise<Sent> {
    await this.enter('revoke', groupId, ruleIds, egress);
    const own = this.rulesOf(groupId).filter((rule) => rule.egress === egress && ruleIds.includes(rule.id));
    if (own.length === 0) return { requestId: null };
    this.world.close(...own.map(({ id }) => id));
    return { requestId: this.#requestId() };
  }

  async interfacesOf(instanceId: string): Promise<readonly string[]> {
    await this.enter('interfacesOf', instanceId);
    return this.world.interfacesOf(instanceId);
  }

  async readInterface(interfaceId: string): Promise<InterfaceEstate | MissingEstate> {
    await this.enter('readInterface', interfaceId);
    return this.world.interfaceEstate(interfaceId);
  }
}

function find(groups: readonly SecurityGroup[], groupId: string): SecurityGroup | undefined {
  const name = nameOfGroup(groupId);
  const [group, ...others] = groups.filter((one) => (name === null ? one.id === groupId : one.name === name));
  if (group === undefined || others.length === 0) return group;
  const ids = [group, ...others].map(({ id }) => id).join(', ');
  throw new AwsRefused(
    'ec2',
    'DescribeSecurityGroups',
    'AmbiguousName',
    `several groups have the name ${name}: ${ids}`,
  );
}
