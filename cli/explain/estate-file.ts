/** `--estate FILE`: what the AWS CLI's describe commands print, merged into one object, as a world to look things up in. */
import type { NetworkInterface, PrefixList, SecurityGroup, SecurityGroupRule } from '../../src/domain/estate.ts';
import { MalformedEvent } from '../../src/inbound/malformed.ts';
import {
  field,
  isAbsent,
  isObject,
  items,
  malformed,
  objectAt,
  optionalText,
  type Place,
  root,
  text,
} from '../../src/inbound/reader.ts';
import { expand, ruleOf } from '../../src/inbound/rules.ts';
import { securityGroupId } from '../../src/inbound/values.ts';
import { parseCidr } from '../../src/net/cidr.ts';
import { numbered } from './assume.ts';
import { type Fleet, readFleet } from './fleet.ts';
import { readInterfaces } from './interfaces.ts';
import { type KnownMachines, readMachines } from './machines.ts';
import { tagsOf } from './tags.ts';
import { whole } from './values.ts';

const LISTS = [
  'SecurityGroups',
  'SecurityGroupRules',
  'ManagedPrefixLists',
  'NetworkInterfaces',
  'Reservations',
  'AutoScalingGroups',
  'LaunchTemplateVersions',
  'Volumes',
  'Images',
  'InstanceAttributes',
  'Parameters',
  'CommandInvocations',
  'InstanceInformationList',
] as const;
const ENTRIES = 'PrefixListEntries';
const KEYS = [...LISTS, ENTRIES].join(', ');
type ListName = (typeof LISTS)[number];

type Lists = (name: ListName) => readonly Place[];

export type EstateFile = {
  readonly groups: readonly SecurityGroup[];
  readonly rules: readonly SecurityGroupRule[];
  readonly prefixLists: readonly PrefixList[];
  /** Those of which the file tells the groups. */
  readonly interfaces: readonly NetworkInterface[];
  readonly fleet: Fleet;
  /** Those that a call may name all at once. */
  readonly machines: KnownMachines;
};

/** @throws MalformedEvent naming the key */
export function readEstate(json: unknown): EstateFile {
  if (!isObject(json)) throw malformed({ value: json, path: 'estate' }, 'an object');
  const file = root(json);
  for (const key of Object.keys(objectAt(file))) {
    const place = field(file, key);
    if (key === ENTRIES) objectAt(place);
    else if (!LISTS.some((name) => name === key)) throw new MalformedEvent(`${key}: unknown; the keys are ${KEYS}`);
    else if (!Array.isArray(place.value)) throw malformed(place, 'a list');
  }
  const list = (name: ListName) => items(field(file, name));
  const fleet = readFleet(list);
  return {
    groups: list('SecurityGroups').map(groupOf),
    rules: rulesOf(file, list),
    prefixLists: prefixListsOf(file, list),
    interfaces: readInterfaces(list),
    fleet,
    machines: readMachines(list, (name) => !isAbsent(field(file, name)), fleet),
  };
}

function groupOf(place: Place): SecurityGroup {
  const id = securityGroupId(field(place, 'GroupId'));
  return {
    id,
    name: optionalText(field(place, 'GroupName')) ?? id,
    ownerId: text(field(place, 'OwnerId')),
    vpcId: optionalText(field(place, 'VpcId')),
    tags: tagsOf(place),
  };
}

/** With ids where SecurityGroupRules gives them; else from each group's permissions, with ids that are assumed. */
function rulesOf(file: Place, list: Lists): readonly SecurityGroupRule[] {
  if (!isAbsent(field(file, 'SecurityGroupRules'))) {
    return list('SecurityGroupRules').map((rule) => {
      return ruleOf(rule, securityGroupId(field(rule, 'GroupId')), text(field(rule, 'SecurityGroupRuleId')));
    });
  }
  // One count for the whole file, so that no two groups have a rule of the same id.
  let first = 1;
  return list('SecurityGroups').flatMap((group) => {
    const id = securityGroupId(field(group, 'GroupId'));
    const owner = text(field(group, 'OwnerId'));
    const permitted = (key: string) => items(field(group, key)).flatMap((it) => expand(it, owner));
    const ingress = permitted('IpPermissions');
    const egress = permitted('IpPermissionsEgress');
    const rules = [...numbered(id, ingress, false, first), ...numbered(id, egress, true, first + ingress.length)];
    first += rules.length;
    return rules;
  });
}

/** A list whose entries are not given could not be read: it is left out, and the decision says so. */
function prefixListsOf(file: Place, list: Lists): readonly PrefixList[] {
  const described = list('ManagedPrefixLists');
  return Object.keys(objectAt({ ...file, value: field(file, ENTRIES).value ?? {} })).map((id) => {
    const about = described.find((one) => field(one, 'PrefixListId').value === id);
    const entries = items(step(field(file, ENTRIES), id));
    const version = about === undefined ? null : field(about, 'Version');
    return {
      id,
      name: about === undefined ? null : optionalText(field(about, 'PrefixListName')),
      ownerId: about === undefined ? null : optionalText(field(about, 'OwnerId')),
      cidrs: entries.map((entry) => cidr(field(entry, 'Cidr'))),
      version: version === null || isAbsent(version) ? null : whole(version, 0),
      descriptions: Object.fromEntries(entries.flatMap(descriptionOf)),
    };
  });
}

/** Written by people: an entry need not have one. */
function descriptionOf(entry: Place): readonly (readonly [cidr: string, words: string])[] {
  const words = field(entry, 'Description').value;
  return typeof words === 'string' && words !== '' ? [[text(field(entry, 'Cidr')), words]] : [];
}

/** Ids hold no dots, but this key is the user's. */
function step(place: Place, key: string): Place {
  return { value: objectAt(place)[key], path: `${place.path}.${key}` };
}

function cidr(place: Place): string {
  const range = text(place);
  if (parseCidr(range) === null) throw malformed(place, 'an address range (CIDR)');
  return range;
}
