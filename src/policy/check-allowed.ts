/** What allowed ranges leave of the internet. Asked of the finished policy, as it takes all of them and the limit together. */
import { NOT_INTERNET, spaceOf } from '../net/internet.ts';
import { size, subtract, union } from '../net/space.ts';
import { listAt, type Report } from './check-parts.ts';
import type { ExposureSettings } from './policy.ts';

const FAMILIES = [
  { family: 'ipv4', name: 'IPv4', whole: '0.0.0.0/0' },
  { family: 'ipv6', name: 'IPv6', whole: '::/0' },
] as const;

/**
 * Ranges that are harmless one by one may be the whole internet together: then no rule of any group could be open.
 * @param rule the rule's key in the document
 */
export function checkAllowedTogether(
  document: unknown,
  rule: 'internet' | 'egress',
  settings: ExposureSettings,
  report: Report,
): void {
  const key = listAt(document, 'rules', rule, 'allowedLists').length > 0 ? 'allowedLists' : 'allowedRanges';
  for (const { family, name, whole } of FAMILIES) {
    const allowed = spaceOf(family, settings.allowedRanges);
    if (allowed.length === 0) continue;
    const left = size(subtract(spaceOf(family, [whole]), union(allowed, NOT_INTERNET[family])));
    if (left > settings.limit[family]) continue;
    report.faults.push({ path: ['rules', rule, key], message: together(key, name, left) });
  }
}

function together(key: string, name: string, left: bigint): string {
  const whom = key === 'allowedLists' ? 'together with allowedRanges' : 'together';
  const rest = left === 0n ? 'nothing' : 'no more than the limit';
  return `${whom} they leave ${rest} of the ${name} internet, which switches the rule off; write mode: off if that is meant`;
}
