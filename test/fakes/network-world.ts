import type {
  GroupWithRules,
  InterfaceEstate,
  MissingEstate,
  NetworkInterface,
  PrefixList,
  SecurityGroup,
  SecurityGroupRule,
} from '../../src/domain/estate.ts';
import { Retryable } from '../../src/roles.ts';
import type { FakeClock } from './clock.ts';
import { Timeline } from './world.ts';

type ById<T> = Readonly<Record<string, T>>;
type State = {
  readonly groups: ById<SecurityGroup>;
  readonly rules: readonly SecurityGroupRule[];
  readonly prefixLists: ById<PrefixList>;
  readonly interfaces: ById<NetworkInterface>;
};
const EMPTY: State = { groups: {}, rules: [], prefixLists: {}, interfaces: {} };

/**
 * Groups, rules, prefix lists and interfaces in memory, as the fakes of both units see them. What is `readonly` is
 * replaced, never changed, so that old states stay readable.
 */
export class NetworkWorld {
  readonly #state: Timeline<State>;

  constructor(clock: FakeClock) {
    this.#state = new Timeline(clock, EMPTY);
  }

  staleReadsFor(seconds: number): void {
    this.#state.staleReadsFor(seconds);
  }

  /** What a read answers. */
  get seen(): State {
    return this.#state.seen;
  }

  /** The world as it is, however stale reads may be. */
  get truth(): State {
    return this.#state.truth;
  }

  addGroup(group: SecurityGroup): void {
    this.#write({ groups: { ...this.truth.groups, [group.id]: group } });
  }

  removeGroup(groupId: string): void {
    const { groups, rules } = this.truth;
    this.#write({ groups: without(groups, groupId), rules: rules.filter((rule) => rule.groupId !== groupId) });
  }

  /** Adds rules as an Authorize call would; one with a known id takes its place, as Modify does. */
  open(...added: readonly SecurityGroupRule[]): void {
    const ids = added.map(({ id }) => id);
    this.#write({ rules: [...this.truth.rules.filter(({ id }) => !ids.includes(id)), ...added] });
  }

  close(...ruleIds: readonly string[]): void {
    this.#write({ rules: this.truth.rules.filter(({ id }) => !ruleIds.includes(id)) });
  }

  /** Adds or replaces a prefix list. One that is never set is unreadable. */
  setPrefixList(list: PrefixList): void {
    this.#write({ prefixLists: { ...this.truth.prefixLists, [list.id]: list } });
  }

  removePrefixList(id: string): void {
    this.#write({ prefixLists: without(this.truth.prefixLists, id) });
  }

  /** Adds or replaces an interface. */
  setInterface(one: NetworkInterface): void {
    this.#write({ interfaces: { ...this.truth.interfaces, [one.id]: one } });
  }

  removeInterface(id: string): void {
    this.#write({ interfaces: without(this.truth.interfaces, id) });
  }

  groupsSeen(ids: readonly string[]): readonly GroupWithRules[] {
    const { groups, rules } = this.seen;
    const found = ids.map((id) => groups[id]).filter((group) => group !== undefined);
    return found.map((group) => ({ group, rules: rules.filter(({ groupId }) => groupId === group.id) }));
  }

  interfacesWith(groupIds: readonly string[]): readonly NetworkInterface[] {
    const all = Object.values(this.seen.interfaces);
    return all.filter((one) => one.groupIds.some((id) => groupIds.includes(id)));
  }

  listsNamedBy(rules: readonly SecurityGroupRule[]): readonly PrefixList[] {
    const ids = rules.map(({ source }) => (source.kind === 'prefix-list' ? source.id : null));
    return Object.values(this.seen.prefixLists).filter(({ id }) => ids.includes(id));
  }

  /** Ids of the groups that name the list for inbound traffic and, with `egress`, for outbound traffic; each once. */
  groupsNaming(listId: string, egress: boolean): readonly string[] {
    const naming = this.seen.rules.filter(({ source }) => source.kind === 'prefix-list' && source.id === listId);
    return [...new Set(naming.filter((rule) => egress || !rule.egress).map(({ groupId }) => groupId))].sort();
  }

  interfacesOf(instance: string): readonly string[] {
    const own = Object.values(this.seen.interfaces).filter(({ instanceId }) => instanceId === instance);
    return own.map(({ id }) => id).sort();
  }

  interfaceEstate(id: string): InterfaceEstate | MissingEstate {
    const networkInterface = this.seen.interfaces[id];
    if (networkInterface === undefined) return { kind: 'missing', resource: { type: 'network-interface', id } };
    const groups = this.groupsSeen(networkInterface.groupIds);
    if (groups.length < networkInterface.groupIds.length) throw new Retryable(`a group of ${id} cannot be seen (yet)`);
    const prefixLists = this.listsNamedBy(groups.flatMap(({ rules }) => rules));
    const interfaces = this.interfacesWith(networkInterface.groupIds);
    return { kind: 'network-interface', networkInterface, groups, prefixLists, interfaces };
  }

  #write(changed: Partial<State>): void {
    this.#state.write({ ...this.truth, ...changed });
  }
}

function without<T>(all: ById<T>, id: string): ById<T> {
  const { [id]: _gone, ...rest } = all;
  return rest;
}
