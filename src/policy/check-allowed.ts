/** What `allowedRanges` leave of the internet. Asked of the finished policy, as it takes the ranges and the limit together. */
import { NOT_INTERNET, spaceOf } from '../net/internet.ts';
import { size, subtract, union } from '../net/space.ts';
import type { Report } from './check-parts.ts';
import type { InternetSettings } from './policy.ts';

const FAMILIES = [
  { family: 'ipv4', name: 'IPv4', whole: '0.0.0.0/0' },
  { family: 'ipv6', name: 'IPv6', whole: '::/0' },
] as const;

/** Ranges that are harmless one by one may be the whole internet together: then no rule of any group could be open. */
export function checkAllowedTogether(internet: InternetSettings, report: Report): void {
  for (const { family, name, whole } of FAMILIES) {
    const allowed = spaceOf(family, internet.allowedRanges);
    if (allowed.length === 0) continue;
    const left = size(subtract(spaceOf(family, [whole]), union(allowed, NOT_INTERNET[family])));
    if (left > internet.limit[family]) continue;
    report.faults.push({ path: ['rules', 'internet', 'allowedRanges'], message: together(name, left) });
  }
}

function together(name: string, left: bigint): string {
  const rest = left === 0n ? 'nothing' : 'no more than the limit';
  return `together they leave ${rest} of the ${name} internet, which switches the rule off; write mode: off if that is meant`;
}
