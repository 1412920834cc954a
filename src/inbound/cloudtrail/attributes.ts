/** Calls that set one attribute of an instance or of a network interface. */
import type { SignalId } from '../../domain/signal.ts';
import { attempt, field, isAbsent, malformed, objectAt, oneOf, type Place, text } from '../reader.ts';
import { instanceId, networkInterfaceId, securityGroupId } from '../values.ts';
import { type Call, onInstance, onInterface, type Parsed, signal, told } from './call.ts';
import { bodyOf, groupIdsIn } from './shapes.ts';

/** Attributes with a rule of their own; any other is `instance-attribute-changed`. */
const SIGNALS: ReadonlyMap<string, SignalId> = new Map<string, SignalId>([
  ['instanceType', 'instance-type-changed'],
  ['sourceDestCheck', 'source-dest-check-changed'],
  ['disableApiTermination', 'termination-protection-changed'],
  ['disableApiStop', 'stop-protection-changed'],
  ['instanceInitiatedShutdownBehavior', 'shutdown-behaviour-changed'],
  ['ebsOptimized', 'ebs-optimisation-changed'],
  ['blockDeviceMapping', 'block-device-mapping-changed'],
]);

/** `{instanceId, userData | groupSet | instanceType | …}`, or `{instanceId, attribute, value}` with the value masked at times. */
export function modifyAttribute(call: Call): Parsed {
  const id = instanceId(field(call.request, 'instanceId'));
  const attribute = attributeOf(call.request);
  if (attribute === 'userData') return onInstance(id, { kind: 'user-data-changed' });
  if (attribute === 'groupSet') {
    const named = isAbsent(field(call.request, 'groupSet')) ? groupsOfValue(call.request) : groupIdsIn(call.request);
    return onInstance(id, { kind: 'security-groups-changed', groupIds: named });
  }
  const known = SIGNALS.get(attribute);
  if (known === undefined) return onInstance(id, { kind: 'instance-attribute-changed', attribute });
  return onInstance(id, signal(known, told(oneOf(call.request, attribute, 'value'))));
}

/** The groups of an interface and its source/destination check are watched. */
export function modifyInterface(call: Call): Parsed {
  const attribute = attributeOf(call.request);
  if (attribute !== 'groupSet' && attribute !== 'sourceDestCheck') {
    return { irrelevant: `the attribute ${attribute} of a network interface is not watched` };
  }
  const id = networkInterfaceId(field(call.request, 'networkInterfaceId'));
  if (attribute === 'groupSet') {
    return onInterface(id, { kind: 'security-groups-changed', groupIds: groupIdsIn(call.request) });
  }
  const check = oneOf(call.request, attribute, 'value');
  return onInterface(id, signal('source-dest-check-changed', told(check), id));
}

export function modifyMetadataOptions(call: Call): Parsed {
  const body = bodyOf(call.request, 'ModifyInstanceMetadataOptionsRequest');
  return onInstance(instanceId(oneOf(body, 'instanceId', 'InstanceId')), { kind: 'metadata-options-changed' });
}

const NOT_ATTRIBUTES = new Set(['instanceId', 'networkInterfaceId', 'attribute', 'value', 'dryRun']);

/** The attribute that the call sets; user data and groups first, should a record hold several. @throws MalformedEvent */
function attributeOf(request: Place): string {
  const named = field(request, 'attribute');
  const present = Object.keys(objectAt(request)).filter((key) => !NOT_ATTRIBUTES.has(key));
  const preferred = ['userData', 'groupSet', ...SIGNALS.keys()].find((key) => present.includes(key));
  const attribute = preferred ?? (isAbsent(named) ? present[0] : text(named));
  if (attribute === undefined) throw malformed(named, 'the attribute that is modified');
  if (!/^[A-Za-z]{1,64}$/.test(attribute)) throw malformed({ ...named, value: attribute }, 'the name of an attribute');
  return attribute;
}

/** In the attribute form the value is one group id, or masked. */
function groupsOfValue(request: Place): readonly string[] {
  const value = field(request, 'value');
  const id = attempt(() => securityGroupId(value));
  return id === null ? [] : [id];
}
