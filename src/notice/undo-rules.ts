/** Rules as the AWS CLI takes them. */
import type { RuleSource, SecurityGroupRule } from '../domain/estate.ts';
import { isMasked } from './mask.ts';

export function sourceValue(source: RuleSource): string {
  return 'cidr' in source ? source.cidr : source.id;
}

/** One call has one group, and of added rules one direction. */
export function groupsAndDirections(rules: readonly SecurityGroupRule[]): readonly (readonly SecurityGroupRule[])[] {
  const groups = new Map<string, SecurityGroupRule[]>();
  for (const rule of rules) {
    const key = `${rule.egress} ${rule.groupId}`;
    groups.set(key, [...(groups.get(key) ?? []), rule]);
  }
  return [...groups.values()];
}

/** The shape of EC2's `IpPermission`. */
export function permission(rule: SecurityGroupRule): Record<string, unknown> {
  return { ...traffic(rule), ...sources(rule) };
}

/** The shape of EC2's `SecurityGroupRuleUpdate`, with the whole rule: EC2 does not say that it keeps what a call leaves out. */
export function updated(rule: SecurityGroupRule): Record<string, unknown> {
  const value = { ...traffic(rule), [SOURCE_KEY[rule.source.kind]]: sourceValue(rule.source), ...words(rule) };
  return { SecurityGroupRuleId: rule.id, SecurityGroupRule: value };
}

const SOURCE_KEY: Readonly<Record<RuleSource['kind'], string>> = {
  ipv4: 'CidrIpv4',
  ipv6: 'CidrIpv6',
  'prefix-list': 'PrefixListId',
  'security-group': 'ReferencedGroupId',
};

function traffic(rule: SecurityGroupRule): Record<string, unknown> {
  const ports = rule.protocol === '-1' ? {} : { FromPort: rule.fromPort, ToPort: rule.toPort };
  return { IpProtocol: rule.protocol, ...ports };
}

function words({ description }: SecurityGroupRule): { readonly Description?: string } {
  return description === null || description === '' || isMasked(description) ? {} : { Description: description };
}

function sources(rule: SecurityGroupRule): Record<string, unknown> {
  const { source } = rule;
  switch (source.kind) {
    case 'ipv4':
      return { IpRanges: [{ CidrIp: source.cidr, ...words(rule) }] };
    case 'ipv6':
      return { Ipv6Ranges: [{ CidrIpv6: source.cidr, ...words(rule) }] };
    case 'prefix-list':
      return { PrefixListIds: [{ PrefixListId: source.id, ...words(rule) }] };
    case 'security-group':
      return { UserIdGroupPairs: [{ GroupId: source.id, ...words(rule) }] };
  }
}
