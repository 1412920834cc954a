/**
 * What an instance is compared in with the template that it was launched from: a closed list, so that policy can name
 * each of them and nothing else.
 */

/** What stands for itself: one value of the template, one of the instance. */
export const TRAITS = [
  'key',
  'monitoring',
  'ebs-optimized',
  'source-dest-check',
  'metadata-options/http-tokens',
  'metadata-options/http-endpoint',
  'metadata-options/http-ipv6',
  'metadata-options/hop-limit',
  'metadata-options/instance-tags',
] as const;
export type Trait = (typeof TRAITS)[number];

/** Every path but those of block devices and tags, of which there are as many as devices and keys. */
export const SINGLE_PATHS = ['image', 'type', 'profile', 'security-groups', 'user-data', ...TRAITS] as const;

/** What is compared of each block device, beside its being there. */
export const DEVICE_PARTS = ['size', 'type', 'encrypted', 'delete-on-termination'] as const;
export type DevicePart = (typeof DEVICE_PARTS)[number];

/** `block-devices/xvda`: is there such a volume; `block-devices/xvda/size`: how is it; `tags/Env`: the value of a tag. */
export type DriftPath = (typeof SINGLE_PATHS)[number] | `block-devices/${string}` | `tags/${string}`;

/** `/dev/xvda` and `xvda` are one device. */
export function deviceName(device: string): string {
  return device.replace(/^\/dev\//, '');
}
