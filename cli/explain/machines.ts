/** Of many machines at once, out of an estate file: which there are, which Systems Manager looks after, whom commands reached. */
import type { Invocation } from '../../src/aws/invocations.ts';
import { type Instance, isEnding } from '../../src/domain/estate.ts';
import { GROUP_TAG, type SeenGroup, type SeenMachine } from '../../src/domain/machine.ts';
import { field, items, optionalText, type Place, text } from '../../src/inbound/reader.ts';
import type { Fleet } from './fleet.ts';
import { instant } from './values.ts';

/** The keys that tell it, each with what prints it. */
export const PRINTED_BY = {
  CommandInvocations: 'aws ssm list-command-invocations',
  InstanceInformationList: 'aws ssm describe-instance-information',
  Reservations: 'aws ec2 describe-instances',
  AutoScalingGroups: 'aws autoscaling describe-auto-scaling-groups',
} as const;
export type MachineKey = keyof typeof PRINTED_BY;

type Lists = (name: MachineKey) => readonly Place[];

export type KnownMachines = {
  readonly has: (key: MachineKey) => boolean;
  /** Those that have not ended. */
  readonly machines: readonly SeenMachine[];
  readonly groups: readonly SeenGroup[];
  /** Ids of what Systems Manager looks after. */
  readonly managed: readonly string[];
  readonly invocations: readonly (Invocation & { readonly commandId: string })[];
};

/** @throws MalformedEvent naming the key */
export function readMachines(list: Lists, has: KnownMachines['has'], fleet: Fleet): KnownMachines {
  return {
    has,
    machines: machinesIn(list('Reservations'), fleet),
    groups: fleet.groups.map(({ name, desired, tags, members }) => ({
      name,
      desired,
      tags,
      states: new Map(members.map(({ id, lifecycleState }) => [id, lifecycleState])),
    })),
    managed: list('InstanceInformationList').map((place) => text(field(place, 'InstanceId'))),
    invocations: list('CommandInvocations').map((place) => ({
      commandId: text(field(place, 'CommandId')),
      InstanceId: text(field(place, 'InstanceId')),
      Status: optionalText(field(place, 'Status')) ?? undefined,
      StatusDetails: optionalText(field(place, 'StatusDetails')) ?? undefined,
    })),
  };
}

function machinesIn(reservations: readonly Place[], { instances, groups }: Fleet): readonly SeenMachine[] {
  const places = reservations.flatMap((reservation) => items(field(reservation, 'Instances')));
  const attached = new Map(places.map((place) => [text(field(place, 'InstanceId')), attachTimes(place)]));
  const joined = new Map(groups.flatMap(({ name, members }) => members.map(({ id }) => [id, name] as const)));
  return instances
    .filter((instance) => !isEnding(instance))
    .map((instance) => seen(instance, attached.get(instance.id) ?? [], joined.get(instance.id)));
}

function attachTimes(place: Place): readonly string[] {
  return items(field(place, 'BlockDeviceMappings')).flatMap((it) => instant(field(it, 'Ebs.AttachTime')) ?? []);
}

/** Auto Scaling tags its members: a file that was written by hand may lack that. */
function seen(
  { id, vpcId, launchedAt, tags }: Instance,
  attachedAt: readonly string[],
  group: string | undefined,
): SeenMachine {
  const own = group === undefined ? {} : { [GROUP_TAG]: group };
  return { id, vpcId, launchedAt, attachedAt, tags: { ...own, ...tags } };
}
