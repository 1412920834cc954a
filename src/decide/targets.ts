/**
 * Machines that a call names by a tag, by `*`, or by something that nobody could look up. It is one incident on the
 * expression, however many machines it means: told, and nothing is replaced. Where the targets are looked up
 * (`works/instances.ts`), the instances come in its place, and this is not asked.
 */
import type { Context } from '../decide.ts';
import type { Change, ResourceRef } from '../domain/change.ts';
import { type Decision, type Finding, ignore } from '../domain/decision.ts';
import type { TargetsEstate } from '../domain/estate.ts';
import { DAY } from '../guards/guard.ts';
import { exemptionsFor } from '../policy/exempt.ts';
import { modeFor } from '../policy/mode.ts';
import type { Policy } from '../policy/policy.ts';
import type { Subject } from '../policy/select.ts';
import { trustedBy } from '../policy/trust.ts';
import { everydayWork } from '../rules/everyday.ts';
import { INSTANCE_RULES, type InstanceRule, type Sighting } from '../rules/instance-rules.ts';
import { exempted, hold, unreadableExemption } from './ask.ts';

export function decideTargets(
  change: Change,
  { resource }: TargetsEstate,
  policy: Policy,
  { now }: Context,
): readonly Decision[] {
  const trusted = trustedBy(change.actor, policy);
  if (trusted !== null) return [ignore(`made by a trusted actor: ${trusted.id}`)];
  const everyday = everydayWork(change);
  if (everyday !== null) return [ignore(everyday)];
  const found = INSTANCE_RULES.flatMap((rule) => {
    const sighting = rule.byFact(change.fact, policy);
    return sighting === null ? [] : [decideSighting(rule, sighting, change, resource, policy, now)];
  });
  return found.length > 0 ? found : [ignore(`no rule is about ${change.name}`)];
}

function decideSighting(
  rule: InstanceRule,
  sighting: Sighting,
  change: Change,
  resource: ResourceRef,
  policy: Policy,
  now: Date,
): Decision {
  const { account, region, actor } = change;
  // Which VPC, group or instance it is about could not be read: a selector that asks for one cannot be told.
  const subject: Subject = { account, region, actor, group: null };
  const mode = modeFor(rule.id, subject, policy);
  if (mode.mode === 'off') return ignore(`the rule is off (${mode.because})`, rule.id);
  const finding = findingOf(rule, sighting, change, resource);
  const { unreadable, granted } = exemptionsFor(rule.id, subject, policy, now);
  if (unreadable.length > 0) return hold('unreadable', unreadableExemption(unreadable), finding, null);
  if (granted.length > 0) return hold('exempted', exempted(granted, now), finding, null);
  return hold('observe', { reason: ONLY_TOLD, retryAfter: DAY }, finding, null);
}

const ONLY_TOLD = 'undrift only tells: the call does not say which instances it means, and they were not looked up';

function findingOf(rule: InstanceRule, { summary, drift }: Sighting, change: Change, resource: ResourceRef): Finding {
  return {
    key: ['targets', resource.id, rule.id, ...(drift === '' ? [] : [drift])].join('/').slice(0, 400),
    round: change.eventId,
    resource,
    rule: rule.id,
    severity: rule.severity,
    summary: `${summary}: the machines named by ${resource.id}`,
    evidence: [`${change.name} named them so, and not by their ids`],
  };
}
