import type { Context, History } from '../decide.ts';
import { UNKNOWN_ACTOR } from '../domain/actor.ts';
import type { Change } from '../domain/change.ts';
import { type Decision, type Finding, gone, ignore, uncounted } from '../domain/decision.ts';
import { type InstanceEstate, isEnding, memberOf } from '../domain/estate.ts';
import { lineBefore, roundsBefore } from '../domain/fight.ts';
import { keyOf } from '../domain/key.ts';
import { isKeptAlive, meaningOfState } from '../domain/member-state.ts';
import { occurrenceOf } from '../domain/occurrence.ts';
import { replacementOrder } from '../domain/replacement-order.ts';
import { latestOf } from '../domain/taint.ts';
import { DAY, HOUR, type InstanceCase } from '../guards/guard.ts';
import { INSTANCE_GUARDS } from '../guards/guards.ts';
import { exemptionsFor } from '../policy/exempt.ts';
import { graceOf } from '../policy/grace.ts';
import { modeFor } from '../policy/mode.ts';
import type { Policy } from '../policy/policy.ts';
import { despiteFor } from '../policy/replace-despite.ts';
import type { Subject } from '../policy/select.ts';
import { trustedBy } from '../policy/trust.ts';
import { INSTANCE_RULES, type InstanceRule, type Sighted, type Sighting, seenIn } from '../rules/instance-rules.ts';
import { whyNotCounted } from '../rules/not-counted.ts';
import { everydayWork } from '../rules/own-work.ts';
import { ask, exempted, hold, unreadableExemption } from './ask.ts';
import { differing, driftEvidence } from './differing.ts';
import { entryOf } from './entry.ts';
import { withLifted } from './lifted.ts';
import { subjectOfMachine } from './machines.ts';
import { observingOwnWork } from './own-work.ts';
import { causeOf, stakesOf, withRounds } from './stakes.ts';
import { sameAgain, standingOf } from './standing.ts';
import { meaningOf } from './verdict.ts';

export function decideInstance(
  change: Change,
  estate: InstanceEstate,
  policy: Policy,
  history: History,
  context: Context,
): readonly Decision[] {
  const ending = endingOf(estate);
  if (ending !== null) return [isKeptByOthers(estate) ? { ...gone(ending), keptAlive: true } : gone(ending)];
  if (estate.clearedWith !== undefined) {
    const { clearedWith } = estate;
    return [{ ...ignore(`a person cleared it with incident ${clearedWith}`), clearedWith }];
  }
  const trusted = trustedBy(change, policy);
  if (trusted !== null) return [uncounted(`made by a trusted actor: ${trusted.id}`)];
  const everyday = everydayWork(change, estate.instance.id);
  if (everyday !== null) return [uncounted(everyday)];
  const sighted = sightings(change, estate, policy, context);
  if ('reason' in sighted) return [sighted];
  const decided = sighted.found.map((seen) => {
    const decision = decideFinding(seen, change, estate, policy, history, context);
    return withLatest(decision, seen.rule, change, estate, policy);
  });
  return 'unread' in sighted ? [...decided, sighted.unread] : decided;
}

/** Being terminated already, by us or by others: what was altered goes away, and there is nothing to put right. */
function endingOf(estate: InstanceEstate): string | null {
  const { instance } = estate;
  const member = memberOf(estate);
  if (isEnding(instance)) return `${instance.id} is ${instance.state}`;
  if (member !== undefined && meaningOfState(member)?.act === 'ignore') {
    return `${instance.id} is ${member.lifecycleState} already`;
  }
  return null;
}

/** In a lifecycle hook, for hours perhaps; where undrift replaces it, its own incident follows that. */
function isKeptByOthers(estate: InstanceEstate): boolean {
  const member = memberOf(estate);
  const ours = estate.records?.holders.includes(estate.instance.id) === true;
  return member !== undefined && isKeptAlive(member) && !isEnding(estate.instance) && !ours;
}

/**
 * The rules that are broken: by what the channel vouches for, or, on a verdict, by the difference from the template; and, since
 * it is looked at anyhow, by how the instance stands.
 */
