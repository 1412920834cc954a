/** What a group was seen to have before a change that does not say which rules it added. */
import type { SecurityGroupRule } from '../domain/estate.ts';
import type { Reading } from '../domain/reading.ts';
import { digestOf } from './finding.ts';

/**
 * Whether a rule was there before, as it is now; null where the group was not seen before. A reading that was taken after the
 * change may show what the change did: only the rules of a clean one are known to be harmless.
 */
export function seenBefore(reading: Reading | null, at: string): ((rule: SecurityGroupRule) => boolean) | null {
  if (reading?.kind !== 'security-group') return null;
  const { cleanRuleIds, cleanHoles, first } = reading;
  const before = first !== undefined && Date.parse(first.at) <= Date.parse(at) ? first.holes : null;
  if (cleanRuleIds === null && before === null) return null;
  const wasClean = (rule: SecurityGroupRule) =>
    cleanHoles === undefined ? (cleanRuleIds?.includes(rule.id) ?? false) : cleanHoles[rule.id] === digestOf([rule]);
  return (rule) => before?.[rule.id] === digestOf([rule]) || wasClean(rule);
}
