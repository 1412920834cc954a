/**
 * Groups that are harmless apart and open together on an interface: what is done about it. What a group opens by itself
 * is that group's own finding and is left out here (`combinations.ts`).
 */
import { type Decision, decidedAt, type Finding, type Remediation } from '../domain/decision.ts';
import type { GroupWithRules, NetworkInterface, PrefixList, SecurityGroupRule } from '../domain/estate.ts';
import { occurrenceOf } from '../domain/occurrence.ts';
import { NETWORK_GUARDS } from '../guards/guards.ts';
import { exemptionsFor } from '../policy/exempt.ts';
import type { Excused } from '../rules/exposure.ts';
import { groupsToDetach } from '../rules/groups-to-detach.ts';
import { type Openings, stillOffending } from '../rules/openings.ts';
import { ask, exempted, hold, unreadableExemption } from './ask.ts';
import { type Case, circumstances, namedBy, rulesOf, type Side, subjectOf } from './case.ts';
import { either, excusedBy } from './excused.ts';
import { PRE_EXISTING } from './exposure.ts';
import { digestOf, evidenceOf, foreignLists, idsOf, roundOf, severityOf, summaryOf } from './finding.ts';
import { formerGroups, formerRules, withFormer } from './former.ts';
import { ownedGroup, ownedInterface } from './owned.ts';
import { modeOfInterface, whereOn, whyThere } from './places.ts';
import { shieldOf } from './shield.ts';
import { comboKey, type Users } from './users.ts';

/** Interfaces that all have the same groups. */
export type Combination = {
  readonly interfaces: readonly NetworkInterface[];
  /** With the rules that count: what a group opens by itself is taken out. */
  readonly groups: readonly GroupWithRules[];
  readonly prefixLists: readonly PrefixList[];
  /** Every interface that has one of these groups. */
  readonly users: Users;
  /** Ids of the groups that the change attached; null when it attached none, or it is not known which. */
  readonly attached: ReadonlySet<string> | null;
  /** Ids of the rules that were there before: of a last clean reading, and of groups that did not change; null: not known. */
  readonly before: ReadonlySet<string> | null;
  /** What was as open before the change, and is not its doing. */
  readonly excused?: Excused;
  /** The rules stay: what was attached comes off, or nothing is done. */
  readonly onlyDetach?: true;
};

type Open = {
  readonly side: Side;
  readonly combination: Combination;
  readonly found: Openings;
  readonly given: Case;
};

/** @param openIds interfaces that are open: whoever else has one of the groups would only lose by an act */
export function judgeOpen(
  side: Side,
  combination: Combination,
  found: Openings,
  openIds: ReadonlySet<string>,
  given: Case,
): readonly Decision[] {
  const { groups, prefixLists, users } = combination;
  const { policy, context } = given;
  const subjects = groups.map((group) => subjectOf(given, group, users.vpcsOf(group.group.id)));
  const exemptions = subjects.map((subject) => exemptionsFor(side.rule, subject, policy, context.now));
  const granted = exemptions.flatMap((it) => it.granted);
  const unread = exemptions.flatMap((it) => it.unreadable);
  const rules = groups.flatMap((group) => rulesOf(side, group));
  const due = stillOffending(
    rules,
    prefixLists,
    side.settings,
    found.offending,
    either(excusedBy(granted), combination.excused),
  );
  const open: Open = { side, combination, found, given };
  const decide = (finding: Finding, act: Remediation, mine: readonly SecurityGroupRule[], go: () => Decision) => {
    if (unread.length > 0) return hold('unreadable', unreadableExemption(unread), finding, act);
    const spared = mine.every((rule) => !due.includes(rule));
    return spared ? hold('exempted', exempted(granted, context.now), finding, act) : go();
  };
  return detaching(open, decide) ?? (combination.onlyDetach ? [] : revoking(open, openIds, decide));
}

type Decide = (finding: Finding, act: Remediation, mine: readonly SecurityGroupRule[], go: () => Decision) => Decision;

/** The first remedy: the groups that the change attached come off again. Null where that is not known, or not enough. */
function detaching(open: Open, decide: Decide): readonly Decision[] | null {
  const { side, combination, found, given } = open;
  const { groups, prefixLists, interfaces, attached } = combination;
  const [one] = interfaces;
  if (one === undefined || attached === null || attached.size === 0) return null;
  // What is not ours to set keeps its groups: then rules go.
  const { ownerId, managedBy } = ownedInterface(one);
  if (ownerId !== given.context.account || managedBy !== null) return null;
  const judged = groups.map((group) => ({ ...group, rules: rulesOf(side, group) }));
  const groupIds = groupsToDetach(judged, prefixLists, side.settings, attached, combination.excused);
  if (groupIds === null || groupIds.length === 0) return null;
  const remaining = one.groupIds.filter((id) => !groupIds.includes(id));
  const act: Remediation = { action: 'detach-groups', interfaceId: one.id, groupIds: [...groupIds].sort(), remaining };
  const off = judged.filter(({ group }) => groupIds.includes(group.id));
  const rules = off.flatMap((group) => group.rules);
  const opening = rules.filter(({ id }) => found.open.some(({ ruleIds }) => ruleIds.includes(id)));
  const key = `network-interface/${one.id}/${side.rule}/detach/${act.groupIds.join('+')}`;
  const had = groups.map(({ group }) => group).filter(({ id }) => !attached.has(id));
  const mode = modeOfInterface(side.rule, one, had, given);
  const about = { ...findingOf(open, opening), key, round: occurrenceOf(given.change.eventId) };
  const finding = withFormer(about, formerGroups(one.id, one.groupIds, given));
  if (mode.mode === 'off') return [];
  const go = () => ask(NETWORK_GUARDS, circumstances(open.given, mode, act, ownedInterface(one), []), finding, act);
  return [decidedAt(decide(finding, act, found.offending, go), whyThere(side.rule, one, off, mode, given))];
}