function sightings(change: Change, estate: InstanceEstate, policy: Policy, context: Pick<Context, 'account' | 'now'>) {
  const { fact } = change;
  const standing = () => standingOf(estate, policy, context);
  if (fact.kind !== 'verdict') {
    const found = seenIn(fact, policy);
    return found.length > 0 ? { found: [...found, ...standing()] } : uncounted(noRule(change, policy));
  }
  const meant = meaningOf(fact.by, policy);
  const rules = INSTANCE_RULES.filter((rule) => meant.includes(rule.id));
  if (rules.length === 0) return uncounted(`the policy gives the Config rule ${fact.by} no meaning for instances`);
  const compared = differing(rules, estate, subjectOf(change, estate), policy);
  if (!('reason' in compared)) return { found: [...compared.found, ...standing()] };
  const found = standing();
  if (found.length === 0) return compared;
  return compared.unread ? { found, unread: compared } : { found };
}

/** Keys of the incidents that what is found would belong to. */
export function keysSighted(
  change: Change,
  estate: InstanceEstate,
  policy: Policy,
  place: Pick<Context, 'account' | 'now'>,
): readonly string[] {
  const sighted = sightings(change, estate, policy, place);
  if ('reason' in sighted) return [];
  return sighted.found.map(({ rule, sighting }) => instanceKey(estate.instance.id, rule.id, sighting.drift));
}

function noRule({ name, fact }: Change, policy: Policy): string {
  const notCounted = fact.kind === 'alert' ? whyNotCounted(fact, policy) : null;
  return notCounted ?? `no rule is about ${name} on an instance`;
}

function decideFinding(
  { rule, sighting }: Sighted,
  change: Change,
  estate: InstanceEstate,
  policy: Policy,
  history: History,
  context: Context,
): Decision {
  const { instance, group } = estate;
  const subject = subjectOf(change, estate);
  const own = modeFor(rule.id, subject, policy);
  const mode = rule.byStanding === undefined ? observingOwnWork(own, change, instance.id) : own;
  if (mode.mode === 'off') return uncounted(`the rule is off (${mode.because})`, rule.id);
  const finding = findingOf(rule, sighting, change, estate, policy);
  const member = memberOf(estate);
  if (group === null || member === undefined) return hold('not-opted-in', LONER, finding, null);

  const remediation = {
    action: 'replace-instance',
    instanceId: instance.id,
    autoScalingGroupName: group.name,
    how: replacementOrder(group),
  } as const;
  const exemptions = exemptionsFor(rule.id, subject, policy, context.now);
  if (exemptions.unreadable.length > 0) {
    return hold('unreadable', unreadableExemption(exemptions.unreadable), finding, remediation);
  }
  if (exemptions.granted.length > 0) {
    return hold('exempted', exempted(exemptions.granted, context.now), finding, remediation);
  }
  if (sighting.unreadable !== undefined) {
    return hold('unreadable', { reason: sighting.unreadable, retryAfter: HOUR }, finding, remediation);
  }
  if (policy.when === 'new' && change.fact.kind === 'verdict' && !change.fact.transition) {
    return hold('pre-existing', PRE_EXISTING, finding, remediation);
  }
  const again = sameAgain(rule, estate, policy, context);
  const cause = causeOf(finding, change);
  const past = estate.records?.past ?? [];
  const circumstances: InstanceCase = {
    kind: 'instance',
    account: context.account,
    policy,
    mode,
    pause: history.pause,
    remediation,
    rule: rule.id,
    instance,
    group,
    member,
    drift: estate.drift,
    launch: estate.launch ?? null,
    ties: estate.ties ?? null,
    despite: despiteFor(subject, policy),
    baselineChanges: baselineChanges(estate, subject, policy, context.now),
    ...stakesOf(rule.id, subject, estate, group, member, policy, context.now),
    holders: outOfService(estate),
    entered: enteredUnder(rule, finding.key, change, estate, policy),
    graceMinutes: graceOf(rule.id, policy),
    rounds: roundsBefore({ ...cause, instanceId: instance.id }, past, context.now),
    line: lineBefore(instance.id, past, context.now),
    ...(again !== null && { sameAgain: again }),
    now: context.now,
    optInTag: context.optInTag,
  };
  const whole = withRounds(withLifted(finding, circumstances), cause.drift, circumstances);
  return ask(INSTANCE_GUARDS, circumstances, whole, remediation);
}

