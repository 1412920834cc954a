import { AwsRefused } from '../../src/aws/errors.ts';
import { nameOfGroup } from '../../src/domain/change.ts';
import type {
  MissingEstate,
  PrefixList,
  SecurityGroup,
  SecurityGroupEstate,
  SecurityGroupRule,
} from '../../src/domain/estate.ts';
import type { SecurityGroups } from '../../src/roles.ts';
import type { FakeClock } from './clock.ts';
import { counter, Scripted, Timeline } from './world.ts';

type World = {
  readonly groups: Readonly<Record<string, SecurityGroup>>;
  readonly rules: readonly SecurityGroupRule[];
  readonly prefixLists: readonly PrefixList[];
};

/** Security groups in memory. `readonly` lists of rules are replaced, never changed, so that old states stay readable. */
export class FakeSecurityGroups extends Scripted implements SecurityGroups {
  readonly #world: Timeline<World>;
  readonly #requestId = counter('revoke');

  constructor(clock: FakeClock) {
    super();
    this.#world = new Timeline(clock, { groups: {}, rules: [], prefixLists: [] });
  }

  staleReadsFor(seconds: number): void {
    this.#world.staleReadsFor(seconds);
  }

  addGroup(group: SecurityGroup): void {
    const { truth } = this.#world;
    this.#world.write({ ...truth, groups: { ...truth.groups, [group.id]: group } });
  }

  removeGroup(groupId: string): void {
    const { groups, rules, prefixLists } = this.#world.truth;
    const { [groupId]: _gone, ...rest } = groups;
    this.#world.write({ groups: rest, rules: rules.filter((rule) => rule.groupId !== groupId), prefixLists });
  }

  /** Adds rules as an Authorize call would; one with a known id takes its place, as Modify does. */
  open(...added: readonly SecurityGroupRule[]): void {
    const { truth } = this.#world;
    const ids = new Set(added.map(({ id }) => id));
    this.#world.write({ ...truth, rules: [...truth.rules.filter(({ id }) => !ids.has(id)), ...added] });
  }

  /** Somebody else closes rules. */
  close(...ruleIds: readonly string[]): void {
    const { truth } = this.#world;
    this.#world.write({ ...truth, rules: truth.rules.filter(({ id }) => !ruleIds.includes(id)) });
  }

  /** Adds or replaces a prefix list. One that is never set is unreadable. */
  setPrefixList(list: PrefixList): void {
    const { truth } = this.#world;
    const others = truth.prefixLists.filter(({ id }) => id !== list.id);
    this.#world.write({ ...truth, prefixLists: [...others, list] });
  }

  /** The rules as they are, however stale reads may be. */
  rulesOf(groupId: string): readonly SecurityGroupRule[] {
    return this.#world.truth.rules.filter((rule) => rule.groupId === groupId);
  }

  async read(groupId: string): Promise<SecurityGroupEstate | MissingEstate> {
    await this.enter('read', groupId);
    const { groups, rules, prefixLists } = this.#world.seen;
    const group = find(Object.values(groups), groupId);
    if (group === undefined) return { kind: 'missing', resource: { type: 'security-group', id: groupId } };
    const own = rules.filter((rule) => rule.groupId === group.id);
    const named = own.flatMap(({ egress, source }) => (!egress && source.kind === 'prefix-list' ? [source.id] : []));
    const lists = prefixLists.filter(({ id }) => named.includes(id));
    return { kind: 'security-group', group, rules: own, prefixLists: lists };
  }

  async revoke(groupId: string, ruleIds: readonly string[]): Promise<{ readonly requestId: string | null }> {
    await this.enter('revoke', groupId, ruleIds);
    const { truth } = this.#world;
    const revoked = new Set(
      truth.rules.filter((rule) => rule.groupId === groupId && !rule.egress && ruleIds.includes(rule.id)),
    );
    if (revoked.size === 0) return { requestId: null };
    this.#world.write({ ...truth, rules: truth.rules.filter((rule) => !revoked.has(rule)) });
    return { requestId: this.#requestId() };
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
