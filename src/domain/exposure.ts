import type { ResourceRef, ResourceType } from './change.ts';

const IS_EXPOSED: Readonly<Record<ResourceType, boolean>> = {
  'security-group': true,
  'network-interface': true,
  'prefix-list': true,
  instance: false,
  targets: false,
  region: false,
  'launch-template': false,
  'auto-scaling-group': false,
};

/**
 * Whether a finding or an incident is about a network path that must be closed. The security-groups and networks units close
 * such exposures; the instances unit replaces.
 */
export function isExposure({ resource }: { readonly resource: ResourceRef }): boolean {
  return IS_EXPOSED[resource.type];
}

export function isResourceType(word: string): word is ResourceType {
  return Object.hasOwn(IS_EXPOSED, word);
}
