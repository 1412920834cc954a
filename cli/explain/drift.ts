/** How an instance of an estate file differs from the template that it was launched from. */
import { compareWithBaseline } from '../../src/domain/drift.ts';
import { deviceName } from '../../src/domain/drift-path.ts';
import type { AutoScalingGroup, Drift, Instance, Volume } from '../../src/domain/estate.ts';
import { field, isAbsent, items, type Place, text } from '../../src/inbound/reader.ts';
import { instanceId } from '../../src/inbound/values.ts';
import { type Template, templateOf, userDataAt, versionName } from './template.ts';
import { flag, number } from './values.ts';

type Lists = (name: 'LaunchTemplateVersions' | 'Volumes' | 'Images' | 'InstanceAttributes') => readonly Place[];

/** What a file tells beside its instances and groups. */
export type Known = {
  /** By template id and version. */
  readonly templates: ReadonlyMap<string, Template>;
  readonly volumes: ReadonlyMap<string, Partial<Volume>>;
  /** Devices by image id. */
  readonly images: ReadonlyMap<string, readonly string[]>;
  /** By instance id; null for none. */
  readonly userData: ReadonlyMap<string, string | null>;
};

/** @throws MalformedEvent naming the key */
export function readKnown(list: Lists): Known {
  return {
    templates: new Map(list('LaunchTemplateVersions').map(templateOf)),
    volumes: new Map(list('Volumes').map(volumeOf)),
    images: new Map(
      list('Images').map((image) => [
        text(field(image, 'ImageId')),
        items(field(image, 'BlockDeviceMappings')).map((mapping) => text(field(mapping, 'DeviceName'))),
      ]),
    ),
    userData: new Map(
      list('InstanceAttributes')
        .filter((it) => !isAbsent(field(it, 'UserData')))
        .map((it) => [instanceId(field(it, 'InstanceId')), userDataAt(field(it, 'UserData.Value'))]),
    ),
  };
}

function volumeOf(place: Place): [id: string, facts: Partial<Volume>] {
  const [size, encrypted, type] = [
    number(field(place, 'Size')),
    flag(field(place, 'Encrypted')),
    field(place, 'VolumeType'),
  ];
  return [
    text(field(place, 'VolumeId')),
    {
      ...(size !== undefined && { size }),
      ...(!isAbsent(type) && { type: text(type) }),
      ...(encrypted !== undefined && { encrypted }),
    },
  ];
}

/** Null for an instance of no group. */
export function driftOf(known: Known, instance: Instance, group: AutoScalingGroup | null): Drift | null {
  if (group === null) return null;
  const launched = group.members.find((member) => member.id === instance.id)?.launchTemplate ?? null;
  if (launched === null) return { kind: 'unknown', why: 'it has no launch template' };
  const name = versionName(launched.id, launched.version);
  const template = known.templates.get(name);
  if (template === undefined) return { kind: 'unknown', why: `${name} is not in the estate` };
  const { baseline, suppressed } = template(group.overrides);
  const brought = known.images.get(baseline.image ?? instance.imageId ?? '');
  const out = suppressed.map(deviceName);
  const imageDevices = brought?.filter((device) => !out.includes(deviceName(device)));
  const live = { ...instance, volumes: instance.volumes.map((it) => ({ ...it, ...known.volumes.get(it.id) })) };
  const whole = { ...baseline, ...(imageDevices !== undefined && { imageDevices }) };
  // describe-instances does not print user data: without its attribute it is left uncompared.
  const { differences, untold } = compareWithBaseline(live, known.userData.get(instance.id), whole);
  const unread = known.userData.has(instance.id) ? [] : [USER_DATA_UNREAD];
  return { kind: 'compared', baseline: name, differences, untold: [...unread, ...untold] };
}

const USER_DATA_UNREAD = { path: 'user-data', why: 'InstanceAttributes does not have it' } as const;
