import type { Context, History } from '../decide.ts';
import type { Change } from '../domain/change.ts';
import type { GroupWithRules, NetworkInterface, SecurityGroupRule } from '../domain/estate.ts';
import { type AppliedMode, modeFor, moreCautious } from '../policy/mode.ts';
import type { ExposureSettings, Mode, Policy, RuleId } from '../policy/policy.ts';
import type { Subject } from '../policy/select.ts';

/** What every decision about a network is made from, beside the live state. */
export type Case = {
  readonly change: Change;
  readonly policy: Policy;
  readonly history: History;
  readonly context: Context;
};

/** One direction of traffic, and the rule that judges it. */
export type Side = {
  readonly rule: 'internet' | 'egress';
  readonly egress: boolean;
  readonly settings: ExposureSettings;
};

export function sidesOf({ internet, egress }: Policy): readonly Side[] {
  return [
    { rule: 'internet', egress: false, settings: internet },
    { rule: 'egress', egress: true, settings: egress },
  ];
}

export function rulesOf(side: Side, { rules }: GroupWithRules): readonly SecurityGroupRule[] {
  return rules.filter(({ egress }) => egress === side.egress);
}

/** A group serves the VPC that it was made in, and each in which an interface has it. */
export function subjectOf({ change }: Case, { group }: GroupWithRules, users: readonly NetworkInterface[]): Subject {
  const { account, region, actor } = change;
  const served = [group.vpcId, ...users.filter((it) => it.groupIds.includes(group.id)).map(({ vpcId }) => vpcId)];
  const vpcs = [...new Set(served)].filter((vpc) => vpc !== null);
  return { account, region, actor, vpcs, group, fleet: null, instance: null, tags: group.tags };
}

/**
 * The most cautious of the modes that apply to the rule in any of these places. Of the VPCs of a group only its own counts:
 * whoever may associate it with another could otherwise choose one that is only observed.
 */
export function strictestMode(rule: RuleId, subjects: readonly Subject[], policy: Policy): AppliedMode {
  const modes = subjects.map((subject) => {
    const own = subject.vpcs?.slice(0, 1);
    return modeFor(rule, own === undefined ? subject : { ...subject, vpcs: own }, policy);
  });
  const [first = { mode: 'observe' as Mode, because: 'no setting applies' }, ...others] = modes;
  return others.reduce((strict, mode) => (moreCautious(mode.mode, strict.mode) ? mode : strict), first);
}

/** Ids of the rules that the change itself is about. */
export function namedBy({ change }: Case, rules: readonly SecurityGroupRule[]): ReadonlySet<string> {
  const { fact } = change;
  if (fact.kind === 'rules-added' || fact.kind === 'rules-modified') return new Set(fact.ruleIds);
  if (fact.kind !== 'prefix-list-changed') return new Set();
  const lists = change.resources.map(({ id }) => id);
  const naming = rules.filter(({ source }) => source.kind === 'prefix-list' && lists.includes(source.id));
  return new Set(naming.map(({ id }) => id));
}

/** Ids of the rules of the group's last clean reading; null when there was none. */
export function lastCleanOf({ history }: Case): ReadonlySet<string> | null {
  const reading = history.lastReading;
  const ids = reading?.kind === 'security-group' ? reading.cleanRuleIds : null;
  return ids === null ? null : new Set(ids);
}

/** `when: new` counts what the change named, what a clean reading lacks, what a Config rule saw turn, and new places. */
export function newness(given: Case, rules: readonly SecurityGroupRule[]): (rule: SecurityGroupRule) => boolean {
  const { change, policy } = given;
  const { fact } = change;
  const turned = fact.kind === 'verdict' && fact.transition;
  if (policy.when === 'any' || turned || fact.kind === 'group-associated') return () => true;
  const [named, lastClean] = [namedBy(given, rules), lastCleanOf(given)];
  return ({ id }) => named.has(id) || (lastClean !== null && !lastClean.has(id));
}
