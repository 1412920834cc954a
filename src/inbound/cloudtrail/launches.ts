/** Calls that make network interfaces: by themselves, or with an instance. Only their answers name what was made. */
import type { ResourceRef } from '../../domain/change.ts';
import type { MalformedEvent } from '../malformed.ts';
import { field, isAbsent, items, malformed, type Place } from '../reader.ts';
import { instanceId, networkInterfaceId, securityGroupId } from '../values.ts';
import type { Call, Parsed } from './call.ts';
import { bodyOf, groupIdsIn } from './shapes.ts';

/** `responseElements.networkInterface.{networkInterfaceId, groupSet}`; without groups in the call it gets the default group. */
export function createInterface(call: Call): Parsed {
  const made = field(bodyOf(call.response, 'CreateNetworkInterfaceResponse'), 'networkInterface');
  const request = bodyOf(call.request, 'CreateNetworkInterfaceRequest');
  if (isAbsent(made))
    return createdWith(groupsAskedFor(request), request, malformed(made, 'the network interface that was made'));
  return created([interfaceRef(made)], groupIdsIn(made), () => groupsAskedFor(request));
}

/**
 * `responseElements.instancesSet.items[].networkInterfaceSet.items[].{networkInterfaceId, groupSet}`. An instance whose
 * interfaces are not listed stands for them. Launches by Auto Scaling look the same.
 */
export function runInstances(call: Call): Parsed {
  const launched = field(bodyOf(call.response, 'RunInstancesResponse'), 'instancesSet');
  const instances = items(launched);
  if (instances.length === 0) {
    const unnamed = malformed(launched, 'the instances that were launched');
    return createdWith(groupsAskedFor(call.request), call.request, unnamed);
  }
  const given = [...instances, ...instances.flatMap(interfacesOf)].flatMap(groupIdsIn);
  return created(instances.flatMap(resourcesOf), given, () => groupsAskedFor(call.request));
}

/**
 * CloudTrail leaves out an answer that is too long. The groups that the call asked for can be judged all the same. A launch
 * template may have groups too: each was judged when it was changed, and the template was when it got its version.
 */
function createdWith(asked: readonly string[], request: Place, fault: MalformedEvent): Parsed {
  if (asked.length > 0)
    return created(
      asked.map((id) => ({ type: 'security-group', id })),
      asked,
      () => [],
    );
  if (!isAbsent(field(request, 'launchTemplate'))) return { irrelevant: BY_TEMPLATE };
  throw fault;
}

const BY_TEMPLATE = 'a launch by a launch template that names no group itself: CloudTrail left out what was launched';

function created(resources: readonly ResourceRef[], given: readonly string[], asked: () => readonly string[]): Parsed {
  const groupIds = [...new Set(given.length > 0 ? given : asked())];
  return { fact: { kind: 'interfaces-created', groupIds }, resources };
}

function interfacesOf(instance: Place): readonly Place[] {
  return items(field(instance, 'networkInterfaceSet'));
}

function resourcesOf(instance: Place): readonly ResourceRef[] {
  const interfaces = interfacesOf(instance);
  if (interfaces.length > 0) return interfaces.map(interfaceRef);
  return [{ type: 'instance', id: instanceId(field(instance, 'instanceId')) }];
}

function interfaceRef(place: Place): ResourceRef {
  return { type: 'network-interface', id: networkInterfaceId(field(place, 'networkInterfaceId')) };
}

/** Of the call itself and of the interfaces that it describes; in a default VPC it may name groups by name, which are left out. */
function groupsAskedFor(request: Place): readonly string[] {
  const asked = [request, ...interfacesOf(request)].flatMap((place) => items(field(place, 'groupSet')));
  const ids = asked.map((group) => field(group, 'groupId')).filter((id) => !isAbsent(id));
  return ids.map(securityGroupId);
}
