/** Shapes of EC2 and Auto Scaling answers that several adapters take apart. */
import type { SecurityGroupRule as Ec2Rule } from '@aws-sdk/client-ec2';
import type { ReferencedGroup, RuleSource, Tags } from '../domain/estate.ts';

/** The SDK types every field as optional; one that AWS always sends and did not is a fault, not a default. */
export function required<T>(value: T | undefined | null, field: string): T {
  if (value === undefined || value === null) throw new Error(`AWS answered without ${field}`);
  return value;
}

export function tagsOf(tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined): Tags {
  return Object.fromEntries((tags ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])));
}

export function ruleSource(rule: Ec2Rule): RuleSource {
  if (rule.CidrIpv4) return { kind: 'ipv4', cidr: rule.CidrIpv4 };
  if (rule.CidrIpv6) return { kind: 'ipv6', cidr: rule.CidrIpv6 };
  if (rule.PrefixListId) return { kind: 'prefix-list', id: rule.PrefixListId };
  return referencedGroup(rule);
}

function referencedGroup({ ReferencedGroupInfo: info, GroupOwnerId, SecurityGroupRuleId }: Ec2Rule): ReferencedGroup {
  const id = required(info?.GroupId, `a source of ${SecurityGroupRuleId}`);
  const ownerId = info?.UserId === GroupOwnerId ? undefined : info?.UserId;
  return {
    kind: 'security-group',
    id,
    ...(ownerId && { ownerId }),
    ...(info?.VpcId && { vpcId: info.VpcId }),
    ...(info?.VpcPeeringConnectionId && { peeringId: info.VpcPeeringConnectionId }),
    ...(info?.PeeringStatus && { peeringStatus: info.PeeringStatus }),
  };
}
