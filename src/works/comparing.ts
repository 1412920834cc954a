import type { Change } from '../domain/change.ts';
import { type Drift, type InstanceEstate, isEnding } from '../domain/estate.ts';
import type { Policy } from '../policy/policy.ts';
import { trustedBy } from '../policy/trust.ts';
import { type Fleet, Retryable } from '../roles.ts';
import { seenIn } from '../rules/instance-rules.ts';
import { everydayWork } from '../rules/own-work.ts';

/**
 * The estate with how the instance differs from its template. A verdict is judged by it. For a change that is a finding
 * by itself it is only evidence, which is never waited for; for everything else nothing is read.
 */
export async function withDrift(
  fleet: Fleet,
  estate: InstanceEstate,
  change: Change,
  policy: Policy,
): Promise<InstanceEstate> {
  if (estate.group === null || isEnding(estate.instance)) return estate;
  if (change.fact.kind === 'verdict') return { ...estate, drift: await fleet.drift(estate) };
  return isFinding(change, policy, estate.instance.id) ? { ...estate, drift: await evidence(fleet, estate) } : estate;
}

/** Whether rules are asked about the instance: by a verdict, or because the change breaks one. */
export function isJudged(change: Change, policy: Policy, instanceId: string): boolean {
  return change.fact.kind === 'verdict' || isFinding(change, policy, instanceId);
}

function isFinding(change: Change, policy: Policy, instanceId: string): boolean {
  if (trustedBy(change, policy) !== null || everydayWork(change, instanceId) !== null) return false;
  return seenIn(change.fact, policy).some(({ rule }) => policy.instanceRules[rule.id].mode !== 'off');
}

async function evidence(fleet: Fleet, estate: InstanceEstate): Promise<Drift> {
  try {
    return await fleet.drift(estate);
  } catch (error) {
    if (error instanceof Retryable) return { kind: 'unknown', why: error.message };
    throw error;
  }
}
