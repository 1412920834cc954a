/**
 * What a change opened and somebody closed before undrift looked. The record has the values of the rules, so they are judged as if
 * they were still there: by the same rules, limits and exemptions. Nothing is left to act on.
 */
import type { Context, History } from '../decide.ts';
import type { Change, RecordedRule } from '../domain/change.ts';
import type { Decision, Finding } from '../domain/decision.ts';
import type {
  MissingEstate,
  PrefixList,
  SecurityGroup,
  SecurityGroupEstate,
  SecurityGroupRule,
} from '../domain/estate.ts';
import { occurrenceOf } from '../domain/occurrence.ts';
import type { Policy } from '../policy/policy.ts';
import { isSameHole } from '../rules/same-hole.ts';
import { namingCaller } from './caller.ts';
import { type Case, sidesOf } from './case.ts';
import { judgeGroup } from './exposure.ts';

/** A group, or that EC2 no longer has it. */
export type GroupSeen = SecurityGroupEstate | MissingEstate;

/** The rules that a call opened, by its record, and that the group does not have so any more. */
export function goneRules({ fact, recorded = [] }: Change, seen: GroupSeen): readonly RecordedRule[] {
  if (fact.kind !== 'rules-added' && fact.kind !== 'rules-modified') return [];
  if (seen.kind === 'missing') return recorded;
  return recorded.filter((rule) => !seen.rules.some((live) => isSameHole(live, rule)));
}

/** What was open, and by which of the rules that are gone. */
export type FoundPassed = { readonly finding: Finding; readonly ruleIds: readonly string[] };

/**
 * @param gone the rules by which it was open, with the direction of each
 * @param lists prefix lists as they were then, where these are what was changed
 */
export function decidePassed(
  change: Change,
  seen: GroupSeen,
  gone: readonly SecurityGroupRule[],
  policy: Policy,
  history: History,
  context: Context,
  lists: readonly PrefixList[] = [],
): readonly FoundPassed[] {
  const ids = gone.map(({ id }) => id);
  const fact = { kind: 'rules-added', egress: false, ruleIds: ids } as const;
  const given: Case = { change: { ...change, fact }, policy, history, context };
  const estate = seen.kind === 'missing' ? deletedGroup(change, gone) : seen;
  const decisions = sidesOf(policy).flatMap((side) => {
    // What stands open is found by itself: without it, what is over the limit is what is gone.
    const open = new Set(judgeGroup(side, estate, given).offending.map(({ id }) => id));
    const others = estate.rules.filter(({ id }) => !open.has(id) && !ids.includes(id));
    // A rule that is open by its list as it is now is found by itself, too.
    const then = gone.filter(({ id }) => lists.length === 0 || !open.has(id));
    const prefixLists = estate.prefixLists.map((now) => lists.find(({ id }) => id === now.id) ?? now);
    return judgeGroup(side, { ...estate, rules: [...others, ...then], prefixLists }, given).decisions;
  });
  const found = decisions.filter((decision) => isReported(decision) && isAbout(ids, decision));
  return namingCaller(found, change).flatMap((it) => {
    if (it.kind === 'ignore' || it.remediation?.action !== 'revoke-rules') return [];
    const { ruleIds } = it.remediation;
    return { finding: passed(it.finding, change), ruleIds: ruleIds.filter((id) => ids.includes(id)) };
  });
}

/** What a guard would have held was open all the same; what is exempt was meant to be. */
const isReported = (decision: Decision) => decision.kind !== 'ignore' && decision.guard !== 'exempted';

const isAbout = (ids: readonly string[], { remediation }: Decision) =>
  remediation?.action === 'revoke-rules' && remediation.ruleIds.some((id) => ids.includes(id));

/** An incident of its own, beside that of the same hole when undrift sees it. Its occurrence is the call. */
function passed(finding: Finding, { eventId }: Change): Finding {
  return { ...finding, key: `${finding.key}/passed`, round: occurrenceOf(eventId) };
}

/** Of a group that was deleted nothing is known but its rules: then nothing spares them. */
function deletedGroup({ account }: Change, gone: readonly SecurityGroupRule[]): SecurityGroupEstate {
  const group: SecurityGroup = { id: gone[0]?.groupId ?? '', name: '', ownerId: account, vpcId: null, tags: {} };
  return { kind: 'security-group', group, rules: [], prefixLists: [], users: [], surroundings: null };
}
