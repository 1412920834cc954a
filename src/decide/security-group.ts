import { createHash } from 'node:crypto';
import type { Context, History } from '../decide.ts';
import type { Change } from '../domain/change.ts';
import {
  cleanReading,
  type Decision,
  type Finding,
  ignore,
  type Remediation,
  type Severity,
} from '../domain/decision.ts';
import type { SecurityGroupEstate, SecurityGroupRule } from '../domain/estate.ts';
import { DAY, MINUTE } from '../guards/guard.ts';
import { SECURITY_GROUP_GUARDS } from '../guards/guards.ts';
import { spaceOf } from '../net/internet.ts';
import { protocolName } from '../net/protocols.ts';
import { exemptionsFor } from '../policy/exempt.ts';
import { modeFor } from '../policy/mode.ts';
import type { Exemption, Policy } from '../policy/policy.ts';
import type { Subject } from '../policy/select.ts';
import type { Excused } from '../rules/exposure.ts';
import { describeRule, type Openings, openings, portText, stillOffending, unreadable } from '../rules/internet.ts';
import { ask, exempted, hold, unreadableExemption } from './ask.ts';
import { meaningOf } from './verdict.ts';

const RULE = 'internet';

export function decideSecurityGroup(
  change: Change,
  estate: SecurityGroupEstate,
  policy: Policy,
  history: History,
  context: Context,
): readonly Decision[] {
  const subject = subjectOf(change, estate);
  const mode = modeFor(RULE, subject, policy);
  if (mode.mode === 'off') return [ignore(`the rule is off (${mode.because})`, RULE)];
  if (change.fact.kind === 'verdict' && !meaningOf(change.fact.by, policy).includes(RULE)) {
    return [ignore(`the policy gives the Config rule ${change.fact.by} no meaning for security groups`)];
  }
  const settings = policy.internet;
  const named = new Set(change.fact.kind === 'ingress-changed' ? change.fact.ruleIds : []);
  const lastClean = history.lastCleanRuleIds === null ? null : new Set(history.lastCleanRuleIds);
  const found = openings(estate, settings, { named, lastClean });
  const blind = unreadable(estate, settings);
  if (found.offending.length === 0 && blind.length === 0) {
    return [
      cleanReading(`no protected port of ${estate.group.id} is open to more of the internet than the limit`, RULE),
    ];
  }

  const revoke = (ruleIds: readonly string[]) =>
    ({ action: 'revoke-rules', groupId: estate.group.id, ruleIds }) as const;
  const guarded = { kind: 'security-group', account: context.account, policy, mode, pause: history.pause } as const;
  const decisions: Decision[] = blind.map((rule) => blindHold(estate, rule, revoke([rule.id])));
  const settle = (
    rules: readonly SecurityGroupRule[],
    decideThem: (finding: Finding, ids: readonly string[]) => Decision,
  ) => {
    if (rules.length === 0) return;
    const finding = findingOf(estate, rules, found);
    decisions.push(decideThem(finding, rules.map((rule) => rule.id).sort()));
  };

  const exemptions = exemptionsFor(RULE, subject, policy, context.now);
  if (exemptions.unreadable.length > 0) {
    const objection = unreadableExemption(exemptions.unreadable);
    settle(found.offending, (finding, ids) => hold('unreadable', objection, finding, revoke(ids)));
    return decisions;
  }
  const due = stillOffending(estate, settings, found.offending, excusedBy(exemptions.granted));
  const spared = found.offending.filter((rule) => !due.includes(rule));
  const isNew = newness(change, policy, named, lastClean);
  settle(spared, (finding, ids) => hold('exempted', exempted(exemptions.granted, context.now), finding, revoke(ids)));
  settle(
    due.filter((rule) => !isNew(rule)),
    (finding, ids) => hold('pre-existing', PRE_EXISTING, finding, revoke(ids)),
  );
  settle(due.filter(isNew), (finding, ids) => {
    const remediation = revoke(ids);
    return ask(SECURITY_GROUP_GUARDS, { ...guarded, remediation, group: estate.group }, finding, remediation);
  });
  return decisions;
}

