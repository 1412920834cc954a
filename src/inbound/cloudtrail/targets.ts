/** Whom a call of Systems Manager means. */
import type { LookUp, ResourceRef, TagFilter } from '../../domain/change.ts';
import { items, oneOf, type Place, rawText, readEach, text } from '../reader.ts';
import { instanceId } from '../values.ts';
import { eachOf, oddWords, type Part, targetsRef } from './call.ts';

/**
 * What a call says of its machines beside their ids. `commandId`: Systems Manager remembers whom that command reached.
 * `managed`: only machines that it looks after can be meant.
 */
export type Naming = { readonly managed: boolean; readonly commandId?: string | null };

/**
 * `{key: "InstanceIds" | "instanceids", values: [...]}`, `{key: "tag:Env", values: ["prod"]}`, `{key: "resource-groups:Name", …}`,
 * and of automations `{key: "ParameterValues", values: [...]}` and `{key: "AWS::EC2::Instance", values: ["*"]}` (Systems Manager API
 * Reference, "Target"). Several targets of one call must all hold (Systems Manager User Guide, "Running commands at scale"): what
 * they have in common is one expression.
 * @throws MalformedEvent when none can be read
 */
export function targetsIn(targets: readonly Place[], naming: Naming): readonly ResourceRef[] {
  const { found, faults } = readEach(targets, (target) => targetOf(target, naming));
  const ids = found.flatMap((target) => target.ids);
  const filters = found.flatMap(({ filter }) => filter ?? []);
  if (faults.length > 0)
    return found.length === 0 ? targets.flatMap((one) => targetOf(one, naming).ids) : odd(ids, naming);
  if (filters.length === 0) return ids;
  const expression = targetsRef(filters.map(words).join(' and '), lookUpOf(filters, naming));
  // Of ids and tags together, both hold: Systems Manager knows whom a command reached.
  return naming.commandId ? [expression] : [...ids, expression];
}

/** Without one of the targets the others may mean more machines than the call did: but for ids, they are only reported. */
function odd(ids: readonly ResourceRef[], { commandId }: Naming): readonly ResourceRef[] {
  return [...ids, targetsRef(ODD_TARGETS, commandId ? { by: 'command', commandId } : undefined)];
}

export const ODD_TARGETS = 'targets that cannot be read';

type Target = { readonly ids: readonly ResourceRef[]; readonly filter: TagFilter | null };

/** A tag may have an empty value, and any character in it and in its key: it is looked up as it is. @throws MalformedEvent */
function targetOf(target: Place, naming: Naming): Target {
  const key = rawText(oneOf(target, 'key', 'Key'));
  const values = items(oneOf(target, 'values', 'Values'));
  const named = idsBehind(key, values);
  if (named !== null) return { ids: idsOfTargets(named, naming), filter: null };
  return { ids: [], filter: { key, values: values.map(rawText) } };
}

const IDS = ['instanceids', 'aws::ec2::instance'];

/** Ids that stand in a target themselves; null where it names machines by something else. */
function idsBehind(key: string, values: readonly Place[]): readonly Place[] | null {
  if (IDS.includes(key.toLowerCase())) return values;
  const ids = key === 'ParameterValues' ? values.flatMap((value) => instanceIdsIn(value)) : [];
  return ids.length > 0 ? ids : null;
}

/** `tag:Env` is a tag with whatever value, `tag:Env=` one with an empty value. */
const words = ({ key, values }: TagFilter) => (values.length === 0 ? key : `${key}=${[...values].sort().join(',')}`);

/**
 * Bytes of JSON that an incident keeps of filters. A part of them would select other instances, so longer ones are only
 * reported.
 */
const MOST_BYTES = 8_000;

/** Resource groups and the like are nobody's to look up but the command's own. */
function lookUpOf(filters: readonly TagFilter[], { commandId, managed }: Naming): LookUp | undefined {
  if (commandId) return { by: 'command', commandId };
  const byTags = filters.every(({ key }) => key === 'tag-key' || /^tag:./.test(key));
  return byTags && Buffer.byteLength(JSON.stringify(filters)) <= MOST_BYTES
    ? { by: 'tags', managed, filters }
    : undefined;
}

/** @throws MalformedEvent when none of them is an id */
function idsOfTargets(ids: readonly Place[], naming: Naming): readonly ResourceRef[] {
  return eachOf(ids.map((id) => idPart(id, naming)));
}

export function idPart(id: Place, naming: Naming): Part {
  return { read: () => idOfTarget(id, naming), odd: () => `instance-id=${oddWords(id)}` };
}

/** `i-…` are instances, `mi-…` are machines elsewhere, `*` are all, or all that Systems Manager looks after. */
function idOfTarget(place: Place, naming: Naming): readonly ResourceRef[] {
  const id = text(place);
  if (id.startsWith('mi-')) return [];
  if (id === '*') return [targetsRef(id, lookUpOf([], naming))];
  return [{ type: 'instance', id: instanceId(place) }];
}

const ID = /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/i;

/** Every string inside that is the id of an instance, however deep and however many: the caller chooses what stands before it. */
export function instanceIdsIn({ value, path }: Place): readonly Place[] {
  const found: Place[] = [];
  const left: unknown[] = [value];
  while (left.length > 0) {
    const one = left.pop();
    if (typeof one === 'string' && ID.test(one)) found.push({ value: one, path });
    if (typeof one === 'object' && one !== null) for (const inner of Object.values(one).toReversed()) left.push(inner);
  }
  return found;
}
