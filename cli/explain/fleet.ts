/** Instances and their Auto Scaling groups out of an estate file. */
import { instanceTraits } from '../../src/aws/instance-traits.ts';
import type { AutoScalingGroup, Instance, InstanceEstate } from '../../src/domain/estate.ts';
import { field, isAbsent, isTrue, items, optionalText, type Place, text } from '../../src/inbound/reader.ts';
import { instanceId } from '../../src/inbound/values.ts';
import { driftOf, type Known, readKnown } from './drift.ts';
import { groupOf } from './fleet-groups.ts';
import { factsOf, type KnownImages, readImages } from './images.ts';
import { tagsOf } from './tags.ts';
import { metadataOptions } from './template.ts';
import { flag, instant, number, whole } from './values.ts';

type Lists = (
  name:
    | 'Reservations'
    | 'AutoScalingGroups'
    | 'LaunchTemplateVersions'
    | 'NetworkInterfaces'
    | 'Volumes'
    | 'Images'
    | 'InstanceAttributes'
    | 'Parameters',
) => readonly Place[];

export type Fleet = {
  readonly instances: readonly Instance[];
  readonly groups: readonly AutoScalingGroup[];
  /** What its instances are compared with. */
  readonly known: Known;
  readonly images: KnownImages;
  /** Instance id by interface id. */
  readonly holders: ReadonlyMap<string, string>;
};

/** @throws MalformedEvent naming the key */
export function readFleet(list: Lists): Fleet {
  const instances = list('Reservations')
    .flatMap((reservation) => items(field(reservation, 'Instances')))
    .map(instanceOf);
  const attached = list('NetworkInterfaces').flatMap((it): [string, string][] => {
    const holder = optionalText(field(it, 'Attachment.InstanceId'));
    return holder === null ? [] : [[text(field(it, 'NetworkInterfaceId')), holder]];
  });
  const own = instances.flatMap(({ id, interfaces }) => interfaces.map((it): [string, string] => [it.id, id]));
  return {
    instances,
    groups: list('AutoScalingGroups').map(groupOf),
    known: readKnown(list),
    images: readImages(list),
    holders: new Map([...own, ...attached]),
  };
}

/** Null when the file does not hold the instance. */
export function findInstance(fleet: Fleet, id: string): InstanceEstate | null {
  const instance = fleet.instances.find((one) => one.id === id);
  if (instance === undefined) return null;
  const group = fleet.groups.find((one) => one.members.some((it) => it.id === id)) ?? null;
  const imageFacts = factsOf(fleet.images, instance.imageId);
  return { kind: 'instance', instance, group, drift: driftOf(fleet.known, instance, group), imageFacts };
}

function instanceOf(place: Place): Instance {
  return {
    id: instanceId(field(place, 'InstanceId')),
    state: optionalText(field(place, 'State.Name')) ?? 'running',
    vpcId: optionalText(field(place, 'VpcId')),
    imageId: optionalText(field(place, 'ImageId')),
    launchedAt: instant(field(place, 'LaunchTime')),
    securityGroupIds: items(field(place, 'SecurityGroups')).map((group) => text(field(group, 'GroupId'))),
    profileArn: optionalText(field(place, 'IamInstanceProfile.Arn')),
    rootDevice: optionalText(field(place, 'RootDeviceName')),
    ...(optionalText(field(place, 'RootDeviceType')) === 'instance-store' && { rootInStore: true as const }),
    volumes: items(field(place, 'BlockDeviceMappings'))
      .filter((mapping) => !isAbsent(field(mapping, 'Ebs')))
      .map((mapping) => ({
        id: text(field(mapping, 'Ebs.VolumeId')),
        device: text(field(mapping, 'DeviceName')),
        deleteOnTermination: isTrue(field(mapping, 'Ebs.DeleteOnTermination')),
      })),
    interfaces: items(field(place, 'NetworkInterfaces')).map((it) => ({
      id: text(field(it, 'NetworkInterfaceId')),
      deviceIndex: whole(field(it, 'Attachment.DeviceIndex'), 0),
      elasticIp: holdsElasticIp(field(it, 'Association')),
    })),
    tags: tagsOf(place),
    traits: traitsOf(place),
  };
}

function traitsOf(place: Place): NonNullable<Instance['traits']> {
  const told = (key: string) => optionalText(field(place, key)) ?? undefined;
  return instanceTraits({
    InstanceType: told('InstanceType'),
    KeyName: told('KeyName'),
    EbsOptimized: flag(field(place, 'EbsOptimized')),
    Monitoring: { State: told('Monitoring.State') },
    SourceDestCheck: flag(field(place, 'SourceDestCheck')),
    NetworkInterfaces: items(field(place, 'NetworkInterfaces')).map((it) => ({
      SourceDestCheck: flag(field(it, 'SourceDestCheck')),
      Attachment: { DeviceIndex: number(field(it, 'Attachment.DeviceIndex')) },
    })),
    MetadataOptions: metadataOptions(field(place, 'MetadataOptions')),
  });
}

/** The owner of a public address that comes with the subnet is `amazon`; that of an Elastic IP is an account. */
function holdsElasticIp(association: Place): boolean {
  return !isAbsent(association) && optionalText(field(association, 'IpOwnerId')) !== 'amazon';
}
