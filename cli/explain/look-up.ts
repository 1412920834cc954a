import { type Change, nameOfGroup } from '../../src/domain/change.ts';
import type { Estate, SecurityGroup } from '../../src/domain/estate.ts';
import { MalformedEvent } from '../../src/inbound/malformed.ts';
import type { EstateFile } from './estate-file.ts';
import { findInstance } from './fleet.ts';

/** The state of the resource that a change names, out of an estate file. */
export function lookUp(file: EstateFile, change: Change): Estate {
  const [resource] = change.resources;
  if (resource === undefined) throw new Error('a change names a resource');
  const missing = { kind: 'missing', resource } as const;
  if (resource.type === 'security-group') {
    const id = idOf(file, resource.id);
    const rules = file.rules.filter((rule) => rule.groupId === id);
    const group = file.groups.find((one) => one.id === id) ?? (rules.length > 0 ? bareGroup(change, id) : null);
    return group === null ? missing : { kind: 'security-group', group, rules, prefixLists: file.prefixLists };
  }
  const id = resource.type === 'instance' ? resource.id : (file.fleet.holders.get(resource.id) ?? null);
  return (id === null ? null : findInstance(file.fleet, id)) ?? missing;
}

/** The id of a group that the change may only name; what it named when the file has no such name. */
function idOf(file: EstateFile, named: string): string {
  const name = nameOfGroup(named);
  if (name === null) return named;
  const ids = file.groups.filter((one) => one.name === name).map(({ id }) => id);
  if (ids.length > 1)
    throw new MalformedEvent(
      `the event names the group "${name}" and no id, and several are named so: ${ids.join(', ')}`,
    );
  return ids[0] ?? named;
}

/** The file has rules of a group that it does not describe. */
function bareGroup(change: Change, id: string): SecurityGroup {
  return { id, name: id, ownerId: change.account, vpcId: null, tags: {} };
}
