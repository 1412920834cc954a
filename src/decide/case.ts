import type { Context, History } from '../decide.ts';
import type { Change } from '../domain/change.ts';
import type { Remediation } from '../domain/decision.ts';
import type { GroupWithRules, SecurityGroupRule } from '../domain/estate.ts';
import type { NetworkCase, Owned } from '../guards/guard.ts';
import type { AppliedMode } from '../policy/mode.ts';
import type { ExposureSettings, Policy } from '../policy/policy.ts';
import type { Subject } from '../policy/select.ts';
import type { RuleOrder } from '../rules/openings.ts';
import { digestOf } from './finding.ts';
import { seenBefore } from './snapshot.ts';

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

/** Where nothing is known to be newer than the rest. */
export const NO_ORDER: RuleOrder = { named: new Set(), lastClean: null };

export function sidesOf({ internet, egress }: Policy): readonly Side[] {
  return [
    { rule: 'internet', egress: false, settings: internet },
    { rule: 'egress', egress: true, settings: egress },
  ];
}

export function rulesOf(side: Side, { rules }: Pick<GroupWithRules, 'rules'>): readonly SecurityGroupRule[] {
  return rules.filter(({ egress }) => egress === side.egress);
}

/** For exemptions: a group serves the VPC that it was made in, and each in which an interface has it (`served`). */
export function subjectOf({ change }: Case, { group }: GroupWithRules, served: readonly string[]): Subject {
  const { account, region, actor } = change;
  const vpcs = [...new Set([group.vpcId, ...served])].filter((vpc) => vpc !== null);
  return {
    account,
    region,
    actor,
    vpcs,
    securityGroup: group,
    autoScalingGroup: null,
    instance: null,
    tags: group.tags,
  };
}

/** Ids of the rules that the change itself is about; of those that only got other words, none. */
export function namedBy(given: Case, rules: readonly SecurityGroupRule[]): ReadonlySet<string> {
  const named = rulesNamedBy(given.change, rules);
  if (given.change.fact.kind !== 'rules-modified') return new Set(named);
  return new Set(named.filter((id) => !isUnchanged(id, given, rules)));
}

export function rulesNamedBy({ fact, resources }: Change, rules: readonly SecurityGroupRule[]): readonly string[] {
  if (fact.kind === 'rules-added' || fact.kind === 'rules-modified') return fact.ruleIds;
  if (fact.kind !== 'prefix-list-changed') return [];
  const lists = resources.map(({ id }) => id);
  return rules.flatMap(({ id, source }) => (source.kind === 'prefix-list' && lists.includes(source.id) ? [id] : []));
}

/** It added or changed rules, and the record does not say which, or not all of them. */
export function namesUnknown({ fact }: Change): boolean {
  if (fact.kind === 'rules-added') return (fact.ruleIds.length === 0 || fact.unlisted === true) && !fact.created;
  return fact.kind === 'rules-modified' && fact.ruleIds.length === 0;
}

/** Ids of the rules that the group's last clean reading had, as they are now; null when there was none. */
export function lastCleanOf(given: Case, rules: readonly SecurityGroupRule[]): ReadonlySet<string> | null {
  const reading = given.history.lastReading;
  if (reading?.kind !== 'security-group' || reading.cleanRuleIds === null) return null;
  const { cleanRuleIds, cleanHoles } = reading;
  return new Set(cleanRuleIds.filter((id) => cleanHoles === undefined || isUnchanged(id, given, rules)));
}

/** Whoever changes the words of an old rule must not have it taken for a new one. */
function isUnchanged(id: string, { history }: Case, rules: readonly SecurityGroupRule[]): boolean {
  const reading = history.lastReading;
  const hole = reading?.kind === 'security-group' ? reading.cleanHoles?.[id] : undefined;
  const rule = rules.find((it) => it.id === id);
  return hole !== undefined && rule !== undefined && digestOf([rule]) === hole;
}

/** Ids of the rules of the group's first snapshot that nobody was seen to make, as they are now; null when there was none. */
export function firstRulesOf(given: Case, rules: readonly SecurityGroupRule[]): ReadonlySet<string> | null {
  const reading = given.history.lastReading;
  const first = reading?.kind === 'security-group' ? reading.first : undefined;
  if (first === undefined) return null;
  return new Set(rules.flatMap((rule) => (first.holes[rule.id] === digestOf([rule]) ? [rule.id] : [])));
}

/**
 * `when: new` counts what the change named, what a Config rule saw turn, new places, what was no exposure only because of who used
 * the group, and what neither the first snapshot nor the last clean one had. What only the policy has made an exposure is not new.
 */
export function newness(given: Case, rules: readonly SecurityGroupRule[]): (rule: SecurityGroupRule) => boolean {
  const { change, policy, history } = given;
  const { fact } = change;
  const turned = fact.kind === 'verdict' && fact.transition;
  if (policy.when === 'any' || turned || fact.kind === 'group-associated') return () => true;
  const [named, lastClean, first] = [namedBy(given, rules), lastCleanOf(given, rules), firstRulesOf(given, rules)];
  const spared = history.lastReading?.kind === 'security-group' ? (history.lastReading.spared ?? []) : [];
  const isKnown = lastClean !== null || first !== null;
  const isOld = (id: string) => lastClean?.has(id) === true || first?.has(id) === true;
  const added = unlisted(given);
  return (rule) => named.has(rule.id) || spared.includes(rule.id) || (isKnown && !isOld(rule.id)) || added(rule);
}

/** What a change added without a list of it: whatever was not there before. */
function unlisted({ change, history }: Case): (rule: SecurityGroupRule) => boolean {
  const { fact, at } = change;
  if (fact.kind !== 'rules-added') return () => false;
  if (fact.created) return ({ egress }) => !egress;
  if (!fact.unlisted) return () => false;
  const before = seenBefore(history.lastReading, at);
  return (rule) => rule.egress === fact.egress && before?.(rule) !== true;
}

/** What the guards of an act on a network are asked about. */
export function circumstances(
  { policy, history, context }: Case,
  mode: AppliedMode,
  remediation: Remediation,
  owned: Owned,
  sharedBy: readonly string[],
): NetworkCase {
  const { pause } = history;
  const { account, now } = context;
  return { kind: 'network', account, policy, mode, pause, now, remediation, owned, sharedBy };
}
