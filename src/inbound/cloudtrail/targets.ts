/** Whom a call of Systems Manager means. */
import type { LookUp, ResourceRef, TagFilter } from '../../domain/change.ts';
import { field, isObject, items, oneOf, type Place, text } from '../reader.ts';
import { instanceId } from '../values.ts';
import { targetsRef } from './call.ts';

/**
 * What a call says of its machines beside their ids. `commandId`: Systems Manager remembers whom that command reached.
 * `managed`: only machines that it looks after can be meant.
 */
export type Naming = { readonly managed: boolean; readonly commandId?: string | null };

/**
 * `{key: "InstanceIds" | "instanceids", values: [...]}`, `{key: "tag:Env", values: ["prod"]}`, `{key: "resource-groups:Name", …}`,
 * and of automations `{key: "ParameterValues", values: [...]}`. Several targets of one call must all hold (Systems Manager User
 * Guide, "Running commands at scale"): what they have in common is one expression.
 * @throws MalformedEvent
 */
export function targetsIn(targets: readonly Place[], naming: Naming): readonly ResourceRef[] {
  const ids: ResourceRef[] = [];
  const filters: TagFilter[] = [];
  for (const target of targets) {
    const key = text(oneOf(target, 'key', 'Key'));
    const values = items(oneOf(target, 'values', 'Values'));
    const named = idsBehind(key, values);
    if (named !== null) ids.push(...idsOfTargets(named, naming));
    else filters.push({ key, values: values.map(text) });
  }
  return filters.length === 0 ? ids : [...ids, targetsRef(filters.map(words).join(' and '), lookUpOf(filters, naming))];
}

/** Ids that stand in a target themselves; null where it names machines by something else. */
function idsBehind(key: string, values: readonly Place[]): readonly string[] | null {
  if (key.toLowerCase() === 'instanceids') return values.map(text);
  const ids = key === 'ParameterValues' ? values.flatMap((value) => instanceIdsIn(value)) : [];
  return ids.length > 0 ? ids : null;
}

const words = ({ key, values }: TagFilter) => (values.length === 0 ? key : `${key}=${[...values].sort().join(',')}`);

/** Resource groups and the like are nobody's to look up but the command's own. */
function lookUpOf(filters: readonly TagFilter[], { commandId, managed }: Naming): LookUp | undefined {
  if (commandId) return { by: 'command', commandId };
  const byTags = filters.every(({ key }) => key === 'tag-key' || /^tag:./.test(key));
  return byTags ? { by: 'tags', managed, filters } : undefined;
}

/** `i-…` are instances, `mi-…` are machines elsewhere, `*` are all that Systems Manager looks after. @throws MalformedEvent */
export function idsOfTargets(ids: readonly string[], naming: Naming): readonly ResourceRef[] {
  return [...new Set(ids)].flatMap((id): ResourceRef[] => {
    if (id.startsWith('mi-')) return [];
    if (id === '*') return [targetsRef(id, lookUpOf([], { ...naming, managed: true }))];
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
