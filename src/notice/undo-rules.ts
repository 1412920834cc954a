/** Rules as the AWS CLI takes them. */
import type { ReferencedGroup, RuleSource, SecurityGroupRule } from '../domain/estate.ts';
import { sourceValue } from '../domain/rule-value.ts';
import { isMasked } from './mask.ts';

type Rules = readonly SecurityGroupRule[];

/** One call has one group, and of added rules one direction. */
export function groupsAndDirections(rules: Rules): readonly Rules[] {
  return groupedBy(rules, ({ egress, groupId }) => `${egress} ${groupId}`);
}

/** As above; and the tags of a call are given to every rule that it adds ("AuthorizeSecurityGroupIngress", EC2 API Reference). */
export function callsFor(rules: Rules): readonly Rules[] {
  return groupsAndDirections(rules).flatMap((some) => groupedBy(some, (rule) => JSON.stringify(settableTags(rule))));
}

function groupedBy(rules: Rules, keyOf: (rule: SecurityGroupRule) => string): readonly Rules[] {
  const groups = new Map<string, SecurityGroupRule[]>();
  for (const rule of rules) groups.set(keyOf(rule), [...(groups.get(keyOf(rule)) ?? []), rule]);
  return [...groups.values()];
}

/** AWS keeps the prefix `aws:` to itself, in any case of the letters ("Tag your Amazon EC2 resources", EC2 User Guide). */
export const isForAws = (key: string) => /^aws:/iu.test(key);

/** By key. */
export function settableTags({ tags = {} }: SecurityGroupRule): readonly (readonly [key: string, value: string])[] {
  return Object.entries(tags)
    .filter(([key, value]) => !isForAws(key) && !isMasked(value))
    .sort(([a], [b]) => (a < b ? -1 : 1));
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
      return { UserIdGroupPairs: [{ ...reference(source), ...words(rule) }] };
  }
}

/** A group of another account is named with its account; the status of a peering connection is EC2's own to say. */
function reference({ id, ownerId, vpcId, peeringId }: ReferencedGroup): Record<string, string> {
  return {
    GroupId: id,
    ...(ownerId && { UserId: ownerId }),
    ...(vpcId && { VpcId: vpcId }),
    ...(peeringId && { VpcPeeringConnectionId: peeringId }),
  };
}
