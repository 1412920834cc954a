import type { InstanceRule } from './instance-rules.ts';
import { whyNotCounted } from './not-counted.ts';

/**
 * Security Hub says that a product has something against an instance, at least as severe as the policy asks. The channel vouches
 * that Security Hub has the finding, not that it is true: its own product can be fed by anybody in the account who may
 * (`securityhub:BatchImportFindings`), so that only products count that the policy names. Told by default, as `guardduty-finding` is.
 */
export const securityHubFinding: InstanceRule = {
  id: 'security-hub-finding',
  group: 'not-allowed',
  severity: 'high',
  confidence: 'medium',
  ships: 'notify',
  byFact(fact, policy) {
    if (fact.kind !== 'alert' || fact.by !== 'security-hub' || whyNotCounted(fact, policy) !== null) return null;
    const product = productName(fact.product);
    return {
      summary: `Security Hub has a finding of ${product}: ${fact.what} (${fact.severity})`,
      drift: `${product}/${fact.what}`,
    };
  },
};

/** `aws/inspector` of `arn:aws:securityhub:eu-west-1::product/aws/inspector`. */
function productName(arn: string): string {
  return arn.slice(arn.indexOf(':product/') + ':product/'.length);
}
