/** The document → the policy with every default filled in, or all its faults. Knows no YAML: it runs at cold starts. */
import { checkAllowedTogether } from './check-allowed.ts';
import { checkBudgets } from './check-budget.ts';
import { checkEmails } from './check-emails.ts';
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
import { soundPart } from './sound-part.ts';
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
  checkEmails(document, report);
  checkExemptions(document, now, report);
  checkIgnoredDifferences(document, report);
  checkReplaceDespite(document, report);
  const sound = parsed.success ? toPolicy(parsed.data) : soundPart(document, issues);
  if (sound !== null) checkMeaning(document, sound, report);
  if (sound === null || report.faults.length > 0) return { faults: report.faults };
  checkIdle(document, sound, report);
  return { policy: sound, warnings: report.warnings };
}

/** What several keys mean together. A place that has a fault already needs no second one. */
function checkMeaning(document: unknown, policy: Policy, report: Report): void {
  const found: Report = { faults: [], warnings: report.warnings };
  checkAllowedTogether(document, 'internet', policy.internet, found);
  checkAllowedTogether(document, 'egress', policy.egress, found);
  checkExemptedPorts(policy, found);
  const known = [...report.faults];
  report.faults.push(...found.faults.filter((fault) => !known.some((other) => overlap(fault.path, other.path))));
}

/** Whether one of the paths leads to the other. */
function overlap(a: Fault['path'], b: Fault['path']): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.every((part, index) => part === long[index]);
}
