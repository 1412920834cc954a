import type { Exemption, Policy, RuleId } from './policy.ts';
import { matches, type SelectOptions, type Subject } from './select.ts';
import { keysFor } from './selector-keys.ts';

export type Exemptions = {
  /** In force, and they surely select the subject. For `internet` and `egress`, `port` and `range` are still to be intersected. */
  readonly granted: readonly Exemption[];
  /** In force, but a fact that they select by could not be read: hold, and say so. */
  readonly unreadable: readonly Exemption[];
};

/** The exemptions that stand between this rule and an act at `now`. Expired ones, and ones yet to begin, don't count. */
export function exemptionsFor(rule: RuleId, subject: Subject, policy: Policy, now: Date): Exemptions {
  const options: SelectOptions = { keys: keysFor(rule, 'exemptions'), vpcs: 'every' };
  const current = policy.exemptions.filter((exemption) => covers(exemption, rule) && inForce(exemption, now));
  const judged = current.map((exemption) => ({ exemption, verdict: matches(exemption.select, subject, options) }));
  return {
    granted: judged.filter(({ verdict }) => verdict === 'yes').map(({ exemption }) => exemption),
    unreadable: judged.filter(({ verdict }) => verdict === 'unknown').map(({ exemption }) => exemption),
  };
}

/** From `notBefore` to `expires`, both instants included. A date that can't be read grants nothing. */
function inForce(exemption: Exemption, now: Date): boolean {
  const begun = exemption.notBefore === null || Date.parse(exemption.notBefore) <= now.getTime();
  return begun && now.getTime() <= Date.parse(exemption.expires);
}

function covers(exemption: Exemption, rule: RuleId): boolean {
  return exemption.rules === null || exemption.rules.includes(rule);
}
