/** How long an instance is left alone before it is replaced under a rule. */
import { isAboutEntering } from '../domain/taint.ts';
import { INSTANCE_RULES, type InstanceRuleId, type Policy } from './policy.ts';

/** Minutes. What was altered is replaced at once, unless its rule says otherwise. */
export function graceOf(rule: InstanceRuleId, { instanceRules, taint }: Policy): number {
  return instanceRules[rule].graceMinutes ?? (isAboutEntering(rule) ? taint.graceMinutes : 0);
}

/** Is any rule's finding left alone for a while, and not only an entry? */
export function leavesAltered(policy: Policy): boolean {
  return INSTANCE_RULES.some((rule) => !isAboutEntering(rule) && graceOf(rule, policy) > 0);
}
