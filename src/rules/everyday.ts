import type { Change } from '../domain/change.ts';
import type { InstanceRuleId } from '../policy/policy.ts';

/**
 * What the agents of container platforms do all day by the role of the node that they run on: the EBS CSI driver moves
 * and grows volumes, the VPC CNI gives interfaces, their groups and their addresses. (EKS best practices, "Identity and
 * access": both drivers fall back to the node's role.) Nothing else that a node does is everyday: it is told. The CSI
 * controller works for every node; the CNI works for its own, and nobody else's interfaces are its business.
 */
type Everyday = {
  readonly rule: InstanceRuleId;
  readonly on: 'any' | 'network-interface';
  readonly own?: true;
};

const EVERYDAY: readonly Everyday[] = [
  { rule: 'volume-attached', on: 'any' },
  { rule: 'volume-detached', on: 'any' },
  { rule: 'volume-modified', on: 'any' },
  { rule: 'interface-attached', on: 'any', own: true },
  { rule: 'interface-detached', on: 'any' },
  { rule: 'addresses-assigned', on: 'network-interface', own: true },
  { rule: 'addresses-unassigned', on: 'network-interface', own: true },
  { rule: 'security-groups-changed', on: 'network-interface', own: true },
];

/**
 * "An instance's own role is never a person": why the change is everyday work of such a role, or null.
 * @param instanceId whom it was done to, where that is known
 */
export function everydayWork({ actor, fact, resources }: Change, instanceId: string | null): string | null {
  if (actor.instanceId === null) return null;
  const toOthers = instanceId !== null && instanceId !== actor.instanceId;
  const rule = fact.kind === 'signal' ? fact.signal : fact.kind;
  const ofInterface = resources.some(({ type }) => type === 'network-interface');
  const usual = EVERYDAY.some(
    (row) => row.rule === rule && (row.on === 'any' || ofInterface) && !(row.own && toOthers),
  );
  return usual ? `everyday work of ${actor.instanceId} by its own role: no person did it` : null;
}
