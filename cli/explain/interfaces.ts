/** Network interfaces out of an estate file: as `describe-network-interfaces` prints them, or beside their instance. */
import type { NetworkInterface } from '../../src/domain/estate.ts';
import { field, isAbsent, isTrue, items, optionalText, type Place, text } from '../../src/inbound/reader.ts';
import { tagsOf } from './tags.ts';

/** What EC2 writes for a load balancer, and nobody else can: of its kind, or of who asked for it. */
const BALANCER_TYPES = new Set(['load_balancer', 'network_load_balancer', 'gateway_load_balancer']);
const BALANCER_REQUESTER = 'amazon-elb';

/** An interface always has groups: one that is listed without them is not told about, and left out. @throws MalformedEvent */
export function readInterfaces(
  list: (name: 'NetworkInterfaces' | 'Reservations') => readonly Place[],
): readonly NetworkInterface[] {
  const ofInstances = list('Reservations')
    .flatMap((reservation) => items(field(reservation, 'Instances')))
    .flatMap((instance) => {
      const holder = optionalText(field(instance, 'InstanceId'));
      return told(items(field(instance, 'NetworkInterfaces'))).map((place) => interfaceOf(place, holder));
    });
  const described = told(list('NetworkInterfaces')).map((place) => {
    return interfaceOf(place, optionalText(field(place, 'Attachment.InstanceId')));
  });
  // Described by themselves they say more.
  return [...new Map([...ofInstances, ...described].map((it) => [it.id, it])).values()];
}

const told = (places: readonly Place[]) => places.filter((place) => !isAbsent(field(place, 'Groups')));

function interfaceOf(place: Place, instanceId: string | null): NetworkInterface {
  const requesterManaged = isTrue(field(place, 'RequesterManaged'));
  const tags = isAbsent(field(place, 'TagSet'))
    ? {}
    : tagsOf({ ...place, value: { Tags: field(place, 'TagSet').value } });
  return {
    id: text(field(place, 'NetworkInterfaceId')),
    vpcId: optionalText(field(place, 'VpcId')),
    ownerId: text(field(place, 'OwnerId')),
    groupIds: items(field(place, 'Groups')).map((group) => text(field(group, 'GroupId'))),
    instanceId,
    requesterManaged,
    loadBalancer: requesterManaged && isBalancer(place),
    description: optionalText(field(place, 'Description')) ?? '',
    tags,
  };
}

function isBalancer(place: Place): boolean {
  const type = optionalText(field(place, 'InterfaceType')) ?? '';
  return BALANCER_TYPES.has(type) || optionalText(field(place, 'RequesterId')) === BALANCER_REQUESTER;
}
