/** What a change did to the rules of a group, compared with what the ledger last knew of them. */
import { type Decision, type Finding, type PutBack, type RevokeRules, revokedIds } from '../domain/decision.ts';
import type { SecurityGroupEstate, SecurityGroupRule } from '../domain/estate.ts';
import { keyOf } from '../domain/key.ts';
import { occurrenceOf } from '../domain/occurrence.ts';
import { differs } from '../domain/rule-value.ts';
import { describeRule, wordsOf } from '../rules/describe-rule.ts';
import type { Case } from './case.ts';
import { digestOf, idsOf, roundOf } from './finding.ts';
import { previousOf, revokedRule } from './previous.ts';
import { type Removed, removedRules } from './removed-rules.ts';

export const RULE = 'pipeline-only';

/** What was changed, and the act that puts it right; null where undrift can only tell. */
type Seen = {
  readonly finding: Finding;
  readonly act: RevokeRules | null;
};

export function changesByHand(estate: SecurityGroupEstate, others: readonly Decision[], given: Case): readonly Seen[] {
  const { fact } = given.change;
  if (fact.kind === 'rules-added') return added(estate, fact, others, given);
  if (fact.kind === 'rules-modified' || fact.kind === 'rules-described') return changed(estate, fact, others, given);
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
  const gone = goingBy(others);
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

/** Ids of the rules that other decisions revoke. */
function goingBy(others: readonly Decision[]): ReadonlySet<string> {
  return new Set(others.flatMap(({ kind, remediation }) => (kind === 'remediate' ? revokedIds(remediation) : [])));
}

/** In place: values by ModifySecurityGroupRules, words by the description calls, which may name no ids. */
function changed(estate: SecurityGroupEstate, fact: Named, others: readonly Decision[], given: Case): readonly Seen[] {
  const ids = fact.ruleIds.length > 0 ? fact.ruleIds : idsOf(estate.rules);
  const gone = goingBy(others);
  const pairs = ids.flatMap((id): Pair[] => {
    const live = estate.rules.find((rule) => rule.id === id);
    // Of one that somebody else removed, that call is reported.
    const now = live ?? revokedRule(id, given);
    const before = previousOf(id, given);
    if (now === null || (before !== null && !differs(before, now))) return [];
    // What is decided now may yet be refused.
    const revoked = live === undefined ? 'revoked' : gone.has(id) ? 'revokes' : null;
    return [{ before, now, revoked }];
  });
  return [
    ...inPlace(
      estate,
      pairs.filter(({ revoked }) => revoked === null),
      fact,
      given,
    ),
    ...withWholeRule(
      estate,
      pairs.filter(({ revoked }) => revoked !== null),
      fact,
      given,
    ),
  ];
}

/** `revoked`: undrift revoked it as it is now, or does so for the same change. */
type Pair = {
  readonly before: SecurityGroupRule | null;
  readonly now: SecurityGroupRule;
  readonly revoked: 'revoked' | 'revokes' | null;
};
type Known = Pair & { readonly before: SecurityGroupRule };

const isKnown = (pair: Pair): pair is Known => pair.before !== null;

function inPlace(
  estate: SecurityGroupEstate,
  pairs: readonly Pair[],
  { ruleIds }: Named,
  given: Case,
): readonly Seen[] {
  const known = pairs.filter(isKnown);
  const unknown = ruleIds.filter((id) => pairs.some(({ now, before }) => now.id === id && before === null));
  const lines = known.map(({ before, now }) => `${now.id} was ${wordsOf(before)}, is ${wordsOf(now)}`);
  const rest = unknown.length === 0 ? [] : [`${unknown.join(', ')}: ${NOT_KNOWN}`];
  if (known.length > 0) return [told(estate, given, known, [...lines, ...rest], 'modify-rules')];
  return unknown.length === 0 ? [] : [{ act: null, finding: unknownFinding(estate, given, 'modified', unknown) }];
}

/** The ids are gone with the rules: nothing that names them is of use. */
function withWholeRule(
  estate: SecurityGroupEstate,
  pairs: readonly Pair[],
  { ruleIds }: Named,
  given: Case,
): readonly Seen[] {
  const known = pairs.filter(isKnown);
  const unknown = pairs.filter(({ now, before }) => before === null && ruleIds.includes(now.id));
  const into = ({ now, revoked }: Pair) => `${wordsOf(now)}, which undrift ${revoked}`;
  const others = unknown.map(into).join('; ');
  const lines = known.map((pair) => `${wordsOf(pair.before)} became ${into(pair)}`);
  const rest = unknown.length === 0 ? [] : [`others became ${others}; ${NOT_KNOWN}`];
  if (known.length > 0) return [told(estate, given, known, [...lines, ...rest], 'authorize-rules')];
  if (unknown.length === 0) return [];
  const ids = idsOf(unknown.map(({ now }) => now));
  const finding = unknownFinding(estate, given, 'modified', ids);
  return [{ act: null, finding: { ...finding, summary: `rules were changed by hand into ${others}; ${NOT_KNOWN}` } }];
}

function told(
  estate: SecurityGroupEstate,
  given: Case,
  pairs: readonly Known[],
  lines: readonly string[],
  action: 'modify-rules' | 'authorize-rules',
): Seen {
  const before = pairs.map((pair) => pair.before);
  const finding = findingOf(estate, given, 'modified', before);
  const evidence = action === 'modify-rules' ? finding.evidence : before.map(wordsOf);
  const summary = `rules were changed by hand: ${lines.join('; ')}`;
  return { act: null, finding: { ...finding, summary, evidence, putBack: { action, rules: before } } };
}

const NOT_KNOWN = 'what they were is not known, as undrift had not read them before';

function removed(estate: SecurityGroupEstate, fact: Removed, given: Case): readonly Seen[] {
  const { lost, unknown, from } = removedRules(estate, fact, given);
  if (lost.length === 0) {
    return unknown.length === 0 ? [] : [{ act: null, finding: unknownFinding(estate, given, 'removed', unknown) }];
  }
  const putBack: PutBack = { action: 'authorize-rules', rules: lost };
  const rest = unknown.length === 0 ? [] : [`${unknown.join(', ')}: ${NOT_KNOWN}`];
  const summary = `rules were removed by hand: ${[...lost.map(describeRule), ...rest].join('; ')}`;
  const finding = { ...findingOf(estate, given, 'removed', lost), summary, putBack, ...(from !== null && { from }) };
  return [{ act: null, finding }];
}

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
    evidence: rules.map((rule) => `${rule.id === '' ? '' : `${rule.id}: `}${wordsOf(rule)}`),
  };
}

function unknownFinding(estate: SecurityGroupEstate, given: Case, how: string, ids: readonly string[]): Finding {
  return {
    ...findingOf(estate, given, how, []),
    key: keyOf(['security-group', estate.group.id, RULE, how, [...ids].sort().join('+')]),
    summary: `rules were ${how} by hand: ${ids.join(', ')}; ${NOT_KNOWN}`,
    evidence: [],
  };
}
