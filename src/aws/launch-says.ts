/**
 * What launch data says, in values that can be compared. Pure, over the shape that EC2, Auto Scaling and the AWS CLI give
 * it, of which only what is compared is named.
 */
import type { Baseline, DeviceSays, LaunchOverrides, Tags, Traits, Untold } from '../domain/estate.ts';
import { tagsOf } from './shapes.ts';
import { known, type MetadataOptions, metadataTraits, monitoring } from './traits.ts';

type TagPairs = readonly { Key?: string | undefined; Value?: string | undefined }[];
type DeviceMapping = {
  readonly DeviceName?: string | undefined;
  /** In a template an empty string, in a launch configuration `true`: the image's device is left out. */
  readonly NoDevice?: string | boolean | undefined;
  readonly Ebs?:
    | {
        readonly VolumeSize?: number | undefined;
        readonly VolumeType?: string | undefined;
        readonly Encrypted?: boolean | undefined;
        readonly DeleteOnTermination?: boolean | undefined;
      }
    | undefined;
};

/** The data of a launch template version; a launch configuration says less in the same words. */
export type LaunchData = {
  readonly ImageId?: string | undefined;
  readonly InstanceType?: string | undefined;
  readonly InstanceRequirements?: object | undefined;
  readonly KeyName?: string | undefined;
  readonly EbsOptimized?: boolean | undefined;
  readonly Monitoring?: { readonly Enabled?: boolean | undefined } | undefined;
  readonly MetadataOptions?: MetadataOptions | undefined;
  readonly NetworkInterfaces?: readonly { readonly NetworkInterfaceId?: string | undefined }[] | undefined;
  readonly BlockDeviceMappings?: readonly DeviceMapping[] | undefined;
  readonly TagSpecifications?:
    | readonly { readonly ResourceType?: string | undefined; readonly Tags?: TagPairs | undefined }[]
    | undefined;
};

const NO_OVERRIDES: LaunchOverrides = { types: [], byRequirements: false, tagKeys: [] };

/** What the data says beside profile, user data and security groups. */
export function launchSays(data: LaunchData, overrides: LaunchOverrides = NO_OVERRIDES): Partial<Baseline> {
  const image = data.ImageId;
  const named = image?.startsWith('resolve:') === true;
  const open = overrides.byRequirements || data.InstanceRequirements !== undefined;
  const types = [...new Set([data.InstanceType ?? [], overrides.types].flat())];
  return {
    ...(image !== undefined && !named && { image }),
    ...(types.length > 0 && !open && { types }),
    traits: templateTraits(data),
    devices: (data.BlockDeviceMappings ?? []).flatMap(deviceSays),
    tags: templateTags(data, overrides),
    untold: [...(named ? [throughParameter(image)] : []), ...(open ? [BY_REQUIREMENTS] : [])],
  };
}

/** Resolved today, the parameter would tell what is launched today, not what this instance was launched from. */
const throughParameter = (image: string): Untold => ({
  path: 'image',
  why: `the template names it through a parameter (${image}), whose value at the launch nobody kept`,
});
const BY_REQUIREMENTS: Untold = { path: 'type', why: 'it is chosen by what it must have, so that many would be right' };

/** Devices of the image that the template leaves out. */
export function leftOut({ BlockDeviceMappings }: LaunchData): readonly string[] {
  return (BlockDeviceMappings ?? []).filter(isLeftOut).flatMap(({ DeviceName }) => DeviceName ?? []);
}

const isLeftOut = ({ NoDevice }: DeviceMapping) => NoDevice !== undefined && NoDevice !== false;

/** Without `Ebs` it is a disk of the host, which is no volume. */
function deviceSays(mapping: DeviceMapping): readonly DeviceSays[] {
  const { DeviceName: device, Ebs } = mapping;
  if (device === undefined || Ebs === undefined || isLeftOut(mapping)) return [];
  return [
    {
      device,
      ...(Ebs.VolumeSize !== undefined && { size: Ebs.VolumeSize }),
      ...(Ebs.VolumeType !== undefined && { type: Ebs.VolumeType }),
      ...(Ebs.Encrypted !== undefined && { encrypted: Ebs.Encrypted }),
      ...(Ebs.DeleteOnTermination !== undefined && { deleteOnTermination: Ebs.DeleteOnTermination }),
    },
  ];
}

/**
 * "Auto Scaling group tags take precedence" over those of the template (Auto Scaling User Guide, Tag Auto Scaling groups
 * and instances), and keys that begin with `aws:` are AWS's to set.
 */
function templateTags({ TagSpecifications }: LaunchData, { tagKeys }: LaunchOverrides): Tags {
  const ofInstances = (TagSpecifications ?? []).filter(({ ResourceType }) => ResourceType === 'instance');
  const tags = Object.entries(tagsOf(ofInstances.flatMap(({ Tags }) => Tags ?? [])));
  return Object.fromEntries(tags.filter(([key]) => !key.startsWith('aws:') && !tagKeys.includes(key)));
}

const bringsInterface = ({ NetworkInterfaces }: LaunchData) =>
  (NetworkInterfaces ?? []).some(({ NetworkInterfaceId }) => Boolean(NetworkInterfaceId));

function templateTraits(data: LaunchData): Traits {
  return known({
    key: data.KeyName,
    monitoring: monitoring(data.Monitoring?.Enabled),
    // Types that are always optimised for EBS overrule a "no".
    'ebs-optimized': data.EbsOptimized === true ? 'true' : undefined,
    // No launch data can say it, and an interface begins with true: ResetNetworkInterfaceAttribute "resets the value to
    // true" (EC2 API Reference). One that was there before may have begun with anything.
    'source-dest-check': bringsInterface(data) ? undefined : 'true',
    ...metadataTraits(data.MetadataOptions),
  });
}
