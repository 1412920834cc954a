/** What a hole is called, in keys and in words for people. */
import { createHash } from 'node:crypto';
import type { Severity } from '../domain/decision.ts';
import type { PrefixList, SecurityGroupRule } from '../domain/estate.ts';
import { firstOf } from '../domain/first-of.ts';
import { occurrenceOf } from '../domain/occurrence.ts';
import { holeOf } from '../domain/rule-value.ts';
import { protocolName } from '../net/protocols.ts';
import { describeRule, portText, wordsOf } from '../rules/describe-rule.ts';
import type { Slice } from '../rules/exposure.ts';

const LISTED = 12;

/** What is wrong, whatever ids the rules have: the same hole opened again is the same incident. */
export function digestOf(rules: readonly SecurityGroupRule[]): string {
  const text = JSON.stringify(rules.map(holeOf).sort());
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** One occurrence of it: a rule that is opened again has a new id. */
export const roundOf = (rules: readonly SecurityGroupRule[]): string => occurrenceOf(...idsOf(rules));

export const idsOf = (rules: readonly SecurityGroupRule[]): readonly string[] => rules.map(({ id }) => id).sort();

export function severityOf(rules: readonly SecurityGroupRule[]): Severity {
  return rules.some(isAllTraffic) ? 'critical' : 'high';
}

const isAllTraffic = ({ protocol }: SecurityGroupRule) => protocol === '-1';

/** `SSH (tcp 22), RDP (tcp 3389) and 3 more open to the internet: tcp 20-4000 from 0.0.0.0/0`. */
export function summaryOf(rules: readonly SecurityGroupRule[], open: readonly Slice[], together = ''): string {
  const ids = new Set(rules.map(({ id }) => id));
  const what = rules.some(isAllTraffic) ? 'all traffic' : some(reachedBy(ids, open));
  const direction = rules.some(({ egress }) => egress) ? 'may go to the internet' : 'open to the internet';
  return `${what} ${direction}${together}: ${[...new Set(rules.map(describeRule))].join('; ')}`;
}

/** A line for each rule, and one for what they reach. */
export function evidenceOf(rules: readonly SecurityGroupRule[], open: readonly Slice[]): readonly string[] {
  const reached = reachedBy(new Set(rules.map(({ id }) => id)), open);
  return [...rules.map((rule) => `${rule.id}: ${wordsOf(rule)}`), `reached: ${firstOf(reached, LISTED)}`];
}

/** A list that another account owns can be widened without an event of ours. */
export function foreignLists(
  rules: readonly SecurityGroupRule[],
  prefixLists: readonly PrefixList[],
  account: string,
): readonly string[] {
  const named = new Set(rules.flatMap(({ source }) => (source.kind === 'prefix-list' ? [source.id] : [])));
  return prefixLists.flatMap(({ id, ownerId }) =>
    named.has(id) && ownerId !== account
      ? [`${id} belongs to ${ownerId ?? 'an unknown owner'}, who can widen it without an event in this account`]
      : [],
  );
}

function reachedBy(ids: ReadonlySet<string>, open: readonly Slice[]): readonly string[] {
  const slices = open.filter(({ ruleIds }) => ruleIds.some((id) => ids.has(id)));
  return [
    ...new Set(
      slices.map(({ name, protocol, ports }) =>
        protocol === 'all' ? name : `${name} (${protocolName(protocol)} ${portText(ports)})`,
      ),
    ),
  ];
}

/** `SSH (tcp 22), RDP (tcp 3389) and 3 more`. */
function some(reached: readonly string[]): string {
  return reached.length === 0 ? 'protected ports' : firstOf(reached, 2);
}
