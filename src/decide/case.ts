import type { Context, History } from '../decide.ts';
import type { Change } from '../domain/change.ts';
import type { Remediation } from '../domain/decision.ts';
import type { GroupWithRules, NetworkInterface, SecurityGroupRule } from '../domain/estate.ts';
import type { NetworkCase, Owned } from '../guards/guard.ts';
import { type AppliedMode, modeFor, moreCautious } from '../policy/mode.ts';
import type { ExposureSettings, Mode, Policy, RuleId } from '../policy/policy.ts';
import type { Subject } from '../policy/select.ts';
import type { RuleOrder } from '../rules/openings.ts';
import { digestOf } from './finding.ts';

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

export function rulesOf(side: Side, { rules }: GroupWithRules): readonly SecurityGroupRule[] {
  return rules.filter(({ egress }) => egress === side.egress);
}

/** A group serves the VPC that it was made in, and each in which an interface has it: `served`. */
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

/** An interface by itself, whatever groups it has. */
export function placeOf({ vpcId, tags }: NetworkInterface, { change }: Case): Subject {
  const { account, region, actor } = change;
  const vpcs = vpcId === null ? [] : [vpcId];
  return { account, region, actor, vpcs, securityGroup: null, autoScalingGroup: null, instance: null, tags };
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
export function namedBy(given: Case, rules: readonly SecurityGroupRule[]): ReadonlySet<string> {
  const { change } = given;
  const { fact } = change;
  if (fact.kind === 'rules-added') return new Set(fact.ruleIds);
  if (fact.kind === 'rules-modified') return new Set(fact.ruleIds.filter((id) => !isUnchanged(id, given, rules)));
  if (fact.kind !== 'prefix-list-changed') return new Set();
  const lists = change.resources.map(({ id }) => id);
  const naming = rules.filter(({ source }) => source.kind === 'prefix-list' && lists.includes(source.id));
  return new Set(naming.map(({ id }) => id));
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

/** `when: new` counts what the change named, what a clean reading lacks, what a Config rule saw turn, and new places. */
export function newness(given: Case, rules: readonly SecurityGroupRule[]): (rule: SecurityGroupRule) => boolean {
  const { change, policy } = given;
  const { fact } = change;
  const turned = fact.kind === 'verdict' && fact.transition;
  if (policy.when === 'any' || turned || fact.kind === 'group-associated') return () => true;
  const [named, lastClean] = [namedBy(given, rules), lastCleanOf(given, rules)];
  return ({ id }) => named.has(id) || (lastClean !== null && !lastClean.has(id));
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
