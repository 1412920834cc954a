import type { SecurityGroupRule } from '../domain/estate.ts';
import type { Case } from './case.ts';

/**
 * What a rule was before the change, as the ledger's readings know it: the value that the first reading after the change
 * no longer found, or, while no reading came after it, the value of the last one.
 */
export function previousOf(ruleId: string, { change, history }: Case): SecurityGroupRule | null {
  const reading = history.lastReading;
  if (reading?.kind !== 'security-group') return null;
  const replaced = reading.earlier.find(
    ({ rule, until, revoked }) => !revoked && rule.id === ruleId && Date.parse(until) >= Date.parse(change.at),
  );
  return replaced?.rule ?? reading.rules.find(({ id }) => id === ruleId) ?? null;
}

/** The rule as undrift revoked it; null where it is not known to have done so. */
export function revokedRule(ruleId: string, { history }: Case): SecurityGroupRule | null {
  const reading = history.lastReading;
  if (reading?.kind !== 'security-group') return null;
  return reading.earlier.findLast(({ rule, revoked }) => revoked === true && rule.id === ruleId)?.rule ?? null;
}
