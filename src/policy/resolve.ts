/** The document → the policy with every default filled in, or all its faults. Knows no YAML: it runs at cold starts. */
import { checkAllowedTogether } from './check-allowed.ts';
import { checkBudgets } from './check-budget.ts';
import { checkExemptedPorts, checkExemptions } from './check-exemptions.ts';
import { checkExposure } from './check-exposure.ts';
import { checkFindings } from './check-findings.ts';
import { checkIdle } from './check-idle.ts';
import { checkIgnoredDifferences } from './check-ignored-differences.ts';
import { checkModes } from './check-modes.ts';
import type { Report } from './check-parts.ts';
import { checkRangeLists } from './check-range-lists.ts';
import { checkReplaceDespite } from './check-replace-despite.ts';
import { checkRules } from './check-rules.ts';
import { checkTaint } from './check-taint.ts';
import type { Fault } from './fault.ts';
import { issueFaults } from './issues.ts';
import type { Policy } from './policy.ts';
import { policyDocument } from './schema.ts';
import { SPATIAL_RULES } from './select.ts';
import { toPolicy } from './to-policy.ts';

export type Resolved = { readonly policy: Policy; readonly warnings: readonly Fault[] };
export type Faulty = { readonly faults: readonly Fault[] };

/**
 * @param now given where the document is checked or built in: exemptions that have expired by then, or that run for
 *   more than a year, are faults. Left out at a cold start, where an expired exemption is merely over.
 */
export function resolvePolicy(document: unknown, now: Date | null = null): Resolved | Faulty {
  const parsed = policyDocument.safeParse(document);
  const issues = parsed.success ? [] : parsed.error.issues;
  const report: Report = { faults: issues.flatMap((issue) => issueFaults(issue, document)), warnings: [] };
  checkModes(document, report);
  for (const rule of SPATIAL_RULES) checkExposure(document, rule, report);
  checkRangeLists(document, report);
  checkRules(document, report);
  checkBudgets(document, report);
  checkTaint(document, report);
  checkFindings(document, report);
  checkExemptions(document, now, report);
  checkIgnoredDifferences(document, report);
  checkReplaceDespite(document, report);
  if (!parsed.success || report.faults.length > 0) return { faults: report.faults };
  const policy = toPolicy(parsed.data);
  checkAllowedTogether(document, 'internet', policy.internet, report);
  checkAllowedTogether(document, 'egress', policy.egress, report);
  checkExemptedPorts(policy, report);
  checkIdle(document, policy, report);
  return report.faults.length > 0 ? { faults: report.faults } : { policy, warnings: report.warnings };
}
