/** Whether a replacement is over, by what EC2 and Auto Scaling show now; its slot is renewed, or kept while it warms up. */
import type { Incident } from '../domain/incident.ts';
import { warmingFrom } from '../domain/warm-up.ts';
import type { Policy } from '../policy/policy.ts';
import type { Fleet, Ledger } from '../roles.ts';
import type { Proof } from '../work.ts';
import { whatSuccessorRuns } from './ran.ts';
import { firstInService, judge } from './replacement.ts';
import { renewSlot } from './slots.ts';
import { servingLater } from './warming.ts';

type Tools = { readonly fleet: Fleet; readonly ledger: Ledger; readonly policy: Policy };

/** @throws Retryable, Refused */
export async function proveReplacement(incident: Incident, now: Date, tools: Tools): Promise<Proof> {
  const { fleet, ledger, policy } = tools;
  const { replacement, resource } = incident;
  if (replacement === null) return { kind: 'undone', why: 'no replacement was planned' };
  const [state, group, paired] = await Promise.all([
    fleet.state(resource.id),
    fleet.group(replacement.group),
    ledger.pairedSuccessors(replacement.group),
  ]);
  const look = { incident, replacement, state, group, paired, now, successorMinutes: policy.successorMinutes };
  const proof = judge(look);
  const inService = firstInService(look);
  if (proof.kind === 'pending') {
    await renewSlot(incident, now, tools);
    return { ...proof, ...(inService !== null && { inService }) };
  }
  // A successor that was seen is one in service in the group.
  if (proof.kind !== 'proven' || proof.successor === null || group === null || inService === null) return proof;
  const { successor } = proof;
  const warmUp = warmingFrom(group, inService);
  if (!(await renewSlot(incident, now, tools, { successor, lease: warmUp.lease }))) {
    return { kind: 'pending', why: `${successor} is the successor of another`, retryAfter: 5, overdue: false };
  }
  const later = await servingLater(warmUp, successor, group, now, tools);
  const successorRan = await whatSuccessorRuns(fleet, successor, policy.notifications);
  return { ...proof, successorRan, ...(later !== null && { later }) };
}
