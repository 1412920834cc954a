/** The rules of a policy, with what each may do and what it measures. */
import { wrap } from '../../src/notice/wrap.ts';
import { graceOf } from '../../src/policy/grace.ts';
import { canChangeMode, isInstanceRule, modeEverywhere } from '../../src/policy/mode.ts';
import { type ExposureSettings, type ModeSetting, type Policy, RULES, type RuleId } from '../../src/policy/policy.ts';
import { familyOf, rulesReached } from '../../src/policy/selector-keys.ts';
import { count } from '../explain/counts.ts';
import { portsText, protectedText, protocolsText, rangesText } from './words.ts';

/** One line a rule: its mode, why, and how long an instance is left alone for it. */
export function ruleLines(policy: Policy): readonly string[] {
  const width = Math.max(...RULES.map((rule) => rule.length));
  const lines = RULES.map((rule) => `  ${rule.padEnd(width)}  ${modeText(rule, policy)}${graceText(rule, policy)}`);
  return ['rules:', ...lines];
}

function modeText(rule: RuleId, policy: Policy): string {
  if (familyOf(rule) === 'own-role') return 'always notified, whatever the policy says';
  const { mode, because } = modeEverywhere(rule, policy);
  const selecting = policy.modes.filter((it) => it.select !== null && reaches(it, rule));
  const places = selecting.filter((it) => canChangeMode(it, rule, policy)).length;
  const elsewhere = places === 0 ? '' : `, and other modes in ${places === 1 ? 'one place' : `${places} places`}`;
  return `${mode} (${because})${elsewhere}`;
}

function reaches({ rules, select }: ModeSetting, rule: RuleId): boolean {
  return rulesReached(select, rules, 'modes').includes(rule);
}

function graceText(rule: RuleId, policy: Policy): string {
  const minutes = isInstanceRule(rule) ? graceOf(rule, policy) : 0;
  return minutes === 0 ? '' : `, grace ${minutes} min`;
}

/** What counts as open, and what may be. */
export function internetLines({ internet }: Policy): readonly string[] {
  return [
    ...exposureLines('rules.internet', internet),
    `  loadBalancers: ${portsText(internet.loadBalancers)}`,
    `  prefixLists: ${internet.prefixLists}`,
  ];
}

/** A listed `egress` protects something. */
export function egressLines({ egress }: Policy): readonly string[] {
  return egress.protects.length === 0 ? ['rules.egress: none'] : exposureLines('rules.egress', egress);
}

function exposureLines(title: string, { limit, allowedRanges, protects }: ExposureSettings): readonly string[] {
  return [
    `${title}:`,
    `  limit: open is more than ${count(limit.ipv4, 'ipv4')} addresses of IPv4, or ${count(limit.ipv6, 'ipv6')} of IPv6`,
    `  allowedRanges: ${rangesText(allowedRanges)}`,
    ...protectsLines(protects),
  ];
}

/** There can be dozens: those of the same protocols stand together. */
function protectsLines(protects: ExposureSettings['protects']): readonly string[] {
  const groups = [...new Set(protects.map((entry) => protocolsText(entry.protocols)))];
  return groups.flatMap((protocols) => {
    const entries = protects.filter((entry) => protocolsText(entry.protocols) === protocols);
    return wrap(`protects (${protocols}): ${entries.map(protectedText).join(', ')}`, '  ');
  });
}
