import { digestOf } from '../decide/finding.ts';
import type { Decision } from '../domain/decision.ts';
import type { SecurityGroupEstate, SecurityGroupRule } from '../domain/estate.ts';
import type { EarlierRule, GroupReading, Reading } from '../domain/reading.ts';

/** Rules remembered as they were before a change. */
const KEPT = 100;

/**
 * What is remembered of a group after it was judged. Rules that are being revoked are left out: that they go is undrift's
 * own doing, not a change by hand. Values are kept only where the policy asks for them.
 */
export function groupReading(
  estate: SecurityGroupEstate,
  decisions: readonly Decision[],
  before: Reading | null,
  keepValues: boolean,
  now: Date,
): GroupReading {
  const last = before?.kind === 'security-group' ? before : null;
  const revoked = new Set(decisions.flatMap(revokedBy));
  const rules = estate.rules.filter(({ id }) => !revoked.has(id));
  const clean =
    decisions.some((decision) => decision.kind === 'ignore' && decision.clean) && !decisions.some(isExposed);
  return {
    kind: 'security-group',
    ...(clean ? cleanOf(rules) : { cleanRuleIds: last?.cleanRuleIds ?? null, ...holesOf(last) }),
    ...(namesForeignList(estate) ? { foreignLists: true as const } : {}),
    ...(clean ? {} : { open: true as const }),
    rules: keepValues ? [...rules].sort((a, b) => (a.id < b.id ? -1 : 1)) : [],
    earlier: keepValues ? earlierOf(last, estate.rules, now) : [],
  };
}

function namesForeignList({ group, rules, prefixLists }: SecurityGroupEstate): boolean {
  const named = new Set(rules.flatMap(({ source }) => (source.kind === 'prefix-list' ? [source.id] : [])));
  return prefixLists.some(({ id, ownerId }) => named.has(id) && ownerId !== group.ownerId);
}

function cleanOf(rules: readonly SecurityGroupRule[]) {
  const sorted = [...rules].sort((a, b) => (a.id < b.id ? -1 : 1));
  const cleanHoles = Object.fromEntries(sorted.map((rule) => [rule.id, digestOf([rule])]));
  return { cleanRuleIds: sorted.map(({ id }) => id), cleanHoles };
}

const holesOf = (last: GroupReading | null) => (last?.cleanHoles === undefined ? {} : { cleanHoles: last.cleanHoles });

function revokedBy({ kind, remediation }: Decision): readonly string[] {
  return kind === 'remediate' && remediation.action === 'revoke-rules' ? remediation.ruleIds : [];
}

/** Something of the internet is, or was, in reach; that somebody added a harmless rule by hand is no such thing. */
const isExposed = ({ kind, rule }: Decision): boolean => kind !== 'ignore' && rule !== 'pipeline-only';

function earlierOf(last: GroupReading | null, live: readonly SecurityGroupRule[], now: Date): readonly EarlierRule[] {
  const values = new Set(live.map((rule) => JSON.stringify(rule)));
  const replaced = (last?.rules ?? []).filter((rule) => !values.has(JSON.stringify(rule)));
  return [...(last?.earlier ?? []), ...replaced.map((rule) => ({ rule, until: now.toISOString() }))].slice(-KEPT);
}
