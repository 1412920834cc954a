/** Network interfaces out of an estate file: as `describe-network-interfaces` prints them, or beside their instance. */
import type { NetworkInterface } from '../../src/domain/estate.ts';
import { globalIpv6, isOfLoadBalancer } from '../../src/domain/interface-traits.ts';
import { field, isAbsent, isTrue, items, optionalText, type Place, text } from '../../src/inbound/reader.ts';
import { tagsOf } from './tags.ts';

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
  const made = {
    requesterManaged: isTrue(field(place, 'RequesterManaged')),
    interfaceType: optionalText(field(place, 'InterfaceType')) ?? '',
    requesterId: optionalText(field(place, 'RequesterId')),
  };
  const attachedFor = optionalText(field(place, 'Attachment.InstanceOwnerId'));
  const tags = isAbsent(field(place, 'TagSet'))
    ? {}
    : tagsOf({ ...place, value: { Tags: field(place, 'TagSet').value } });
  return {
    id: text(field(place, 'NetworkInterfaceId')),
    vpcId: optionalText(field(place, 'VpcId')),
    ownerId: text(field(place, 'OwnerId')),
    groupIds: items(field(place, 'Groups')).map((group) => text(field(group, 'GroupId'))),
    instanceId,
    ...made,
    loadBalancer: isOfLoadBalancer({ ...made, attachedFor }),
    publicAddresses: publicOf(place),
    description: optionalText(field(place, 'Description')) ?? '',
    tags,
  };
}

/** As EC2's answer has them: at the interface, and at each of its private addresses. */
function publicOf(place: Place): readonly string[] {
  const associations = [place, ...items(field(place, 'PrivateIpAddresses'))].map((at) => field(at, 'Association'));
  const ipv4 = associations.flatMap((at) =>
    ['PublicIp', 'CarrierIp', 'CustomerOwnedIp'].map((key) => optionalText(field(at, key))),
  );
  const ipv6 = [
    ...items(field(place, 'Ipv6Addresses')).map((at) => optionalText(field(at, 'Ipv6Address'))),
    ...items(field(place, 'Ipv6Prefixes')).map((at) => optionalText(field(at, 'Ipv6Prefix'))),
  ];
  const known = (all: readonly (string | null)[]) => all.filter((one) => one !== null);
  return [...new Set([...known(ipv4), ...globalIpv6(known(ipv6))])].sort();
}
