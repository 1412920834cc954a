import { at, checkUnique, listAt, type Report, textAt } from './check-parts.ts';
import { checkTrust } from './check-trust.ts';
import { globMatches } from './glob.ts';
import { RULES } from './policy.ts';
import { principalParts } from './trust-patterns.ts';

/** Rules whose finding is still to be seen when somebody else's verdict arrives. */
const LIVE_STATE: readonly string[] = [
  'internet',
  'egress',
  'user-data-changed',
  'security-groups-changed',
  'instance-profile-changed',
  'differs-from-template',
  'too-old',
  'image-not-approved',
];

export function checkRules(document: unknown, report: Report): void {
  checkTrust(document, report);
  checkPipeline(document, report);
  checkVerdicts(document, report);
}

const isOwnRole = (role: string | undefined) =>
  role !== undefined && principalParts(role, 'role')?.path.startsWith('aws-service-role/') !== true;

/** Roles under aws-service-role/ are AWS's own: none of them is a pipeline. */
function checkPipeline(document: unknown, report: Report): void {
  const rule = at(document, 'rules', 'pipeline-only');
  if (rule === undefined || textAt(rule, 'mode') === 'off') return;
  const isOurs = (entry: unknown) => at(entry, 'user') !== undefined || isOwnRole(textAt(entry, 'role'));
  if (listAt(document, 'trustedActors').some(isOurs)) return;
  const message =
    'rules.pipeline-only is on, but trustedActors names no role or user of yours: every change of a security group counts as made by hand';
  report.warnings.push({ path: ['rules', 'pipeline-only'], message });
}

function checkVerdicts(document: unknown, report: Report): void {
  checkUnique(document, ['configVerdicts'], 'configRule', report);
  const rows = listAt(document, 'configVerdicts');
  rows.forEach((row, index) => {
    const path = ['configVerdicts', index];
    const earlier = rows.slice(0, index).findIndex((it) => covers(textAt(it, 'configRule'), textAt(row, 'configRule')));
    if (earlier >= 0) {
      const all =
        textAt(rows[earlier], 'configRule') === '*'
          ? 'takes every Config rule'
          : 'takes every Config rule that fits it';
      report.faults.push({ path, message: `is never reached, as configVerdicts[${earlier}] ${all}; move it up` });
    }
    listAt(row, 'means').forEach((rule, position) => {
      if (typeof rule !== 'string' || LIVE_STATE.includes(rule) || !isRule(rule)) return;
      const message = `found "${rule}", which leaves nothing that could be looked at again; write ${LIVE_STATE.join(', ')}`;
      report.faults.push({ path: [...path, 'means', position], message });
    });
  });
}

/** Whether all that fits the later pattern fits the earlier one, too. A wildcard is a character like any to a star. */
function covers(earlier: string | undefined, later: string | undefined): boolean {
  if (earlier === undefined || later === undefined || earlier === later) return false;
  return !earlier.includes('?') && globMatches(earlier, later);
}

function isRule(rule: string): boolean {
  return (RULES as readonly string[]).includes(rule);
}
