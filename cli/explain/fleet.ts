/** Instances and their Auto Scaling groups out of an estate file. */
import { compareWithBaseline } from '../../src/domain/drift.ts';
import type {
  AutoScalingGroup,
  Baseline,
  Drift,
  GroupMember,
  Instance,
  InstanceEstate,
} from '../../src/domain/estate.ts';
import { field, isAbsent, isTrue, items, malformed, optionalText, type Place, text } from '../../src/inbound/reader.ts';
import { instanceId } from '../../src/inbound/values.ts';
import { tagsOf } from './tags.ts';

type Lists = (
  name: 'Reservations' | 'AutoScalingGroups' | 'LaunchTemplateVersions' | 'NetworkInterfaces',
) => readonly Place[];

export type Fleet = {
  readonly instances: readonly Instance[];
  readonly groups: readonly AutoScalingGroup[];
  /** By template id and version. */
  readonly baselines: ReadonlyMap<string, Baseline>;
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
    baselines: new Map(list('LaunchTemplateVersions').map(baselineOf)),
    holders: new Map([...own, ...attached]),
  };
}

/** Null when the file does not hold the instance. */
export function findInstance(fleet: Fleet, id: string): InstanceEstate | null {
  const instance = fleet.instances.find((one) => one.id === id);
  if (instance === undefined) return null;
  const group = fleet.groups.find((one) => one.members.some((it) => it.id === id)) ?? null;
  return { kind: 'instance', instance, group, drift: driftOf(fleet, instance, group) };
}

function instanceOf(place: Place): Instance {
  return {
    id: instanceId(field(place, 'InstanceId')),
    state: optionalText(field(place, 'State.Name')) ?? 'running',
    vpcId: optionalText(field(place, 'VpcId')),
    imageId: optionalText(field(place, 'ImageId')),
    launchedAt: optionalText(field(place, 'LaunchTime')),
    securityGroupIds: items(field(place, 'SecurityGroups')).map((group) => text(field(group, 'GroupId'))),
    profileArn: optionalText(field(place, 'IamInstanceProfile.Arn')),
    rootDevice: optionalText(field(place, 'RootDeviceName')),
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
  };
}

/** The owner of a public address that comes with the subnet is `amazon`; that of an Elastic IP is an account. */
function holdsElasticIp(association: Place): boolean {
  return !isAbsent(association) && optionalText(field(association, 'IpOwnerId')) !== 'amazon';
}

export function whole(place: Place, otherwise: number): number {
  if (isAbsent(place)) return otherwise;
  if (typeof place.value !== 'number' || !Number.isInteger(place.value)) throw malformed(place, 'a whole number');
  return place.value;
}

function groupOf(place: Place): AutoScalingGroup {
  const members = items(field(place, 'Instances'), Number.POSITIVE_INFINITY).map(memberOf);
  const name = text(field(place, 'AutoScalingGroupName'));
  return {
    name,
    arn: optionalText(field(place, 'AutoScalingGroupARN')) ?? name,
    desired: whole(field(place, 'DesiredCapacity'), members.length),
    min: whole(field(place, 'MinSize'), 0),
    max: whole(field(place, 'MaxSize'), members.length),
    suspendedProcesses: items(field(place, 'SuspendedProcesses')).map((it) => text(field(it, 'ProcessName'))),
    // No describe command that the file may hold tells of refreshes.
    refreshRunning: false,
    members,
    tags: tagsOf(place),
  };
}

function memberOf(place: Place): GroupMember {
  const template = field(place, 'LaunchTemplate');
  return {
    id: instanceId(field(place, 'InstanceId')),
    lifecycleState: text(field(place, 'LifecycleState')),
    healthy: optionalText(field(place, 'HealthStatus'))?.toLowerCase() !== 'unhealthy',
    protectedFromScaleIn: isTrue(field(place, 'ProtectedFromScaleIn')),
    launchTemplate: isAbsent(template)
      ? null
      : { id: text(field(template, 'LaunchTemplateId')), version: text(field(template, 'Version')) },
    launchConfigurationName: optionalText(field(place, 'LaunchConfigurationName')),
  };
}

function driftOf(fleet: Fleet, instance: Instance, group: AutoScalingGroup | null): Drift | null {
  if (group === null) return null;
  const launched = group.members.find((member) => member.id === instance.id)?.launchTemplate ?? null;
  if (launched === null) return { kind: 'unknown', why: 'it has no launch template' };
  const name = versionName(launched.id, launched.version);
  const baseline = fleet.baselines.get(name);
  if (baseline === undefined) return { kind: 'unknown', why: `${name} is not in the estate` };
  // describe-instances does not print user data: that is left uncompared.
  return { kind: 'compared', baseline: name, differences: compareWithBaseline(instance, undefined, baseline) };
}

const versionName = (id: string, version: string) => `${id} version ${version}`;

/** Groups stand at the template's top, or at its first interface. */
function baselineOf(version: Place): [string, Baseline] {
  const data = field(version, 'LaunchTemplateData');
  const first = items(field(data, 'NetworkInterfaces')).find((it) => whole(field(it, 'DeviceIndex'), 0) === 0);
  const listed = items(field(data, 'SecurityGroupIds'));
  const groups = listed.length > 0 || first === undefined ? listed : items(field(first, 'Groups'));
  const profile = field(data, 'IamInstanceProfile');
  const number = whole(field(version, 'VersionNumber'), 1);
  const name = versionName(text(field(version, 'LaunchTemplateId')), String(number));
  const baseline = {
    name,
    userData: optionalText(field(data, 'UserData')),
    securityGroupIds: groups.length > 0 ? groups.map(text) : undefined,
    profile: optionalText(field(profile, 'Arn')) ?? optionalText(field(profile, 'Name')),
  };
  return [name, baseline];
}
