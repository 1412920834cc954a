/** Calls that make network interfaces: by themselves, or with an instance. Only their answers name what was made. */
import type { ResourceRef } from '../../domain/change.ts';
import type { MalformedEvent } from '../malformed.ts';
import { attempt, field, isAbsent, items, malformed, type Place, readEach } from '../reader.ts';
import { instanceId, networkInterfaceId, securityGroupId } from '../values.ts';
import { type Call, type Parsed, withUnread } from './call.ts';
import { bodyOf } from './shapes.ts';

/** `responseElements.networkInterface.{networkInterfaceId, groupSet}`; without groups in the call it gets the default group. */
export function createInterface(call: Call): Parsed {
  const made = field(bodyOf(call.response, 'CreateNetworkInterfaceResponse'), 'networkInterface');
  const request = bodyOf(call.request, 'CreateNetworkInterfaceRequest');
  if (isAbsent(made)) return createdWith(request, malformed(made, 'the network interface that was made'));
  return created([interfaceRef(made)], groupsIn([made]), request);
}

/**
 * `responseElements.instancesSet.items[].networkInterfaceSet.items[].{networkInterfaceId, groupSet}`. An instance whose
 * interfaces are not listed stands for them. Launches by Auto Scaling look the same.
 */
export function runInstances(call: Call): Parsed {
  const launched = field(bodyOf(call.response, 'RunInstancesResponse'), 'instancesSet');
  const instances = items(launched);
  const [first] = instances;
  if (first === undefined) return createdWith(call.request, malformed(launched, 'the instances that were launched'));
  const { found, faults } = readEach(instances, refsOf);
  const resources = found.length > 0 ? found.flat() : refsOf(first);
  return withUnread(
    created(resources, groupsIn([...instances, ...instances.flatMap(interfacesOf)]), call.request),
    faults,
  );
}

/**
 * CloudTrail leaves out an answer that is too long. The groups that the call asked for can be judged all the same. A launch
 * template may have groups too: each was judged when it was changed, and the template was when it got its version.
 */
function createdWith(request: Place, fault: MalformedEvent): Parsed {
  const { found, faults } = readEach(groupsAskedFor(request), securityGroupId);
  const groupIds = [...new Set(found)];
  if (groupIds.length > 0) {
    const resources = groupIds.map((id) => ({ type: 'security-group', id }) as const);
    return withUnread({ fact: { kind: 'interfaces-created', groupIds } as const, resources }, faults);
  }
  if (isAbsent(field(request, 'launchTemplate')) || namesGroups(request)) throw fault;
  return { irrelevant: BY_TEMPLATE };
}

const BY_TEMPLATE = 'a launch by a launch template that names no group itself: CloudTrail left out what was launched';

/** In a default VPC a launch may name its groups by name alone. What is no list may name one too. */
function namesGroups(request: Place): boolean {
  const sets = [request, ...interfacesOf(request)].map((place) => field(place, 'groupSet'));
  return sets.some((set) => !isAbsent(set) && attempt(() => items(set))?.length !== 0);
}

/** Groups that cannot be read are left to the live state, as those that the record does not name. */
function created(resources: readonly ResourceRef[], given: readonly string[] | null, request: Place) {
  const asked = () => attempt(() => groupsAskedFor(request).map(securityGroupId)) ?? [];
  const groupIds = given === null ? [] : [...new Set(given.length > 0 ? given : asked())];
  return { fact: { kind: 'interfaces-created', groupIds } as const, resources };
}

/** Null where one cannot be read. */
function groupsIn(places: readonly Place[]): readonly string[] | null {
  return attempt(() => places.flatMap((place) => groupPlaces(place).map(securityGroupId)));
}

/** None where they are no list: the instance stands for them. */
function interfacesOf(instance: Place): readonly Place[] {
  return attempt(() => items(field(instance, 'networkInterfaceSet'))) ?? [];
}

/** EC2 lists the interfaces of an instance of which one cannot be read. @throws MalformedEvent */
function refsOf(instance: Place): readonly ResourceRef[] {
  const { found, faults } = readEach(interfacesOf(instance), interfaceRef);
  if (found.length > 0 && faults.length === 0) return found;
  return [{ type: 'instance', id: instanceId(field(instance, 'instanceId')) }];
}

function interfaceRef(place: Place): ResourceRef {
  return { type: 'network-interface', id: networkInterfaceId(field(place, 'networkInterfaceId')) };
}

/** Of the call itself and of the interfaces that it describes; groups that have only a name are left out. */
function groupsAskedFor(request: Place): readonly Place[] {
  const asked = [request, ...interfacesOf(request)].flatMap((place) => attempt(() => groupPlaces(place)) ?? []);
  return asked.filter((id) => !isAbsent(id));
}

/** @throws MalformedEvent */
function groupPlaces(place: Place): readonly Place[] {
  return items(field(place, 'groupSet')).map((group) => field(group, 'groupId'));
}