const PRE_EXISTING = { reason: 'it was there before undrift looked, and the policy says when: new', retryAfter: DAY };

function subjectOf(change: Change, { group }: SecurityGroupEstate): Subject {
  const { account, region, actor } = change;
  return { account, region, actor, vpc: group.vpcId, group, fleet: null, instance: null, tags: group.tags };
}

/** `when: new` counts what the change named, what a clean reading lacks, and what Config saw turn. */
function newness(
  { fact }: Change,
  policy: Policy,
  named: ReadonlySet<string>,
  lastClean: ReadonlySet<string> | null,
): (rule: SecurityGroupRule) => boolean {
  if (policy.when === 'any' || (fact.kind === 'verdict' && fact.transition)) return () => true;
  return (rule) => named.has(rule.id) || (lastClean !== null && !lastClean.has(rule.id));
}

/** The address space that exemptions excuse, where their ports (if they name any) cover the slice. */
function excusedBy(granted: readonly Exemption[]): Excused {
  return ({ ports, family }) =>
    granted.flatMap(({ select }) => {
      const covered = select.port?.some(({ from, to }) => from <= ports.from && to >= ports.to) ?? true;
      if (!covered) return [];
      return spaceOf(family, select.range ?? ['0.0.0.0/0', '::/0']);
    });
}

function blindHold(estate: SecurityGroupEstate, rule: SecurityGroupRule, remediation: Remediation): Decision {
  const what = rule.source.kind === 'prefix-list' ? 'the prefix list of' : 'what is let in by';
  const reason = `${what} ${rule.id} (${describeRule(rule)}) could not be read`;
  const finding = { ...findingOf(estate, [rule], { offending: [rule], open: [] }), summary: reason };
  return hold('unreadable', { reason, retryAfter: MINUTE }, finding, remediation);
}

function findingOf(estate: SecurityGroupEstate, rules: readonly SecurityGroupRule[], found: Openings): Finding {
  const ids = new Set(rules.map((rule) => rule.id));
  const open = found.open.filter((slice) => [...slice.reach.keys()].some((id) => ids.has(id)));
  const reached = [...new Set(open.map(({ name, protocol, ports }) => reachedText(name, protocol, ports)))];
  const sources = [...new Set(rules.map((rule) => describeRule(rule)))];
  const allTraffic = rules.some((rule) => rule.protocol === '-1');
  const severity: Severity = allTraffic ? 'critical' : 'high';
  const what = allTraffic ? 'all traffic' : named(reached);
  return {
    key: `security-group/${estate.group.id}/${RULE}/${digest(rules)}`,
    round: [...ids].sort().join(','),
    resource: { type: 'security-group', id: estate.group.id },
    rule: RULE,
    severity,
    summary: `${what} open to the internet: ${sources.join('; ')}`,
    evidence: [
      ...rules.map((rule) => `${rule.id}: ${describeRule(rule)}${rule.description ? ` (${rule.description})` : ''}`),
      `reached: ${reached.slice(0, 12).join(', ')}${reached.length > 12 ? ` and ${reached.length - 12} more` : ''}`,
    ],
  };
}

/** `SSH (tcp 22), RDP (tcp 3389) and 3 more`. */
function named(reached: readonly string[]): string {
  if (reached.length === 0) return 'protected ports';
  const more = reached.length > 2 ? ` and ${reached.length - 2} more` : '';
  return `${reached.slice(0, 2).join(', ')}${more}`;
}

function reachedText(
  name: string,
  protocol: Parameters<typeof protocolName>[0],
  ports: Parameters<typeof portText>[0],
) {
  return protocol === 'all' ? name : `${name} (${protocolName(protocol)} ${portText(ports)})`;
}

/** What is wrong, whatever ids the rules have: the same hole opened again is the same incident. */
function digest(rules: readonly SecurityGroupRule[]): string {
  const holes = rules.map((rule) => [
    rule.egress,
    rule.protocol,
    rule.fromPort,
    rule.toPort,
    Object.values(rule.source),
  ]);
  const text = JSON.stringify(holes.map((hole) => JSON.stringify(hole)).sort());
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
