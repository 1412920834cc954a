/** Launch template versions out of an estate file, and what else a comparison with them needs. */
import { type LaunchData, launchSays, leftOut } from '../../src/aws/launch-says.ts';
import type { Baseline, LaunchOverrides } from '../../src/domain/estate.ts';
import { sameText } from '../../src/domain/user-data.ts';
import { field, isAbsent, items, malformed, optionalText, type Place, text } from '../../src/inbound/reader.ts';
import { flag, number } from './values.ts';

/** What a template version says to a group with these overrides. */
export type Template = (overrides: LaunchOverrides | undefined) => {
  readonly baseline: Baseline;
  /** Devices of the image that the template leaves out. */
  readonly suppressed: readonly string[];
};

export const versionName = (id: string, version: string) => `${id} version ${version}`;

/** @throws MalformedEvent */
export function templateOf(version: Place): [name: string, template: Template] {
  const data = field(version, 'LaunchTemplateData');
  const profile = field(data, 'IamInstanceProfile');
  const name = versionName(
    text(field(version, 'LaunchTemplateId')),
    String(number(field(version, 'VersionNumber')) ?? 1),
  );
  const launch = launchData(data);
  const own = {
    name,
    userData: userDataAt(field(data, 'UserData')),
    securityGroupIds: groupsOf(data),
    profile: optionalText(field(profile, 'Arn')) ?? optionalText(field(profile, 'Name')),
  };
  return [
    name,
    (overrides) => ({ baseline: { ...own, ...launchSays(launch, overrides) }, suppressed: leftOut(launch) }),
  ];
}

/** Base64 of up to 16 KiB, maybe in lines: longer than other texts, and never shown. */
export function userDataAt(place: Place): string | null {
  if (isAbsent(place)) return null;
  if (typeof place.value !== 'string') throw malformed({ ...place, value: undefined }, 'user data as a string');
  return sameText(place.value);
}

/** Groups stand at the template's top, or at its first interface. */
function groupsOf(data: Place): readonly string[] | undefined {
  const first = items(field(data, 'NetworkInterfaces')).find((it) => (number(field(it, 'DeviceIndex')) ?? 0) === 0);
  const listed = items(field(data, 'SecurityGroupIds'));
  const groups = listed.length > 0 || first === undefined ? listed : items(field(first, 'Groups'));
  return groups.length > 0 ? groups.map(text) : undefined;
}

function launchData(data: Place): LaunchData {
  const told = (key: string) => optionalText(field(data, key)) ?? undefined;
  const requirements = field(data, 'InstanceRequirements');
  return {
    ImageId: told('ImageId'),
    InstanceType: told('InstanceType'),
    InstanceRequirements: isAbsent(requirements) ? undefined : {},
    KeyName: told('KeyName'),
    EbsOptimized: flag(field(data, 'EbsOptimized')),
    Monitoring: { Enabled: flag(field(data, 'Monitoring.Enabled')) },
    MetadataOptions: metadataOptions(field(data, 'MetadataOptions')),
    NetworkInterfaces: items(field(data, 'NetworkInterfaces')).map((it) => ({
      NetworkInterfaceId: optionalText(field(it, 'NetworkInterfaceId')) ?? undefined,
    })),
    BlockDeviceMappings: items(field(data, 'BlockDeviceMappings')).map(deviceMapping),
    TagSpecifications: items(field(data, 'TagSpecifications')).map((it) => ({
      ResourceType: optionalText(field(it, 'ResourceType')) ?? undefined,
      Tags: items(field(it, 'Tags')).map((tag) => ({
        Key: text(field(tag, 'Key')),
        Value: optionalText(field(tag, 'Value')) ?? '',
      })),
    })),
  };
}

/** Of a template or an instance. */
export function metadataOptions(options: Place): NonNullable<LaunchData['MetadataOptions']> {
  const told = (key: string) => optionalText(field(options, key)) ?? undefined;
  return {
    HttpTokens: told('HttpTokens'),
    HttpEndpoint: told('HttpEndpoint'),
    HttpProtocolIpv6: told('HttpProtocolIpv6'),
    HttpPutResponseHopLimit: number(field(options, 'HttpPutResponseHopLimit')),
    InstanceMetadataTags: told('InstanceMetadataTags'),
  };
}

function deviceMapping(mapping: Place): NonNullable<LaunchData['BlockDeviceMappings']>[number] {
  const ebs = field(mapping, 'Ebs');
  // An empty string says that the device is left out.
  const leaves = field(mapping, 'NoDevice').value;
  return {
    DeviceName: text(field(mapping, 'DeviceName')),
    NoDevice: typeof leaves === 'string' ? leaves : undefined,
    Ebs: isAbsent(ebs)
      ? undefined
      : {
          VolumeSize: number(field(ebs, 'VolumeSize')),
          VolumeType: optionalText(field(ebs, 'VolumeType')) ?? undefined,
          Encrypted: flag(field(ebs, 'Encrypted')),
          DeleteOnTermination: flag(field(ebs, 'DeleteOnTermination')),
        },
  };
}
