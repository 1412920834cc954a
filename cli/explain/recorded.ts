/** An instance as AWS Config recorded it. */
import type { Instance, InstanceEstate, Tags } from '../../src/domain/estate.ts';
import { GROUP_TAG } from '../../src/domain/machine.ts';
import { field, isAbsent, isObject, items, optionalText, type Place } from '../../src/inbound/reader.ts';
import { assumedGroup, type OptInTag } from './assumed-fleet.ts';
import { PLACEHOLDERS } from './assumption.ts';

export type Recording = { readonly kind: 'recording'; readonly item: Place; readonly configuration: Place };

/** Auto Scaling tags its instances: one that was recorded without that tag is in no group. */
export function recorded(id: string, { item, configuration }: Recording, optInTag: OptInTag): InstanceEstate {
  const tags = instanceTags(item, configuration);
  const name = tags === null ? PLACEHOLDERS.autoScalingGroup : tags[GROUP_TAG];
  const group = name === undefined ? null : assumedGroup(name, id, optInTag);
  return { kind: 'instance', instance: recordedInstance(id, configuration, tags ?? {}), group, drift: null };
}

/** An object at the item, and a list in its configuration; null where neither is there. */
function instanceTags(item: Place, configuration: Place): Tags | null {
  const listed = field(configuration, 'tags');
  if (isAbsent(listed) && !isObject(field(item, 'tags').value)) return null;
  const pairs = items(listed).map((tag) => [optionalText(field(tag, 'key')), optionalText(field(tag, 'value'))]);
  const own = Object.fromEntries(pairs.flatMap(([key, value]) => (key ? [[key, value ?? '']] : [])));
  return { ...own, ...tagsOf(item) };
}

function recordedInstance(id: string, configuration: Place, tags: Tags): Instance {
  const groups = items(field(configuration, 'securityGroups')).map((group) => optionalText(field(group, 'groupId')));
  return {
    id,
    state: optionalText(field(configuration, 'state.name')) ?? 'running',
    vpcId: optionalText(field(configuration, 'vpcId')),
    imageId: optionalText(field(configuration, 'imageId')),
    launchedAt: optionalText(field(configuration, 'launchTime')),
    securityGroupIds: groups.filter((group) => group !== null),
    profileArn: optionalText(field(configuration, 'iamInstanceProfile.arn')),
    rootDevice: optionalText(field(configuration, 'rootDeviceName')),
    volumes: [],
    interfaces: [],
    tags,
  };
}

/** A Config item has its tags as an object. */
export function tagsOf(item: Place): Tags {
  const { value } = field(item, 'tags');
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((tag): tag is [string, string] => typeof tag[1] === 'string'));
}
