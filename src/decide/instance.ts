import type { Context, History } from '../decide.ts';
import type { Change } from '../domain/change.ts';
import { type Decision, type Finding, ignore } from '../domain/decision.ts';
import { type InstanceEstate, isEnding, memberOf } from '../domain/estate.ts';
import { DAY, HOUR, type InstanceCase } from '../guards/guard.ts';
import { INSTANCE_GUARDS } from '../guards/guards.ts';
import { exemptionsFor } from '../policy/exempt.ts';
import { type AppliedMode, modeFor } from '../policy/mode.ts';
import type { Policy } from '../policy/policy.ts';
import type { Subject } from '../policy/select.ts';
import { trustedBy } from '../policy/trust.ts';
import { INSTANCE_RULES, type InstanceRule, type Sighting } from '../rules/instance-rules.ts';
import { ask, exempted, hold, unreadableExemption } from './ask.ts';
import { meaningOf } from './verdict.ts';

type Sighted = { readonly rule: InstanceRule; readonly sighting: Sighting };

export function decideInstance(
  change: Change,
  estate: InstanceEstate,
  policy: Policy,
  history: History,
  context: Context,
): readonly Decision[] {
  const ending = endingOf(estate);
  if (ending !== null) return [ignore(ending)];
  const trusted = trustedBy(change.actor, policy);
  if (trusted !== null) return [ignore(`made by a trusted actor: ${trusted.id}`)];
  const everyday = everydayWork(change);
  if (everyday !== null) return [ignore(everyday)];
  const sighted = sightings(change, estate, policy);
  if ('reason' in sighted) return [sighted];
  return sighted.found.map((seen) => decideFinding(seen, change, estate, policy, history, context));
}

/** Being terminated already, by us or by others: what was altered goes away, and there is nothing to put right. */
function endingOf(estate: InstanceEstate): string | null {
  const { instance } = estate;
  const member = memberOf(estate);
  if (isEnding(instance)) return `${instance.id} is ${instance.state}`;
  if (member?.lifecycleState.startsWith('Terminating')) return `${instance.id} is ${member.lifecycleState} already`;
  return null;
}

/**
 * "An instance's own role is never a person": the drivers of a container platform attach volumes and set the groups of
 * interfaces by it all day. What else it does is told, and nothing is replaced for it (below).
 */
function everydayWork({ actor, fact, resources }: Change): string | null {
  if (actor.instanceId === null) return null;
  const ofInterface =
    fact.kind === 'security-groups-changed' && resources.some(({ type }) => type === 'network-interface');
  const driver = fact.kind === 'volume-attached' || ofInterface;
  return driver ? `everyday work of ${actor.instanceId} by its own role: no person did it` : null;
}

/** The rules that are broken: by what the channel vouches for, or, on a verdict, by the difference from the template. */
function sightings(change: Change, estate: InstanceEstate, policy: Policy) {
  const { fact } = change;
  if (fact.kind !== 'verdict') {
    const found = INSTANCE_RULES.flatMap((rule): Sighted[] => {
      const sighting = rule.byFact(fact);
      return sighting === null ? [] : [{ rule, sighting }];
    });
    return found.length > 0 ? { found } : ignore(`no rule is about ${change.name} on an instance`);
  }
  const meant = meaningOf(fact.by, policy);
  const rules = INSTANCE_RULES.filter((rule) => meant.includes(rule.id));
  if (rules.length === 0) return ignore(`the policy gives the Config rule ${fact.by} no meaning for instances`);
  return differing(rules, estate);
}

function differing(rules: readonly InstanceRule[], { instance, group, drift }: InstanceEstate) {
  if (group === null)
    return ignore(`${instance.id} belongs to no Auto Scaling group: there is no template to compare with`);
  if (drift === null || drift.kind === 'unknown') {
    return ignore(`${instance.id} could not be compared with its template: ${drift?.why ?? 'it was not read'}`);
  }
  const found = rules.flatMap((rule) =>
    drift.differences.flatMap((difference): Sighted[] => {
      const sighting = rule.byDifference?.(difference) ?? null;
      return sighting === null ? [] : [{ rule, sighting }];
    }),
  );
  return found.length > 0 ? { found } : ignore(`${instance.id} is as its template says (${drift.baseline})`);
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
  const mode = byPersonOnly(modeFor(rule.id, subject, policy), change);
  if (mode.mode === 'off') return ignore(`the rule is off (${mode.because})`, rule.id);
  const finding = findingOf(rule, sighting, change, estate);
  const member = memberOf(estate);
  if (group === null || member === undefined) return hold('not-opted-in', LONER, finding, null);

  const remediation = {
    action: 'replace-instance',
    instanceId: instance.id,
    autoScalingGroupName: group.name,
  } as const;
  const exemptions = exemptionsFor(rule.id, subject, policy, context.now);
  if (exemptions.unreadable.length > 0) {
    return hold('unreadable', unreadableExemption(exemptions.unreadable), finding, remediation);
  }
  if (exemptions.granted.length > 0) {
    return hold('exempted', exempted(exemptions.granted, context.now), finding, remediation);
  }
  if (policy.when === 'new' && change.fact.kind === 'verdict' && !change.fact.transition) {
    return hold('pre-existing', PRE_EXISTING, finding, remediation);
  }
  const circumstances: InstanceCase = {
    kind: 'instance',
    account: context.account,
    policy,
    mode,
    pause: history.pause,
    remediation,
    instance,
    group,
    member,
    optInTag: context.optInTag,
  };
  return ask(INSTANCE_GUARDS, circumstances, finding, remediation);
}

function byPersonOnly(mode: AppliedMode, { actor }: Change): AppliedMode {
  if (actor.instanceId === null || mode.mode !== 'enforce') return mode;
  return { mode: 'observe', because: `done by the role of ${actor.instanceId}, not by a person` };
}

const LONER = {
  reason: 'it belongs to no Auto Scaling group that could launch a successor: reported only',
  retryAfter: 6 * HOUR,
};
const PRE_EXISTING = { reason: 'it may be older than undrift, and the policy says when: new', retryAfter: DAY };

function subjectOf(change: Change, { instance, group }: InstanceEstate): Subject {
  const { account, region, actor } = change;
  const fleet = group?.name ?? null;
  return {
    account,
    region,
    actor,
    vpcs: instance.vpcId === null ? [] : [instance.vpcId],
    group: null,
    fleet,
    instance: instance.id,
    tags: group?.tags ?? null,
  };
}

function findingOf(rule: InstanceRule, { summary, drift }: Sighting, change: Change, estate: InstanceEstate): Finding {
  const { instance, group } = estate;
  const compared = estate.drift?.kind === 'compared' ? estate.drift : null;
  return {
    key: ['instance', instance.id, rule.id, ...(drift === '' ? [] : [drift])].join('/').slice(0, 400),
    // A verdict is no new occurrence of its own: it finds the incident that is open, or opens one.
    round: change.fact.kind === 'verdict' ? `verdict:${drift}` : change.eventId,
    resource: { type: 'instance', id: instance.id },
    rule: rule.id,
    severity: rule.severity,
    summary: `${instance.id} was altered: ${summary}`,
    evidence: [
      group === null ? 'it belongs to no Auto Scaling group' : `Auto Scaling group ${group.name}`,
      `image ${instance.imageId ?? 'unknown'}, launched ${instance.launchedAt ?? 'at an unknown time'}`,
      ...(compared?.differences ?? []).map(
        (it) => `${it.attribute}: ${compared?.baseline} says ${it.expected}, found ${it.found}`,
      ),
    ],
  };
}
