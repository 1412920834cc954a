import { namesUnknown, rulesNamedBy } from '../decide/case.ts';
import { digestOf } from '../decide/finding.ts';
import type { Change } from '../domain/change.ts';
import { type Decision, revokedIds } from '../domain/decision.ts';
import type { SecurityGroupEstate, SecurityGroupRule } from '../domain/estate.ts';
import type { EarlierRule, GroupReading, Reading } from '../domain/reading.ts';
import { differs } from '../domain/rule-value.ts';

/** Rules remembered as they were before a change, and those that undrift revoked. */
const KEPT = 100;
const REVOKED_KEPT = 50;

/** More rules than these are no first snapshot that could be kept: EC2 admits a thousand for an interface. */
const FIRST_KEPT = 1000;

/** What was judged, beside the live state: by which change, and under which policy. */
export type Judging = {
  readonly change: Change;
  readonly decisions: readonly Decision[];
  readonly before: Reading | null;
  /** Rules of the policy that judge every group. */
  readonly sides: readonly string[];
  readonly policyDigest: string;
  readonly now: Date;
};

/**
 * What is remembered of a group after it was judged. Rules that are being revoked are left out: that they go is undrift's
 * own doing, not a change by hand.
 */
export function groupReading(estate: SecurityGroupEstate, judging: Judging): GroupReading {
  const { decisions, before, policyDigest, now } = judging;
  const last = before?.kind === 'security-group' ? before : null;
  const revoked = new Set(decisions.flatMap(revokedBy));
  const rules = byId(estate.rules.filter(({ id }) => !revoked.has(id)));
  const clean = isClean(judging);
  const first = firstOf(rules, last, judging);
  const spared = [...new Set(decisions.flatMap(sparedBy))].sort();
  return {
    kind: 'security-group',
    ...(clean ? { ...cleanOf(rules), cleanUnder: policyDigest } : lastCleanOf(last)),
    ...(spared.length > 0 && { spared }),
    ...(namesForeignList(estate) ? { foreignLists: true as const } : {}),
    ...(clean ? {} : { open: true as const }),
    ...(first !== null && { first }),
    rules,
    earlier: earlierOf(last, estate.rules, revoked, now),
  };
}

/**
 * Within the limits whoever uses it: by every rule that is on, in both directions. A verdict on one direction, or a mode that is
 * off where the group is in use, says nothing about the other.
 */
function isClean({ decisions, sides }: Judging): boolean {
  const clean = new Set(decisions.flatMap((it) => (it.kind === 'ignore' && it.clean ? [it.rule] : [])));
  return sides.length > 0 && sides.every((side) => clean.has(side)) && !decisions.some(isExposed);
}

/**
 * The first snapshot never grows by what somebody adds later; only the service that keeps the group adds to it. It has nothing that a
 * change named, nothing where a call added rules and does not say which, and nothing that is being revoked.
 */
function firstOf(rules: readonly SecurityGroupRule[], last: GroupReading | null, judging: Judging) {
  const before = last === null || isMade(judging.change) ? snapshotOf(rules, judging) : last.first;
  if (before === undefined) return null;
  const added = new Set(judging.decisions.flatMap((it) => (it.kind === 'hold' ? (it.ofService ?? []) : [])));
  const holes = { ...before.holes, ...holesOf(rules.filter(({ id }) => added.has(id))) };
  const sorted = Object.entries(holes).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.length > FIRST_KEPT ? null : { at: before.at, holes: Object.fromEntries(sorted) };
}

function snapshotOf(rules: readonly SecurityGroupRule[], { change, now }: Judging) {
  if (isMade(change)) return { at: change.at, holes: holesOf(rules.filter(({ egress }) => egress)) };
  const named = new Set(rulesNamedBy(change, rules));
  const seen = namesUnknown(change) ? [] : rules.filter(({ id }) => !named.has(id));
  return { at: now.toISOString(), holes: holesOf(seen) };
}

const isMade = ({ fact }: Change): boolean => fact.kind === 'rules-added' && fact.created === true;

function namesForeignList({ group, rules, prefixLists }: SecurityGroupEstate): boolean {
  const named = new Set(rules.flatMap(({ source }) => (source.kind === 'prefix-list' ? [source.id] : [])));
  return prefixLists.some(({ id, ownerId }) => named.has(id) && ownerId !== group.ownerId);
}

const byId = (rules: readonly SecurityGroupRule[]) => [...rules].sort((a, b) => (a.id < b.id ? -1 : 1));

const holesOf = (rules: readonly SecurityGroupRule[]) =>
  Object.fromEntries(rules.map((rule) => [rule.id, digestOf([rule])]));

const cleanOf = (rules: readonly SecurityGroupRule[]) => ({
  cleanRuleIds: rules.map(({ id }) => id),
  cleanHoles: holesOf(rules),
});

function lastCleanOf(last: GroupReading | null) {
  const { cleanRuleIds = null, cleanHoles, cleanUnder } = last ?? {};
  return { cleanRuleIds, ...(cleanHoles && { cleanHoles }), ...(cleanUnder !== undefined && { cleanUnder }) };
}

function sparedBy(decision: Decision): readonly string[] {
  if (decision.kind === 'remediate') return [];
  return decision.kind === 'ignore' ? (decision.spared ?? []) : (decision.ofService ?? []);
}

function revokedBy({ kind, remediation }: Decision): readonly string[] {
  return kind === 'remediate' ? revokedIds(remediation) : [];
}

/** Something of the internet is, or was, in reach; that somebody added a harmless rule by hand is no such thing. */
const isExposed = ({ kind, rule }: Decision): boolean => kind !== 'ignore' && rule !== 'pipeline-only';

function earlierOf(
  last: GroupReading | null,
  live: readonly SecurityGroupRule[],
  revoked: ReadonlySet<string>,
  now: Date,
): readonly EarlierRule[] {
  const shown = new Map(live.map((rule) => [rule.id, rule]));
  const isReplaced = (rule: SecurityGroupRule) => {
    const now = shown.get(rule.id);
    return now === undefined || differs(rule, now);
  };
  const replaced = (last?.rules ?? []).filter(isReplaced);
  const until = now.toISOString();
  const known = (last?.earlier ?? []).filter((one) => !(one.revoked && shown.has(one.rule.id)));
  const gone = live.filter(({ id }) => revoked.has(id));
  // Whoever has rules revoked over and over must not push out what others were.
  const [ours, others] = [known.filter((one) => one.revoked), known.filter((one) => !one.revoked)];
  return [
    ...[...others, ...replaced.map((rule) => ({ rule, until }))].slice(-KEPT),
    ...[...ours, ...gone.map((rule) => ({ rule, until, revoked: true as const }))].slice(-REVOKED_KEPT),
  ];
}
