import type { RuleSource, SecurityGroupRule } from '../domain/estate.ts';
import type { Inverse } from '../domain/incident.ts';
import { asciiJson, shellQuote } from './shell.ts';

/** What CloudTrail and Systems Manager write in the place of a value, and what a mask of ours looks like. */
const MASKS = /<sensitiveDataRemoved>|HIDDEN_DUE_TO_SECURITY_REASONS|^\*{3,}$|<masked/iu;

function isMasked(value: string): boolean {
  return MASKS.test(value);
}

/**
 * The AWS CLI command that puts the rules back as they were: one line for each group and direction, fit for a POSIX
 * shell. Null when there is nothing to put back, or when a value that decides who gets in is masked.
 */
export function undoCommand(inverse: Inverse, region: string): string | null {
  if (inverse === null || inverse.rules.length === 0) return null;
  if (inverse.rules.some(decisiveMask)) return null;
  const lines: string[] = [];
  for (const rules of byGroup(inverse.rules)) lines.push(line(rules, region));
  return lines.join('\n');
}

function decisiveMask(rule: SecurityGroupRule): boolean {
  return [rule.groupId, rule.protocol, sourceValue(rule.source)].some(isMasked);
}

function sourceValue(source: RuleSource): string {
  return 'cidr' in source ? source.cidr : source.id;
}

function byGroup(rules: readonly SecurityGroupRule[]): readonly (readonly SecurityGroupRule[])[] {
  const groups = new Map<string, SecurityGroupRule[]>();
  for (const rule of rules) {
    const key = `${rule.egress} ${rule.groupId}`;
    groups.set(key, [...(groups.get(key) ?? []), rule]);
  }
  return [...groups.values()];
}

function line(rules: readonly SecurityGroupRule[], region: string): string {
  const [first] = rules;
  const command = first?.egress ? 'authorize-security-group-egress' : 'authorize-security-group-ingress';
  const permissions = asciiJson(rules.map(permission));
  const words = ['aws', 'ec2', command, '--region', region, '--group-id', first?.groupId ?? ''];
  return [...words, '--ip-permissions', permissions].map(shellQuote).join(' ');
}

/** The shape of EC2's `IpPermission`, which the CLI takes as JSON. */
function permission(rule: SecurityGroupRule): Record<string, unknown> {
  const ports = rule.protocol === '-1' ? {} : { FromPort: rule.fromPort, ToPort: rule.toPort };
  return { IpProtocol: rule.protocol, ...ports, ...sources(rule) };
}

function sources({ source, description }: SecurityGroupRule): Record<string, unknown> {
  const words = description === null || description === '' || isMasked(description) ? {} : { Description: description };
  switch (source.kind) {
    case 'ipv4':
      return { IpRanges: [{ CidrIp: source.cidr, ...words }] };
    case 'ipv6':
      return { Ipv6Ranges: [{ CidrIpv6: source.cidr, ...words }] };
    case 'prefix-list':
      return { PrefixListIds: [{ PrefixListId: source.id, ...words }] };
    case 'security-group':
      return { UserIdGroupPairs: [{ GroupId: source.id, ...words }] };
  }
}
