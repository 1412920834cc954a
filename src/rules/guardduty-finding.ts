import type { InstanceRule } from './instance-rules.ts';
import { whyNotCounted } from './not-counted.ts';

/**
 * GuardDuty says that an instance does, or suffers, what it should not, at least as severe as the policy asks. It is not for
 * us to judge again: the channel counts, as nobody but AWS can send such an event. Told by default: a machine that was broken
 * into is evidence, and a successor has the same hole.
 */
export const guarddutyFinding: InstanceRule = {
  id: 'guardduty-finding',
  group: 'not-allowed',
  severity: 'high',
  confidence: 'medium',
  ships: 'notify',
  byFact(fact, policy) {
    if (fact.kind !== 'alert' || fact.by !== 'guardduty' || whyNotCounted(fact, policy) !== null) return null;
    return { summary: `GuardDuty finds ${fact.what} (severity ${fact.severity})`, drift: fact.what };
  },
};
