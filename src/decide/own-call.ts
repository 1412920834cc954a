import type { Change, ResourceRef } from '../domain/change.ts';
import type { Hold } from '../domain/decision.ts';
import { occurrenceOf } from '../domain/occurrence.ts';
import { DAY } from '../guards/guard.ts';

const RULE = 'own-role-misused';

/**
 * "Our role with a request id that the ledger does not know is a finding": somebody uses the rights of undrift.
 * There is nothing that undrift could put right; people must know.
 */
export function decideOwnCall(change: Change, resource: ResourceRef): Hold {
  return {
    kind: 'hold',
    rule: RULE,
    guard: 'observe',
    reason: 'undrift can only tell: rotate the credentials of the role and look for who used them',
    remediation: null,
    retryAfter: DAY,
    finding: {
      key: `${resource.type}/${resource.id}/${RULE}`,
      round: occurrenceOf(change.eventId),
      resource,
      rule: RULE,
      severity: 'critical',
      summary: `a role of undrift called ${change.name}, and undrift did not`,
      evidence: [`request id ${change.requestId ?? 'unknown'}, which the ledger does not know`],
    },
  };
}
