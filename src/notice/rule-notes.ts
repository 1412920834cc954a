/** What a command cannot put back of rules, or what it depends on. */
import type { SecurityGroupRule } from '../domain/estate.ts';
import type { Inverse } from '../domain/incident.ts';
import { plain } from './plain.ts';
import { settableTags } from './undo-rules.ts';

export function restNotes(inverse: Inverse): readonly string[] {
  if (inverse === null || inverse.action !== 'authorize-rules') return [];
  const { rules } = inverse;
  const kept = rules.filter((rule) => settableTags(rule).length < Object.keys(rule.tags ?? {}).length);
  return [
    ...new Set(rules.flatMap(peeringNote)),
    ...(rules.some(({ tagsLeftOut }) => tagsLeftOut)
      ? ['Some rules had more tags than the record has room for: they come back without tags.']
      : []),
    ...(kept.length > 0 ? ['Tags whose keys begin with aws: are for AWS to set, and are left out.'] : []),
  ];
}

/** "The VPC peering connection must be in the active state" (VPC Peering Guide, "Update your security groups to reference peer security groups"). */
function peeringNote({ source }: SecurityGroupRule): readonly string[] {
  if (source.kind !== 'security-group' || source.peeringStatus === undefined || source.peeringStatus === 'active')
    return [];
  const through =
    source.peeringId === undefined ? 'The peering connection' : `The peering connection ${plain(source.peeringId)}`;
  return [
    `${through} to ${plain(source.id)} was ${plain(source.peeringStatus)} when undrift read the rule. EC2 accepts the rule only while that connection is active.`,
  ];
}
