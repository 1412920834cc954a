/** Without an inventory: an instance, and a group that nothing is wrong with, so that the answer shows what the rule would do. */
import type { Change, Fact, ResourceRef } from '../../src/domain/change.ts';
import type {
  AutoScalingGroup,
  GroupMember,
  Instance,
  InstanceEstate,
  Interface,
  Machine,
  Volume,
} from '../../src/domain/estate.ts';
import type { SignalId } from '../../src/domain/signal.ts';
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

/** As the change left it: what the call did is there, and no more. @param id of the instance whose `resource` it is */
export function changedInstance(id: string, resource: ResourceRef, change: Change, optInTag: OptInTag): InstanceEstate {
  const { fact } = change;
  const group = assumedGroup(PLACEHOLDERS.autoScalingGroup, id, optInTag);
  const members = group.members.map((it) =>
    it.id === id && isSignal(fact, 'instance-in-standby') ? { ...it, lifecycleState: 'Standby' } : it,
  );
  return {
    kind: 'instance',
    instance: { ...bareInstance(id, fact), volumes: volumesAfter(fact), interfaces: interfacesAfter(fact, resource) },
    group: isSignal(fact, 'instance-detached') ? null : { ...group, members },
    drift: null,
  };
}

const isSignal = (fact: Fact, ...signals: readonly SignalId[]) =>
  fact.kind === 'signal' && signals.includes(fact.signal);

/** One that is attached after launch is preserved by default (EC2 User Guide, "Preserve data when an instance is terminated"). */
function volumesAfter(fact: Fact): readonly Volume[] {
  if (fact.kind !== 'volume-attached') return [];
  const { volumeId, device } = fact;
  return [{ id: volumeId ?? PLACEHOLDERS.volume, device: device ?? 'device not known', deleteOnTermination: false }];
}

function interfacesAfter(fact: Fact, { type, id }: ResourceRef): readonly Interface[] {
  if (fact.kind !== 'signal') return [];
  if (fact.signal === 'interface-attached') {
    return [{ id: fact.detail ?? PLACEHOLDERS.interface, deviceIndex: 1, elasticIp: false }];
  }
  if (fact.signal !== 'elastic-ip-associated') return [];
  return [{ id: type === 'network-interface' ? id : PLACEHOLDERS.interface, deviceIndex: 0, elasticIp: true }];
}

function bareInstance(id: string, fact: Fact): Instance {
  return {
    id,
    state: isSignal(fact, 'instance-stopped', 'instance-hibernated') ? 'stopped' : 'running',
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
