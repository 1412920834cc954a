import type { Finding, GuardName, Hold, Remediate, Remediation } from '../domain/decision.ts';
import { DAY, type Guard, MINUTE, type Objection } from '../guards/guard.ts';
import type { Exemption } from '../policy/policy.ts';

/** Asks the guards in their order; the first that objects holds the remediation, otherwise it may go ahead. */
export function ask<Case>(
  guards: readonly Guard<Case>[],
  subject: Case,
  finding: Finding,
  remediation: Remediation,
): Remediate | Hold {
  for (const guard of guards) {
    const objection = guard.check(subject);
    if (objection !== null) return hold(guard.name, objection, finding, remediation);
  }
  const { rule, summary: reason } = finding;
  return { kind: 'remediate', rule, guard: null, reason, remediation, finding };
}

export function hold(guard: GuardName, objection: Objection, finding: Finding, remediation: Remediation | null): Hold {
  const { reason, retryAfter } = objection;
  return { kind: 'hold', rule: finding.rule, guard, reason, remediation, finding, retryAfter };
}

/** Held until the first of the exemptions ends, and looked at once a day meanwhile. */
export function exempted(exemptions: readonly Exemption[], now: Date): Objection {
  const ends = Math.min(...exemptions.map(({ expires }) => Date.parse(expires)));
  const names = exemptions.map(({ id, owner, expires }) => `${id} (${owner}, until ${expires})`).join(', ');
  const seconds = Math.ceil((ends - now.getTime()) / 1000) + 1;
  return { reason: `exempted by ${names}`, retryAfter: Math.max(1, Math.min(DAY, seconds)) };
}

/** An exemption that cannot be read never lets an action through. */
export function unreadableExemption(exemptions: readonly Exemption[]): Objection {
  const names = exemptions.map(({ id }) => id).join(', ');
  return { reason: `whether the exemption ${names} applies could not be read`, retryAfter: MINUTE };
}
