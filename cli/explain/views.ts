/** What is looked at together: the rules of a group, or those of all groups of an interface. */
import type { Change } from '../../src/domain/change.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type {
  Estate,
  GroupWithRules,
  InterfaceEstate,
  NetworkInterface,
  PrefixList,
  SecurityGroupEstate,
} from '../../src/domain/estate.ts';
import type { ExposureSettings, Policy } from '../../src/policy/policy.ts';
import { openings } from '../../src/rules/openings.ts';

/** One direction of traffic, and the rule of the policy that judges it. */
export type Side = {
  readonly rule: 'internet' | 'egress';
  readonly egress: boolean;
  readonly settings: ExposureSettings;
};

export type View = {
  readonly title: string;
  /** With rules of every direction. */
  readonly groups: readonly GroupWithRules[];
  readonly prefixLists: readonly PrefixList[];
  /** The interfaces that have these groups. */
  readonly users: readonly NetworkInterface[];
  /** Ids of groups whose rules let in whoever has this one. */
  readonly referencedBy: readonly string[];
  /** Only what more than one group opens is of interest: the rest is told of each group by itself. */
  readonly onlyTogether: boolean;
};

export type Told = {
  readonly change: Change;
  readonly estates: readonly Estate[];
  readonly decisions: readonly Decision[];
  readonly policy: Policy;
  /** The rules of the state are taken from the event itself. */
  readonly assumed: boolean;
};

/** The sides that a decision was made about; a rule that is off looked at nothing. */
export function sidesOf({ policy, decisions }: Told): readonly Side[] {
  const sides: readonly Side[] = [
    { rule: 'internet', egress: false, settings: policy.internet },
    { rule: 'egress', egress: true, settings: policy.egress },
  ];
  const judged = (decision: Decision) => decision.kind !== 'ignore' || decision.clean;
  return sides.filter(({ rule }) => decisions.some((decision) => decision.rule === rule && judged(decision)));
}

/** A group that is told of as part of an interface is not told of again. */
export function viewsOf(side: Side, estates: readonly Estate[]): readonly View[] {
  const interfaces = estates.filter((estate) => estate.kind === 'network-interface');
  const covered = new Set(interfaces.flatMap(({ groups }) => groups.map(({ group }) => group.id)));
  const groups = estates.filter((estate) => estate.kind === 'security-group');
  return [
    ...interfaces.map(interfaceView),
    ...groups.filter(({ group }) => !covered.has(group.id)).flatMap((group) => groupViews(side, group)),
  ];
}

function interfaceView({ networkInterface, groups, prefixLists }: InterfaceEstate): View {
  const names = groups.map(nameOf).join(' and ');
  const title =
    groups.length > 1 ? `${names}, together on ${networkInterface.id}` : `${names}, on ${networkInterface.id}`;
  return { title, groups, prefixLists, users: [networkInterface], referencedBy: [], onlyTogether: false };
}

function groupViews(side: Side, estate: SecurityGroupEstate): readonly View[] {
  const { group, prefixLists, surroundings } = estate;
  const users = (surroundings?.interfaces ?? []).filter(({ groupIds }) => groupIds.includes(group.id));
  const referencedBy = surroundings?.referencedBy ?? [];
  const own: View = { title: nameOf(estate), groups: [estate], prefixLists, users, referencedBy, onlyTogether: false };
  const known = [estate, ...(surroundings?.neighbours ?? [])].map((it) => withoutOwn(side, it, prefixLists));
  const together = [...combinations(users).values()].map((having): View => {
    const groups = known.filter((it) => having[0]?.groupIds.includes(it.group.id));
    const more = having.length > 1 ? ` and ${having.length - 1} more` : '';
    const title = `${groups.map(nameOf).join(' and ')}, together on ${having[0]?.id}${more}`;
    return { title, groups, prefixLists, users: having, referencedBy: [], onlyTogether: true };
  });
  return [own, ...together.filter(({ groups }) => groups.length > 1)];
}

/** Interfaces with the same groups. */
function combinations(users: readonly NetworkInterface[]): ReadonlyMap<string, readonly NetworkInterface[]> {
  const alike = new Map<string, readonly NetworkInterface[]>();
  for (const user of users) {
    const key = [...user.groupIds].sort().join(' ');
    alike.set(key, [...(alike.get(key) ?? []), user]);
  }
  return alike;
}

/** What a group opens by itself goes by itself. */
function withoutOwn(
  { settings, egress }: Side,
  found: GroupWithRules,
  prefixLists: readonly PrefixList[],
): GroupWithRules {
  const rules = found.rules.filter((rule) => rule.egress === egress);
  const { offending } = openings(rules, prefixLists, settings, { named: new Set(), lastClean: null });
  return { ...found, rules: rules.filter((rule) => !offending.includes(rule)) };
}

function nameOf({ group }: GroupWithRules): string {
  return group.name === group.id ? group.id : `${group.id} (${group.name})`;
}