/**
 * Else rules go, group by group. Those of a group that others have, too, are only told, but for what has just been opened:
 * nobody relies on it yet, and whoever makes an interface with the group could otherwise shield it.
 */
function revoking(open: Open, openIds: ReadonlySet<string>, decide: Decide): readonly Decision[] {
  const { side, combination, found, given } = open;
  const attachedNow = given.change.fact.kind === 'security-groups-changed';
  const { before } = combination;
  const named = namedBy(given, found.offending);
  const isFresh = ({ id }: SecurityGroupRule) => named.has(id) || (before !== null && !before.has(id));
  const isNew = (rule: SecurityGroupRule) => given.policy.when === 'any' || attachedNow || isFresh(rule);
  return combination.groups.flatMap((group) => {
    const { id } = group.group;
    const rules = found.offending.filter(({ groupId }) => groupId === id);
    const { mode, words } = whereOn(side.rule, group.group, combination.interfaces, given);
    if (rules.length === 0 || mode.mode === 'off') return [];
    const shield = shieldOf(group.group, combination.users.of(id), rules, readingOf(id, given));
    const others = combination.users.of(id).filter((user) => !openIds.has(user.id));
    const names = others.map((user) => user.id).sort();
    const decideOn = (some: readonly SecurityGroupRule[], sharedBy: readonly string[]): readonly Decision[] => {
      if (some.length === 0) return [];
      const act: Remediation = { action: 'revoke-rules', groupId: id, egress: side.egress, ruleIds: idsOf(some) };
      const key = `network-interface/${comboKey(idsOfGroups(combination))}/${side.rule}/${id}/${digestOf(some)}`;
      const finding = withFormer({ ...findingOf(open, some), key }, formerRules(some, readingOf(id, given)));
      const owned = ownedGroup(group.group, some.every((rule) => shield.covers(rule)) ? shield.by : null);
      const go = () =>
        some.some(isNew)
          ? ask(NETWORK_GUARDS, circumstances(open.given, mode, act, owned, sharedBy), finding, act)
          : hold('pre-existing', PRE_EXISTING, finding, act);
      return [decidedAt(decide(finding, act, some, go), words)];
    };
    if (names.length === 0) return decideOn(rules, []);
    const isOld = (rule: SecurityGroupRule) => !isFresh(rule);
    return [...decideOn(rules.filter(isFresh), []), ...decideOn(rules.filter(isOld), names)];
  });
}

/** The case with what was last seen of this group, of which a change of another one knows nothing. */
function readingOf(groupId: string, given: Case): Case {
  const { change, history } = given;
  const isTarget = change.resources.some(({ id }) => id === groupId);
  const lastReading = history.ofGroups?.[groupId] ?? (isTarget ? history.lastReading : null);
  return { ...given, history: { ...history, lastReading } };
}

const idsOfGroups = ({ groups }: Combination) => groups.map(({ group }) => group.id);

function findingOf(
  { side, combination, found, given }: Open,
  rules: readonly SecurityGroupRule[],
): Omit<Finding, 'key'> {
  const { interfaces, groups, prefixLists, users } = combination;
  const [first] = interfaces;
  const same = users.alike(idsOfGroups(combination)) - interfaces.length;
  const names = groups.map(({ group }) => `${group.id} (${group.name})`);
  const more = interfaces.length > 1 ? ` and ${interfaces.length - 1} more that have the same groups` : '';
  const all = groups.flatMap((group) => rulesOf(side, group));
  const reaching = all.filter(({ id }) => found.open.some(({ ruleIds }) => ruleIds.includes(id)));
  return {
    round: roundOf(rules),
    resource: { type: 'network-interface', id: first?.id ?? 'none' },
    rule: side.rule,
    severity: severityOf(rules),
    summary: summaryOf(rules, found.open, ` by ${groups.length} groups`),
    evidence: [
      `groups together on ${first?.id}${more}: ${names.join(', ')}`,
      ...(same > 0 ? [`${same} more interfaces have the same groups, and are as open`] : []),
      ...evidenceOf(reaching, found.open),
      ...foreignLists(reaching, prefixLists, given.context.account),
    ],
  };
}
