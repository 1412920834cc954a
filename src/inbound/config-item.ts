/**
 * For the command line only: a Config item, or the invocation of a custom Config rule, as a change that names its resource.
 * What either says about the state is a recording, which may be stale: no function of ours acts on it.
 */
import { UNKNOWN_ACTOR } from '../domain/actor.ts';
import type { Change, Irrelevant } from '../domain/change.ts';
import { watchedResource } from './config.ts';
import { parseJson } from './json.ts';
import { MalformedEvent } from './malformed.ts';
import { field, isAbsent, isObject, isTrue, malformed, oneOf, optionalText, type Place, text } from './reader.ts';
import { accountId, configInstantOf, firstInstant, region } from './values.ts';

/** A change with the configuration that was recorded, null where the event carries none. */
export type Recording = { readonly change: Change; readonly item: Place; readonly configuration: Place | null };

export function isConfigItem(value: unknown): boolean {
  return isObject(value) && 'resourceType' in value && 'resourceId' in value && 'configurationItemCaptureTime' in value;
}

export function isConfigInvocation(value: unknown): boolean {
  return isObject(value) && 'invokingEvent' in value;
}

/** @throws MalformedEvent */
export function parseConfigInvocation(event: Place): Recording | Irrelevant {
  if (isTrue(field(event, 'eventLeftScope'))) return { irrelevant: "the resource left the Config rule's scope" };
  const invoking = jsonText(field(event, 'invokingEvent'));
  const type = text(field(invoking, 'messageType'));
  const by = optionalText(field(event, 'configRuleName')) ?? 'Config rule';
  if (type === 'ScheduledNotification') return { irrelevant: 'a scheduled evaluation names no resource' };
  if (type === 'ConfigurationItemChangeNotification') return parseConfigItem(field(invoking, 'configurationItem'), by);
  if (type === 'OversizedConfigurationItemChangeNotification') {
    return parseConfigItem(field(invoking, 'configurationItemSummary'), by);
  }
  return { irrelevant: `not watched: the Config message ${type}` };
}

/** @throws MalformedEvent */
export function parseConfigItem(item: Place, by = 'Config item'): Recording | Irrelevant {
  const type = text(field(item, 'resourceType'));
  const resource = watchedResource(type, field(item, 'resourceId'));
  if (resource === null) return { irrelevant: `resources of type ${type} are not watched` };
  const status = optionalText(field(item, 'configurationItemStatus'));
  if (status?.startsWith('ResourceDeleted')) return { irrelevant: 'the resource was deleted' };
  const at = firstInstant(configInstantOf, field(item, 'configurationItemCaptureTime'));
  const change: Change = {
    source: 'config',
    name: by,
    // Config records an item when the resource has changed: what it shows is taken for new.
    fact: { kind: 'verdict', by, transition: true },
    resources: [resource],
    actor: UNKNOWN_ACTOR,
    at,
    eventId: `${by}/${resource.id}/${at}`,
    requestId: null,
    // `get-resource-config-history` names it differently.
    account: accountId(oneOf(item, 'awsAccountId', 'accountId')),
    region: region(field(item, 'awsRegion')),
  };
  const configuration = field(item, 'configuration');
  return { change, item, configuration: isAbsent(configuration) ? null : jsonText(configuration) };
}

/** An object, or one that is written as a string. */
function jsonText(place: Place): Place {
  if (isObject(place.value)) return place;
  if (typeof place.value !== 'string') throw malformed(place, 'JSON in a string');
  try {
    return { value: parseJson(place.value), path: place.path };
  } catch (error) {
    throw error instanceof MalformedEvent ? new MalformedEvent(`${place.path}: ${error.message}`) : error;
  }
}
