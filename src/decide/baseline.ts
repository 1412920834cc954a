/**
 * What successors are launched from, changed by somebody who is not trusted: told, and every replacement that would launch
 * from it is held meanwhile. Otherwise whoever may publish a version would have undrift roll it out.
 */
import type { Context, History } from '../decide.ts';
import type { BaselineChange, Change, ResourceRef } from '../domain/change.ts';
import { type Decision, type Finding, ignore, uncounted } from '../domain/decision.ts';
import type { BaselineEstate } from '../domain/estate.ts';
import { keyOf } from '../domain/key.ts';
import { occurrenceOf } from '../domain/occurrence.ts';
import { MINUTE } from '../guards/guard.ts';
import { exemptionsFor } from '../policy/exempt.ts';
import { modeFor } from '../policy/mode.ts';
import type { Policy } from '../policy/policy.ts';
import type { Subject } from '../policy/select.ts';
import { trustedBy } from '../policy/trust.ts';
import { exempted, hold, unreadableExemption } from './ask.ts';

const RULE = 'baseline-changed';

export function decideBaseline(
  change: Change,
  { resource }: BaselineEstate,
  policy: Policy,
  { lastReading }: History,
  { now }: Context,
): readonly Decision[] {
  const { fact, account, region, actor } = change;
  if (fact.kind !== 'baseline-changed') return [uncounted(`no rule is about ${change.name} on ${resource.id}`)];
  const trusted = trustedBy(change, policy);
  if (trusted !== null) return [uncounted(`made by a trusted actor: ${trusted.id}`)];
  const acceptedBy = fact.what === 'version-deleted' ? 'version' : fact.what;
  const accepted = lastReading?.kind === 'baseline' ? (lastReading.accepted[acceptedBy] ?? null) : null;
  if (accepted !== null && Date.parse(accepted) > Date.parse(change.at)) {
    return [ignore(`a trusted actor changed it again at ${accepted}`)];
  }
  // A template belongs to no fleet; which groups use it is asked when one of their instances is to be replaced.
  const autoScalingGroup = resource.type === 'auto-scaling-group' ? resource.id : null;
  const subject: Subject = {
    account,
    region,
    actor,
    vpcs: null,
    securityGroup: null,
    autoScalingGroup,
    instance: null,
  };
  const mode = modeFor(RULE, subject, policy);
  if (mode.mode === 'off') return [uncounted(`the rule is off (${mode.because})`, RULE)];
  const finding = findingOf(change, resource, fact.what, fact.detail);
  const { unreadable, granted } = exemptionsFor(RULE, subject, policy, now);
  if (unreadable.length > 0) return [hold('unreadable', unreadableExemption(unreadable), finding, null)];
  if (granted.length > 0) return [hold('exempted', exempted(granted, now), finding, null)];
  return [hold(RULE, { reason: UNTIL_ACCEPTED, retryAfter: 10 * MINUTE }, finding, null)];
}

const UNTIL_ACCEPTED =
  'no instance that would be launched from it is replaced until a trusted actor makes the same kind of change, or an exemption covers the fleet';

const TOLD: Readonly<Record<BaselineChange, string>> = {
  version: 'has a version',
  'version-deleted': 'lost a version',
  'default-version': 'has another default version',
  group: 'launches from something else',
};

/** Keys of all the incidents that there can be about what is launched from this resource. */
export function baselineKeys({ type, id }: Pick<ResourceRef, 'type' | 'id'>): readonly string[] {
  return Object.keys(TOLD).map((what) => baselineKey({ type, id }, what));
}

function baselineKey({ type, id }: Pick<ResourceRef, 'type' | 'id'>, what: string): string {
  return keyOf([type, id, RULE, what]);
}

function findingOf(change: Change, resource: ResourceRef, what: BaselineChange, detail: string | null): Finding {
  const kind = resource.type === 'launch-template' ? 'launch template' : 'Auto Scaling group';
  const told = `${TOLD[what]}${detail === null ? '' : ` (${detail})`}`;
  return {
    key: baselineKey(resource, what),
    round: occurrenceOf(change.eventId),
    resource,
    rule: RULE,
    severity: 'high',
    summary: `the ${kind} ${resource.id} ${told} by somebody who is not trusted`,
    evidence: [`${change.name} at ${change.at}`],
  };
}