/** Others of the group that hold a slot, or keep one while they warm up. */
function outOfService({ instance, records }: InstanceEstate): readonly string[] {
  return [...(records?.holders ?? []), ...(records?.warming ?? [])].filter((id) => id !== instance.id);
}

/** What was altered and has no grace is not left alone, whoever is inside. */
function enteredUnder(rule: InstanceRule, key: string, change: Change, estate: InstanceEstate, policy: Policy) {
  return rule.group === 'entered' || graceOf(rule.id, policy) > 0 ? entryOf(rule, key, change, estate) : null;
}

/** Says of what would be replaced until when it is left alone at the latest, whatever holds it just now. */
function withLatest(
  decision: Decision,
  rule: InstanceRule,
  change: Change,
  estate: InstanceEstate,
  policy: Policy,
): Decision {
  if (decision.kind === 'ignore' || decision.remediation === null) return decision;
  const entered = enteredUnder(rule, decision.finding.key, change, estate, policy);
  return entered === null ? decision : { ...decision, latest: new Date(latestOf(entered, policy.taint)).toISOString() };
}

/**
 * None where the policy exempts this Auto Scaling group: then replacements may be launched from what was changed. An exemption
 * by actor is for what that actor changed, and the actor who modified the instance did not change what it is launched from.
 */
function baselineChanges(estate: InstanceEstate, subject: Subject, policy: Policy, now: Date): readonly string[] {
  const { granted } = exemptionsFor('baseline-changed', { ...subject, actor: UNKNOWN_ACTOR }, policy, now);
  return granted.length > 0 ? [] : (estate.baselineChanges ?? []);
}

const LONER = {
  reason: 'it belongs to no Auto Scaling group that could launch a successor: reported only',
  retryAfter: 6 * HOUR,
};
const PRE_EXISTING = { reason: 'it may be older than undrift, and the policy says when: new', retryAfter: DAY };

/** What selectors are applied to. */
export function subjectOf(change: Change, { instance, group }: InstanceEstate): Subject {
  return subjectOfMachine({ id: instance.id, vpcId: instance.vpcId, group }, change);
}

/** The identity of an incident about an instance. */
export function instanceKey(instanceId: string, rule: string, drift: string): string {
  return keyOf(['instance', instanceId, rule], drift);
}

const HOW: Readonly<Record<InstanceRule['group'], string>> = {
  changed: 'was altered',
  entered: 'was entered',
  differs: 'was altered',
  'not-allowed': 'is not as it may be',
};

function findingOf(
  rule: InstanceRule,
  { summary, drift }: Sighting,
  change: Change,
  estate: InstanceEstate,
  policy: Policy,
): Finding {
  const { instance, group } = estate;
  return {
    key: instanceKey(instance.id, rule.id, drift),
    // A verdict is no new occurrence of its own: it finds the incident that is open, or opens one.
    // Nor is a look at how the instance stands.
    round:
      change.fact.kind === 'verdict' || rule.byStanding !== undefined
        ? `verdict:${occurrenceOf(drift)}`
        : occurrenceOf(change.eventId),
    resource: { type: 'instance', id: instance.id },
    rule: rule.id,
    severity: rule.severity,
    summary: `${instance.id} ${HOW[rule.group]}: ${summary}`,
    evidence: [
      group === null ? 'it belongs to no Auto Scaling group' : `Auto Scaling group ${group.name}`,
      `image ${instance.imageId ?? 'unknown'}, launched ${instance.launchedAt ?? 'at an unknown time'}`,
      ...driftEvidence(estate.drift, subjectOf(change, estate), policy),
    ],
  };
}
