/** Whom a call of Systems Manager means. */
import type { ResourceRef } from '../../domain/change.ts';
import { field, isObject, items, oneOf, type Place, text } from '../reader.ts';
import { instanceId } from '../values.ts';
import { targetsRef } from './call.ts';

/**
 * `{key: "InstanceIds" | "instanceids", values: [...]}`, `{key: "tag:Env", values: ["prod"]}`, `{key: "resource-groups:Name", …}`,
 * and of automations `{key: "ParameterValues", values: [...]}`. Several targets of one call must all hold; each is told by
 * itself, as what they have in common is not looked up.
 * @throws MalformedEvent
 */
export function targetsIn(target: Place): readonly ResourceRef[] {
  const key = text(oneOf(target, 'key', 'Key'));
  const values = items(oneOf(target, 'values', 'Values'));
  if (key.toLowerCase() === 'instanceids') return idsOfTargets(values.map(text));
  const ids = key === 'ParameterValues' ? values.flatMap((value) => instanceIdsIn(value)) : [];
  if (ids.length > 0) return idsOfTargets(ids);
  return [targetsRef(values.length === 0 ? key : `${key}=${values.map(text).sort().join(',')}`)];
}

/** `i-…` are instances, `mi-…` are machines elsewhere, `*` are all. @throws MalformedEvent */
export function idsOfTargets(ids: readonly string[]): readonly ResourceRef[] {
  return [...new Set(ids)].flatMap((id): ResourceRef[] => {
    if (id.startsWith('mi-')) return [];
    if (id === '*') return [targetsRef(id)];
    return [{ type: 'instance', id: instanceId({ value: id, path: 'requestParameters.instanceIds' }) }];
  });
}

const ID = /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/i;
const DEEPEST = 5;
const MOST = 1000;

/** Every string inside that is the id of an instance. What is too deep or too much to look through tells nothing. */
export function instanceIdsIn(place: Place, depth = 0): readonly string[] {
  const { value } = place;
  if (typeof value === 'string') return ID.test(value) ? [value] : [];
  if (depth > DEEPEST) return [];
  const inner = Array.isArray(value)
    ? value
    : isObject(value)
      ? Object.keys(value).map((key) => field(place, key).value)
      : [];
  return inner.slice(0, MOST).flatMap((one: unknown) => instanceIdsIn({ value: one, path: place.path }, depth + 1));
}
