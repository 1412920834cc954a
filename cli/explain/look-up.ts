import type { Change } from '../../src/domain/change.ts';
import type { Estate, SecurityGroup } from '../../src/domain/estate.ts';
import type { EstateFile } from './estate-file.ts';
import { findInstance } from './fleet.ts';

/** The state of the resource that a change names, out of an estate file. */
export function lookUp(file: EstateFile, change: Change): Estate {
  const [resource] = change.resources;
  if (resource === undefined) throw new Error('a change names a resource');
  const missing = { kind: 'missing', resource } as const;
  if (resource.type === 'security-group') {
    const rules = file.rules.filter((rule) => rule.groupId === resource.id);
    const group =
      file.groups.find(({ id }) => id === resource.id) ?? (rules.length > 0 ? bareGroup(change, resource.id) : null);
    return group === null ? missing : { kind: 'security-group', group, rules, prefixLists: file.prefixLists };
  }
  const id = resource.type === 'instance' ? resource.id : (file.fleet.holders.get(resource.id) ?? null);
  return (id === null ? null : findInstance(file.fleet, id)) ?? missing;
}

/** The file has rules of a group that it does not describe. */
function bareGroup(change: Change, id: string): SecurityGroup {
  return { id, name: id, ownerId: change.account, vpcId: null, tags: {} };
}
