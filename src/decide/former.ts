/** What was there before: undrift takes away whole rules, so what a rule let in before it was changed in place goes with it. */
import type { Finding } from '../domain/decision.ts';
import type { PrefixList, SecurityGroupRule } from '../domain/estate.ts';
import { holeOf } from '../domain/rule-value.ts';
import { wordsOf } from '../rules/describe-rule.ts';
import type { Case } from './case.ts';
import { digestOf } from './finding.ts';

/** What goes into a finding: `lines` are evidence. */
type Former = { readonly lines: readonly string[] } & Pick<Finding, 'putBack' | 'unknownBefore'>;

const NOTHING: Former = { lines: [] };

/** Rules that have another value now, and those of which the change says so and no other value is on record. */
export function formerRules(rules: readonly SecurityGroupRule[], given: Case): Former {
  const pairs = rules.map((rule) => ({ rule, before: valueBefore(rule, given) }));
  const known = pairs.flatMap(({ before }) => before ?? []);
  const lines = pairs.flatMap(({ rule, before }) => {
    if (before !== null) return [`${rule.id} was ${wordsOf(before)} before it was changed in place`];
    return isChanged(rule, given) ? [`${rule.id} was changed in place; no earlier value of it is on record`] : [];
  });
  return {
    lines,
    ...(known.length > 0 && { putBack: { action: 'modify-rules', rules: known } }),
    ...(lines.length > known.length && { unknownBefore: true }),
  };
}

/** The value of the last clean reading; else the last one that differed. Null where none is known, or none differed. */
function valueBefore(rule: SecurityGroupRule, { history }: Case): SecurityGroupRule | null {
  const reading = history.lastReading;
  if (reading?.kind !== 'security-group') return null;
  const clean = reading.cleanHoles?.[rule.id];
  if (clean === digestOf([rule])) return null;
  const seen = [...reading.earlier.flatMap((it) => (it.revoked ? [] : [it.rule])), ...reading.rules];
  const others = seen.filter(({ id }) => id === rule.id).filter((other) => holeOf(other) !== holeOf(rule));
  return others.findLast((other) => digestOf([other]) === clean) ?? others.at(-1) ?? null;
}

/** Not where the last clean reading has it as it is: then only its words were changed. */
function isChanged(rule: SecurityGroupRule, { change, history }: Case): boolean {
  const { fact } = change;
  if (fact.kind !== 'rules-modified' || (fact.ruleIds.length > 0 && !fact.ruleIds.includes(rule.id))) return false;
  const reading = history.lastReading;
  return reading?.kind !== 'security-group' || reading.cleanHoles?.[rule.id] !== digestOf([rule]);
}

/** The groups that the interface had when its groups were last found within the limit, where it has lost one of them. */
export function formerGroups(interfaceId: string, groupIds: readonly string[], { history }: Case): Former {
  const reading = history.lastReading;
  if (reading?.kind !== 'network-interface' || reading.groupIds.every((id) => groupIds.includes(id))) return NOTHING;
  const before = reading.groupIds;
  const lines = [`${interfaceId} had ${before.join(', ')} when it was last found within the limit`];
  return { lines, putBack: { action: 'attach-groups', interfaceId, groupIds: before } };
}

/** EC2 keeps the versions of a list, and lets its owner restore one. */
export function formerVersion(lists: readonly PrefixList[], { change, context }: Case): Former {
  const { fact, resources } = change;
  const list = lists.find(({ id }) => resources.some((resource) => resource.id === id));
  if (fact.kind !== 'prefix-list-changed' || fact.before === undefined || list?.ownerId !== context.account)
    return NOTHING;
  const lines = [`version ${fact.before} of ${list.id} was there before the change`];
  return { lines, putBack: { action: 'restore-version', prefixListId: list.id, version: fact.before } };
}

export function withFormer(finding: Finding, { lines, ...former }: Former): Finding {
  return { ...finding, evidence: [...finding.evidence, ...lines], ...former };
}
