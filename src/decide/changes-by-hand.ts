/** What a change did to the rules of a group, compared with what the ledger last knew of them. */
import type { Decision, Finding, PutBack, RevokeRules } from '../domain/decision.ts';
import type { SecurityGroupEstate, SecurityGroupRule } from '../domain/estate.ts';
import { keyOf } from '../domain/key.ts';
import { occurrenceOf } from '../domain/occurrence.ts';
import { differs, holeOf } from '../domain/rule-value.ts';
import { describeRule } from '../rules/describe-rule.ts';
import type { Case } from './case.ts';
import { digestOf, idsOf, roundOf } from './finding.ts';
import { previousOf } from './previous.ts';

export const RULE = 'pipeline-only';

/** What was changed, and the act that puts it right; null where undrift can only tell. */
type Seen = {
  readonly finding: Finding;
  readonly act: RevokeRules | null;
};

export function changesByHand(estate: SecurityGroupEstate, others: readonly Decision[], given: Case): readonly Seen[] {
  const { fact } = given.change;
  if (fact.kind === 'rules-added') return added(estate, fact, others, given);
  if (fact.kind === 'rules-modified' || fact.kind === 'rules-described') return changed(estate, fact, given);
  return fact.kind === 'rules-removed' ? removed(estate, fact, given) : [];
}

type Named = { readonly ruleIds: readonly string[] };
type Directed = Named & { readonly egress: boolean };

/** Old records name no ids: then it is what the last reading lacks. */
function added(estate: SecurityGroupEstate, fact: Directed, others: readonly Decision[], given: Case): readonly Seen[] {
  const reading = given.history.lastReading;
  const known = reading?.kind === 'security-group' ? new Set(reading.rules.map(({ id }) => id)) : null;
  const isAdded = ({ id }: SecurityGroupRule) =>
    fact.ruleIds.length > 0 ? fact.ruleIds.includes(id) : known !== null && !known.has(id);
  const gone = new Set(others.flatMap(({ kind, remediation }) => (kind === 'remediate' ? revokedBy(remediation) : [])));
  const rules = estate.rules.filter((rule) => rule.egress === fact.egress && isAdded(rule) && !gone.has(rule.id));
  if (rules.length === 0) return [];
  const finding = {
    ...findingOf(estate, given, 'added', rules),
    key: `security-group/${estate.group.id}/${RULE}/${digestOf(rules)}`,
    round: roundOf(rules),
    summary: `rules were added by hand: ${rules.map(describeRule).join('; ')}`,
  };
  const groupId = estate.group.id;
  return [{ finding, act: { action: 'revoke-rules', groupId, egress: fact.egress, ruleIds: idsOf(rules) } }];
}

function revokedBy(remediation: Decision['remediation']): readonly string[] {
  return remediation?.action === 'revoke-rules' ? remediation.ruleIds : [];
}

/** In place: values by ModifySecurityGroupRules, words by the description calls, which may name no ids. */
function changed(estate: SecurityGroupEstate, fact: Named, given: Case): readonly Seen[] {
  const named = estate.rules.filter(({ id }) => fact.ruleIds.length === 0 || fact.ruleIds.includes(id));
  const pairs = named.flatMap((now) => {
    const before = previousOf(now.id, given);
    return before === null ? [] : [{ before, now }];
  });
  const differing = pairs.filter(({ before, now }) => differs(before, now));
  const unknown = fact.ruleIds.filter((id) => !pairs.some(({ now }) => now.id === id));
  if (differing.length > 0) {
    const before = differing.map((pair) => pair.before);
    const lines = differing.map((it) => `${it.now.id} was ${wordsOf(it.before)}, is ${wordsOf(it.now)}`);
    const putBack: PutBack = { action: 'modify-rules', rules: before };
    const summary = `rules were changed by hand: ${lines.join('; ')}`;
    return [{ act: null, finding: { ...findingOf(estate, given, 'modified', before), summary, putBack } }];
  }
  return unknown.length === 0 ? [] : [{ act: null, finding: unknownFinding(estate, given, 'modified', unknown) }];
}

function removed(estate: SecurityGroupEstate, fact: Directed, given: Case): readonly Seen[] {
  const live = new Set(estate.rules.map(({ id }) => id));
  const reading = given.history.lastReading;
  const known =
    reading?.kind === 'security-group' ? [...reading.rules, ...reading.earlier.map(({ rule }) => rule)] : [];
  const ids = fact.ruleIds.length > 0 ? fact.ruleIds : [...new Set(known.map(({ id }) => id))];
  const gone = ids.filter((id) => !live.has(id));
  const before = gone.flatMap((id) => previousOf(id, given) ?? []);
  // Put back by hand, a rule has another id.
  const isBack = (rule: SecurityGroupRule) => estate.rules.some((other) => holeOf(other) === holeOf(rule));
  const lost = before.filter((rule) => rule.egress === fact.egress && !isBack(rule));
  if (lost.length > 0) {
    const putBack: PutBack = { action: 'authorize-rules', rules: lost };
    const summary = `rules were removed by hand: ${lost.map(describeRule).join('; ')}`;
    return [{ act: null, finding: { ...findingOf(estate, given, 'removed', lost), summary, putBack } }];
  }
  const unknown = fact.ruleIds.filter((id) => !live.has(id) && !before.some((rule) => rule.id === id));
  return unknown.length === 0 ? [] : [{ act: null, finding: unknownFinding(estate, given, 'removed', unknown) }];
}

const wordsOf = (rule: SecurityGroupRule): string =>
  `${describeRule(rule)}${rule.description ? ` (${rule.description})` : ''}`;

function findingOf(
  estate: SecurityGroupEstate,
  { change }: Case,
  how: string,
  rules: readonly SecurityGroupRule[],
): Finding {
  const { id } = estate.group;
  return {
    key: `security-group/${id}/${RULE}/${how}/${digestOf(rules)}`,
    round: occurrenceOf(change.eventId),
    resource: { type: 'security-group', id },
    rule: RULE,
    severity: 'medium',
    summary: '',
    evidence: rules.map((rule) => `${rule.id}: ${wordsOf(rule)}`),
  };
}

function unknownFinding(estate: SecurityGroupEstate, given: Case, how: string, ids: readonly string[]): Finding {
  return {
    ...findingOf(estate, given, how, []),
    key: keyOf(['security-group', estate.group.id, RULE, how, [...ids].sort().join('+')]),
    summary: `rules were ${how} by hand: ${ids.join(', ')}; what they were is not known, as undrift had not read the group before`,
    evidence: [],
  };
}
