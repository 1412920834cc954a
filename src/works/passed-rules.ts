/** What a call opened in a group and somebody closed before it was read. Asked once it is certain that it is gone. */
import { closingOf } from '../closings.ts';
import { decidePassed, type FoundPassed, type GroupSeen, goneRules } from '../decide/passed.ts';
import type { Context, History } from '../decide.ts';
import { principalOf } from '../domain/actor.ts';
import type { Change, RecordedRule } from '../domain/change.ts';
import { closedByCalls } from '../domain/closing.ts';
import type { Finding } from '../domain/decision.ts';
import type { SecurityGroupRule } from '../domain/estate.ts';
import { lacksCloser, type Passed, rulesOf } from '../domain/passed.ts';
import type { ClosingReading, Reading } from '../domain/reading.ts';
import type { Policy } from '../policy/policy.ts';
import type { Ledger, SecurityGroups } from '../roles.ts';
import { isSameHole } from '../rules/same-hole.ts';

export type PassedTools = {
  readonly securityGroups: Pick<SecurityGroups, 'usersOf'>;
  readonly ledger: Pick<Ledger, 'lastReading' | 'of' | 'recent'>;
  readonly policy: Policy;
};
export type Given = { readonly history: History; readonly context: Context };

/** A rule that is gone, and the call that closed it. */
type Gone = { readonly rule: RecordedRule; readonly closing: ClosingReading | null };

/** Incidents of other resources for which a rule of the group went: as many as are read to know a call of ours. */
const RECENT = 50;

export async function passedRules(
  change: Change,
  seen: GroupSeen,
  { history, context }: Given,
  tools: PassedTools,
): Promise<readonly Passed[]> {
  const unseen = goneRules(change, seen).filter((rule) => !wasSeen(rule, change, history.lastReading));
  if (unseen.length === 0) return [];
  const known = await knownRules(unseen[0]?.groupId ?? '', change, tools);
  const gone = await Promise.all(
    unseen
      .filter(({ id }) => !known.has(id))
      .map(async (rule): Promise<Gone> => ({ rule, closing: await closingOf(rule.id, change, tools.ledger) })),
  );
  const others = gone.filter(({ closing }) => closing?.ours !== true);
  const rules = others.map((one) => directed(one, seen));
  const findings = decidePassed(change, await withUsers(seen, tools), rules, tools.policy, history, context);
  return findings.map((found) => passedBy(found, others, seen, change));
}

function passedBy({ finding, ruleIds }: FoundPassed, gone: readonly Gone[], seen: GroupSeen, change: Change): Passed {
  const own = gone.filter(({ rule }) => ruleIds.includes(rule.id));
  const byCalls = closedByCalls(
    own.map(({ closing }) => closing),
    principalOf(change.actor),
  );
  const rest = { closedBy: seen.kind === 'missing' ? ('vanished' as const) : ('another' as const), closing: null };
  return { finding, seen: whatIsSeen(finding, ruleIds, seen), ...(byCalls ?? rest) };
}

function whatIsSeen({ resource }: Finding, ruleIds: readonly string[], seen: GroupSeen): string {
  if (seen.kind === 'missing') return `${resource.id} does not exist any more`;
  const changed = ruleIds.filter((id) => seen.rules.some((live) => live.id === id));
  const gone = ruleIds.filter((id) => !changed.includes(id));
  const words = [
    ...(gone.length > 0 ? [`${gone.join(', ')} gone`] : []),
    ...(changed.length > 0 ? [`${changed.join(', ')} changed since`] : []),
  ];
  return `${resource.id} read: ${words.join('; ')}`;
}

/** The last look at the group saw it so, and judged it. */
function wasSeen(rule: RecordedRule, { at }: Change, reading: Reading | null): boolean {
  if (reading?.kind !== 'security-group') return false;
  const earlier = reading.earlier.filter(({ until }) => Date.parse(until) >= Date.parse(at));
  return [...reading.rules, ...earlier.map((one) => one.rule)].some((known) => isSameHole(known, rule));
}

/** Rules that an incident is about, or was, since the change was made: undrift saw them. */
export async function knownRules(
  groupId: string,
  { at }: Change,
  { ledger }: PassedTools,
): Promise<ReadonlySet<string>> {
  const incidents = [...(await ledger.of(groupId)), ...(await ledger.recent(RECENT))];
  const since = incidents.filter(({ updatedAt }) => Date.parse(updatedAt) >= Date.parse(at));
  return new Set(
    since.flatMap(({ decision: { remediation } }) =>
      remediation?.action === 'revoke-rules' && remediation.groupId === groupId ? remediation.ruleIds : [],
    ),
  );
}

/**
 * ModifySecurityGroupRules does not say the direction: the live rule has it, or the call that revoked it. Where neither tells, it
 * counts as inbound: what may have been open is reported.
 */
function directed({ rule, closing }: Gone, seen: GroupSeen): SecurityGroupRule {
  const live = seen.kind === 'missing' ? undefined : seen.rules.find(({ id }) => id === rule.id);
  return { ...rule, egress: rule.egress ?? live?.egress ?? closing?.egress ?? false };
}

/** Who has the group may spare what was open. What cannot be read spares nothing. */
export async function withUsers(seen: GroupSeen, { securityGroups }: PassedTools): Promise<GroupSeen> {
  if (seen.kind === 'missing' || seen.users !== undefined || seen.surroundings !== null) return seen;
  try {
    return { ...seen, users: await securityGroups.usersOf([seen.group.id]) };
  } catch {
    return seen;
  }
}

/** Incidents for which a change of rules is news: open ones about these rules, and closed ones that nobody is known to have closed. */
export async function closedFor(change: Change, ledger: Pick<Ledger, 'of'>): Promise<readonly string[]> {
  const { fact, resources, recorded } = change;
  if (fact.kind !== 'rules-removed' && fact.kind !== 'rules-modified') return [];
  const groupId = recorded?.[0]?.groupId ?? resources[0]?.id ?? '';
  const incidents = await ledger.of(groupId);
  const concerned = incidents.filter((it) => rulesOf(it).some((id) => fact.ruleIds.includes(id)));
  return concerned.filter((it) => it.status === 'held' || lacksCloser(it)).map(({ key }) => key);
}
