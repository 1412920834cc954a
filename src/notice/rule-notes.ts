/** What a command cannot put back of rules, or what it depends on. */
import type { SecurityGroupRule } from '../domain/estate.ts';
import type { Inverse } from '../domain/incident.ts';
import { plain } from './plain.ts';
import { isForAws, settableTags } from './undo-rules.ts';

export function restNotes(inverse: Inverse): readonly string[] {
  if (inverse === null || inverse.action !== 'authorize-rules') return [];
  const { rules } = inverse;
  const leftOut = rules.flatMap(tagsLeftOut);
  return [
    ...new Set(rules.flatMap(peeringNote)),
    ...(rules.some(({ tagsLeftOut }) => tagsLeftOut)
      ? ['Some rules had more tags than the record has room for: they come back without tags.']
      : []),
    ...(leftOut.some(isForAws) ? ['Tags whose keys begin with aws: are for AWS to set, and are left out.'] : []),
    ...(leftOut.every(isForAws) ? [] : ['Tags whose values are masked are left out.']),
  ];
}

function tagsLeftOut(rule: SecurityGroupRule): readonly string[] {
  const set = new Set(settableTags(rule).map(([key]) => key));
  return Object.keys(rule.tags ?? {}).filter((key) => !set.has(key));
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
