/** With an inventory: what it does not say, and was assumed or could not be decided for want of it. */
import type { Change } from '../../src/domain/change.ts';
import type { Estate, InstanceEstate } from '../../src/domain/estate.ts';
import { GROUP_TAG } from '../../src/domain/machine.ts';
import type { Assumption } from './assumption.ts';
import { acceptedOf, UNREAD_BEFORE } from './assumptions.ts';
import type { EstateFile } from './estate-file.ts';

export function gapsOf(file: EstateFile, estates: readonly Estate[], change: Change): readonly Assumption[] {
  const groups = estates.flatMap((estate) =>
    estate.kind === 'network-interface' ? estate.groups : estate.kind === 'security-group' ? [estate] : [],
  );
  const described = new Set(file.groups.map(({ id }) => id));
  const bare = [...new Set(groups.map(({ group }) => group.id))].filter((id) => !described.has(id));
  const without = [...new Set(groups.flatMap(({ group, rules }) => (rules.length === 0 ? [group.id] : [])))];
  return [
    ...without.map((id): Assumption => ({ about: 'rules', text: `${id} has no rules: the estate holds none.` })),
    ...bare.map((id): Assumption => ({ about: 'security-group', text: undescribed(id, change) })),
    ...(estates.some((estate) => estate.kind === 'security-group' && estate.surroundings === null) ? [UNUSED] : []),
    ...historyOf(estates, change),
  ];
}

const undescribed = (id: string, { account }: Change) =>
  `${id} belongs to account ${account}, and has no tags and no VPC: SecurityGroups does not describe it.`;

const UNUSED: Assumption = {
  about: 'security-group',
  text: 'No load balancer and no AWS service uses the group, and no other group is on its interfaces: the estate has no NetworkInterfaces with Groups.',
};

/** What only the ledger knows. */
function historyOf(estates: readonly Estate[], change: Change): readonly Assumption[] {
  const regrouped =
    change.fact.kind === 'security-groups-changed' && estates.some(({ kind }) => kind === 'network-interface');
  const dated = estates.some(({ kind }) => NETWORK.includes(kind));
  return [
    ...estates.flatMap((estate) => (estate.kind === 'baseline' ? [acceptedOf(estate.resource, change)] : [])),
    ...(regrouped ? [ATTACHED] : []),
    ...(dated ? [UNREAD_BEFORE] : []),
  ];
}

const ATTACHED: Assumption = {
  about: 'history',
  text: 'What the interface had before is not known here. Where the ledger knows it, the group that was attached comes off, and no rule goes.',
};

const NETWORK: readonly Estate['kind'][] = ['security-group', 'network-interface', 'prefix-list'];

/** Why nobody can say whether the instance has a group; null where the inventory tells. Auto Scaling tags its instances. */
export function groupUnknown({ instance, group }: InstanceEstate, file: EstateFile): string | null {
  if (group !== null) return null;
  const name = instance.tags[GROUP_TAG];
  if (name !== undefined) return `its Auto Scaling group ${name} is not in the estate, or does not list it`;
  return file.machines.has('AutoScalingGroups')
    ? null
    : 'the estate has no AutoScalingGroups, so its group is not known';
}
