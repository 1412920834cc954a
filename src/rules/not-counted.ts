import type { Alert } from '../domain/change.ts';
import { isAtLeast } from '../domain/hub-severity.ts';
import { arnMatches } from '../policy/arn.ts';
import type { Policy } from '../policy/policy.ts';

/** Why the policy does not count a finding of another service; null where it does. */
export function whyNotCounted(alert: Alert, { findings }: Policy): string | null {
  if (alert.by === 'guardduty') {
    const enough = alert.severity >= findings.guardDuty.minSeverity;
    return enough ? null : `its severity, ${alert.severity}, is below findings.guardDuty.minSeverity`;
  }
  const { products, minSeverity } = findings.securityHub;
  if (!products.some((pattern) => arnMatches(pattern, alert.product))) {
    return `its product, ${alert.product}, is not among findings.securityHub.products`;
  }
  const enough = isAtLeast(alert.severity, minSeverity);
  return enough ? null : `its severity, ${alert.severity}, is below findings.securityHub.minSeverity`;
}
