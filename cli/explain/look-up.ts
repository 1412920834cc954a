import { type Change, nameOfGroup, type ResourceRef } from '../../src/domain/change.ts';
import type { Estate, SecurityGroupEstate } from '../../src/domain/estate.ts';
import { MalformedEvent } from '../../src/inbound/malformed.ts';
import { readTargets } from '../../src/works/machines.ts';
import type { EstateFile } from './estate-file.ts';
import { findInstance } from './fleet.ts';
import { isLookedUp } from './looked-up.ts';
import { machineRoles } from './machine-roles.ts';
import { groupEstate, groupsNaming, interfaceEstate, prefixListEstate } from './network.ts';

/**
 * The states that are judged because of a change, out of an estate file: what it names, the interfaces of an instance
 * whose groups were set, the groups that name a prefix list that was changed, the machines behind an expression. A resource
 * that the file lacks is missing.
 */
export async function lookUp(file: EstateFile, change: Change, now: Date): Promise<readonly Estate[]> {
  const found = await Promise.all(
    change.resources.map(async (resource): Promise<readonly Estate[]> => {
      const judged = await estatesOf(file, resource, change, now);
      return judged.length > 0 ? judged : [{ kind: 'missing', resource }];
    }),
  );
  // Interfaces share groups.
  return [...new Map(found.flat().map((estate) => [identityOf(estate), estate])).values()];
}

function identityOf(estate: Estate): string {
  switch (estate.kind) {
    case 'missing':
    case 'targets':
    case 'baseline':
      return estate.resource.id;
    case 'instance':
      return estate.instance.id;
    case 'network-interface':
      return estate.networkInterface.id;
    case 'prefix-list':
      return estate.list.id;
    case 'security-group':
      return estate.group.id;
  }
}

async function estatesOf(
  file: EstateFile,
  resource: ResourceRef,
  change: Change,
  now: Date,
): Promise<readonly Estate[]> {
  switch (resource.type) {
    case 'security-group':
      return present(groupEstate(file, idOf(file, resource.id), change.account));
    case 'prefix-list':
      return [...present(prefixListEstate(file, resource.id, change.account)), ...naming(file, resource.id, change)];
    case 'network-interface':
      return ofInterface(file, resource.id, change);
    case 'instance':
      return ofInstance(file, resource.id, change);
    case 'targets':
      if (isLookedUp(resource, change)) return withVolume(file, resource.id);
      return [await readTargets(resource, change, machineRoles(file.machines, now))];
    case 'region':
      return [];
    case 'launch-template':
    case 'auto-scaling-group':
      return [{ kind: 'baseline', resource }];
  }
}

/** Of what undrift looks up, a file tells only which instance has a volume. */
function withVolume({ fleet }: EstateFile, expression: string): readonly Estate[] {
  const holders = fleet.instances.filter(({ volumes }) => volumes.some(({ id }) => `volume=${id}` === expression));
  return holders.length === 1 ? holders.flatMap(({ id }) => present(findInstance(fleet, id))) : [];
}

function naming(file: EstateFile, listId: string, { account }: Change): readonly SecurityGroupEstate[] {
  return groupsNaming(file, listId).flatMap((id) => present(groupEstate(file, id, account)));
}

/** An interface stands for its instance too, unless it has only just been made. */
function ofInterface(file: EstateFile, id: string, change: Change): readonly Estate[] {
  const holder = change.fact.kind === 'interfaces-created' ? null : (file.fleet.holders.get(id) ?? null);
  const instance = holder === null ? null : findInstance(file.fleet, holder);
  return [...present(instance), ...withGroups(file, id, change)];
}

/** The groups of an interface are judged together, and each by itself. */
function withGroups(file: EstateFile, id: string, { account }: Change): readonly Estate[] {
  const found = interfaceEstate(file, id, account);
  if (found?.kind !== 'network-interface') return present(found);
  return [found, ...found.networkInterface.groupIds.flatMap((groupId) => present(groupEstate(file, groupId, account)))];
}

function ofInstance(file: EstateFile, id: string, change: Change): readonly Estate[] {
  const { fact } = change;
  const instance = fact.kind === 'interfaces-created' ? null : findInstance(file.fleet, id);
  const regrouped = fact.kind === 'interfaces-created' || fact.kind === 'security-groups-changed';
  const own = regrouped ? file.interfaces.filter(({ instanceId }) => instanceId === id) : [];
  return [...present(instance), ...own.flatMap((it) => withGroups(file, it.id, change))];
}

function present<T>(found: T | null): readonly T[] {
  return found === null ? [] : [found];
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
