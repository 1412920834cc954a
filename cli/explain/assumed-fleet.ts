/** Without an inventory: an instance, and a group that nothing is wrong with, so that the answer shows what the rule would do. */
import type { Change } from '../../src/domain/change.ts';
import type { AutoScalingGroup, GroupMember, Instance, Machine } from '../../src/domain/estate.ts';
import { PLACEHOLDERS } from './assumption.ts';

/** Enough for a budget of 10%. */
export const ASSUMED_MEMBERS = 10;

export type OptInTag = { readonly key: string; readonly value: string };

/** Healthy and in service, with no process suspended. */
export function assumedGroup(name: string, instanceId: string, { key, value }: OptInTag): AutoScalingGroup {
  return {
    name,
    arn: name,
    desired: ASSUMED_MEMBERS,
    min: 0,
    max: ASSUMED_MEMBERS,
    suspendedProcesses: [],
    trafficSources: [],
    warmUp: { seconds: 0, setting: 'HealthCheckGracePeriod' },
    refreshRunning: false,
    maintenance: null,
    launchesFrom: [],
    subnetIds: [],
    members: [instanceId, ...peers()].map(inService),
    tags: { [key]: value },
  };
}

const peers = () => Array.from({ length: ASSUMED_MEMBERS - 1 }, (_, index) => `${PLACEHOLDERS.instance}-${index + 1}`);

const inService = (id: string): GroupMember => ({
  id,
  lifecycleState: 'InService',
  healthy: true,
  protectedFromScaleIn: false,
  launchTemplate: null,
  launchConfigurationName: null,
  weight: 1,
});

/** Those behind a tag or `*`: the members of one such group. */
export function assumedMachines({ key, value }: OptInTag): readonly Machine[] {
  const group = { name: PLACEHOLDERS.autoScalingGroup, desired: ASSUMED_MEMBERS, tags: { [key]: value } };
  const ids = [PLACEHOLDERS.instance, ...peers()];
  return ids.map((id) => ({ id, vpcId: null, launchedAt: null, group, ending: false }));
}

export function bareInstance(id: string, { fact }: Change): Instance {
  return {
    id,
    state: 'running',
    vpcId: null,
    imageId: null,
    launchedAt: null,
    securityGroupIds: fact.kind === 'security-groups-changed' ? fact.groupIds : [],
    profileArn: fact.kind === 'instance-profile-changed' ? fact.profile : null,
    rootDevice: null,
    volumes: [],
    interfaces: [],
    tags: {},
  };
}
