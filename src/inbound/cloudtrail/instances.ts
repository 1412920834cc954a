/** Calls that alter an instance from outside. */
import { field, isAbsent, malformed, objectAt, oneOf, optionalText, type Place, text } from '../reader.ts';
import { instanceId, networkInterfaceId, securityGroupId, volumeId } from '../values.ts';
import { type Call, onInstance, type Parsed } from './call.ts';
import { bodyOf, groupIdsIn } from './shapes.ts';

/** `{instanceId, userData | groupSet | instanceType | …}`, or `{instanceId, attribute, value}` with the value masked at times. */
export function modifyAttribute(call: Call): Parsed {
  const id = instanceId(field(call.request, 'instanceId'));
  const attribute = attributeOf(call.request);
  if (attribute === 'userData') return onInstance(id, { kind: 'user-data-changed' });
  if (attribute !== 'groupSet') return onInstance(id, { kind: 'instance-attribute-changed', attribute });
  const named = isAbsent(field(call.request, 'groupSet')) ? groupsOfValue(call.request) : groupIdsIn(call.request);
  return onInstance(id, { kind: 'security-groups-changed', groupIds: named });
}

const NOT_ATTRIBUTES = new Set(['instanceId', 'networkInterfaceId', 'attribute', 'value', 'dryRun']);

/** The attribute that the call sets; user data and groups first, should a record hold several. @throws MalformedEvent */
function attributeOf(request: Place): string {
  const named = field(request, 'attribute');
  const present = Object.keys(objectAt(request)).filter((key) => !NOT_ATTRIBUTES.has(key));
  const preferred = ['userData', 'groupSet'].find((key) => present.includes(key));
  const attribute = preferred ?? (isAbsent(named) ? present[0] : text(named));
  if (attribute === undefined) throw malformed(named, 'the attribute that is modified');
  if (!/^[A-Za-z]{1,64}$/.test(attribute)) throw malformed({ ...named, value: attribute }, 'the name of an attribute');
  return attribute;
}

/** In the attribute form the value is one group id, or masked. */
function groupsOfValue(request: Place): readonly string[] {
  const value = field(request, 'value');
  return typeof value.value === 'string' && value.value.startsWith('sg-') ? [securityGroupId(value)] : [];
}

/** Only the groups of an interface are watched. */
export function modifyInterface(call: Call): Parsed {
  const id = networkInterfaceId(field(call.request, 'networkInterfaceId'));
  const attribute = attributeOf(call.request);
  if (attribute !== 'groupSet') {
    return { irrelevant: `the attribute ${attribute} of a network interface is not watched` };
  }
  return {
    fact: { kind: 'security-groups-changed', groupIds: groupIdsIn(call.request) },
    resources: [{ type: 'network-interface', id }],
  };
}

export function modifyMetadataOptions(call: Call): Parsed {
  const body = bodyOf(call.request, 'ModifyInstanceMetadataOptionsRequest');
  return onInstance(instanceId(oneOf(body, 'instanceId', 'InstanceId')), { kind: 'metadata-options-changed' });
}

export function attachVolume(call: Call): Parsed {
  const device = optionalText(field(call.request, 'device'));
  const volume = volumeId(field(call.request, 'volumeId'));
  return onInstance(instanceId(field(call.request, 'instanceId')), {
    kind: 'volume-attached',
    volumeId: volume,
    device,
  });
}

/** Ends an instance only: matters when our own role made it and we know nothing of it. */
export function terminateInGroup(call: Call): Parsed {
  return onInstance(instanceId(field(call.request, 'instanceId')), { kind: 'closing-call' });
}
