/** What rules were that somebody removed: as undrift last read them, as the answer of the call has them, or as it was asked for. */
import type { Fact } from '../domain/change.ts';
import type { Finding } from '../domain/decision.ts';
import type { RuleSource, RuleValue, SecurityGroupEstate, SecurityGroupRule } from '../domain/estate.ts';
import { holeOf } from '../domain/rule-value.ts';
import type { Case } from './case.ts';
import { previousOf } from './previous.ts';

export type Removed = Extract<Fact, { kind: 'rules-removed' }>;

type Lost = {
  /** Without what is back: put back by hand, a rule has another id. */
  readonly lost: readonly SecurityGroupRule[];
  /** Ids of which no value is known. */
  readonly unknown: readonly string[];
  readonly from: NonNullable<Finding['from']> | null;
};

type Source = 'reading' | 'answer' | 'request';
type Found = { readonly rule: SecurityGroupRule; readonly of: Source };

export function removedRules(estate: SecurityGroupEstate, fact: Removed, given: Case): Lost {
  const live = new Set(estate.rules.map(({ id }) => id));
  const ids = (fact.ruleIds.length > 0 ? fact.ruleIds : idsKnown(fact, estate, given)).filter((id) => !live.has(id));
  const found = [...ids.flatMap((id) => byId(id, estate, fact, given) ?? []), ...onlyAsked(estate, fact, given)];
  const isBack = (rule: SecurityGroupRule) => estate.rules.some((other) => holeOf(other) === holeOf(rule));
  const lost = found.filter(({ rule }) => rule.egress === fact.egress && !isBack(rule));
  const sources = lost.map(({ of }) => of);
  const from = (['request', 'answer'] as const).find((one) => sources.includes(one)) ?? null;
  const unknown = fact.ruleIds.filter((id) => !live.has(id) && !found.some(({ rule }) => rule.id === id));
  return { lost: lost.map(({ rule }) => rule), unknown, from };
}

/** A call by values names no ids: those that were read with these values; of a record that tells no values, all. */
function idsKnown({ asked, egress }: Removed, estate: SecurityGroupEstate, given: Case): readonly string[] {
  const wanted = asked && new Set(asked.map((value) => holeOf(ruleOf('', value, estate, egress))));
  const known = knownRules(given).filter((rule) => wanted === undefined || wanted.has(holeOf(rule)));
  return [...new Set(known.map(({ id }) => id))];
}

function knownRules({ history }: Case): readonly SecurityGroupRule[] {
  const reading = history.lastReading;
  if (reading?.kind !== 'security-group') return [];
  return [...reading.rules, ...reading.earlier.flatMap(({ rule, revoked }) => (revoked ? [] : [rule]))];
}

/** The answer has the values that were removed; a reading of the same has more of them. */
function byId(id: string, estate: SecurityGroupEstate, { removed, egress }: Removed, given: Case): Found | null {
  const read = previousOf(id, given);
  const value = removed?.[id];
  if (value === undefined) return read && { rule: read, of: 'reading' };
  const answered = ruleOf(id, value, estate, egress);
  if (read === null || holeOf(read) !== holeOf(answered)) return { rule: answered, of: 'answer' };
  return { rule: { ...read, description: answered.description ?? read.description }, of: 'reading' };
}

/** What no reading knows. */
function onlyAsked(
  estate: SecurityGroupEstate,
  { asked = [], egress, ruleIds }: Removed,
  given: Case,
): readonly Found[] {
  if (ruleIds.length > 0) return [];
  const known = new Set(knownRules(given).map(holeOf));
  const rules = asked.map((value) => ruleOf('', value, estate, egress)).filter((rule) => !known.has(holeOf(rule)));
  return rules.map((rule) => ({ rule, of: 'request' }));
}

function ruleOf(id: string, value: RuleValue, { group }: SecurityGroupEstate, egress: boolean): SecurityGroupRule {
  return { ...value, id, groupId: group.id, egress, source: withoutOwner(value.source, group.ownerId) };
}

/** A record names the account of every group; only another one is worth a word. */
function withoutOwner(source: RuleSource, account: string): RuleSource {
  if (source.kind !== 'security-group' || source.ownerId !== account) return source;
  const { ownerId: _own, ...rest } = source;
  return rest;
}
