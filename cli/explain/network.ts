/** Security groups, network interfaces and prefix lists out of an estate file, each with what is judged beside it. */
import type {
  GroupWithRules,
  InterfaceEstate,
  MissingEstate,
  NetworkInterface,
  PrefixListEstate,
  SecurityGroupEstate,
  Surroundings,
} from '../../src/domain/estate.ts';
import type { EstateFile } from './estate-file.ts';

/** Null when the file has neither the group nor rules of it. */
export function groupEstate(file: EstateFile, id: string, account: string): SecurityGroupEstate | null {
  const found = withRules(file, id, account);
  if (found === null) return null;
  const { prefixLists } = file;
  return { kind: 'security-group', ...found, prefixLists, surroundings: surroundingsOf(file, id, account) };
}

/** Null when the file has not the interface. A group of it that the file lacks is what is missing: its rules count. */
export function interfaceEstate(file: EstateFile, id: string, account: string): InterfaceEstate | MissingEstate | null {
  const networkInterface = file.interfaces.find((it) => it.id === id);
  if (networkInterface === undefined) return null;
  const groups = allWithRules(file, networkInterface.groupIds, account);
  const unknown = networkInterface.groupIds.find((groupId) => groups.every(({ group }) => group.id !== groupId));
  if (unknown !== undefined) return { kind: 'missing', resource: { type: 'security-group', id: unknown } };
  const interfaces = usersOf(file, networkInterface.groupIds);
  return { kind: 'network-interface', networkInterface, groups, prefixLists: file.prefixLists, interfaces };
}

/** Null when the file has no entries of the list. */
export function prefixListEstate(file: EstateFile, id: string, account: string): PrefixListEstate | null {
  const list = file.prefixLists.find((one) => one.id === id);
  if (list === undefined) return null;
  const groups = allWithRules(file, groupsNaming(file, id), account);
  const interfaces = usersOf(
    file,
    groups.map(({ group }) => group.id),
  );
  const told = file.interfaces.length > 0 ? { interfaces } : {};
  return { kind: 'prefix-list', list, groups, prefixLists: file.prefixLists, ...told };
}

/** Ids of the groups with rules that name the list. */
export function groupsNaming(file: EstateFile, listId: string): readonly string[] {
  const naming = file.rules.filter(({ source }) => source.kind === 'prefix-list' && source.id === listId);
  return [...new Set(naming.map(({ groupId }) => groupId))];
}

/** Null, as not read, when the file tells of no interface at all. */
function surroundingsOf(file: EstateFile, id: string, account: string): Surroundings | null {
  if (file.interfaces.length === 0) return null;
  const beside = usersOf(file, [id]).flatMap(({ groupIds }) => groupIds);
  const others = [...new Set(beside)].filter((groupId) => groupId !== id);
  const referring = file.rules.filter(({ egress, source }) => {
    return !egress && source.kind === 'security-group' && source.id === id;
  });
  return {
    interfaces: usersOf(file, [id, ...others]),
    neighbours: allWithRules(file, others, account),
    referencedBy: [...new Set(referring.map(({ groupId }) => groupId))],
  };
}

function usersOf(file: EstateFile, groupIds: readonly string[]): readonly NetworkInterface[] {
  return file.interfaces.filter((it) => it.groupIds.some((id) => groupIds.includes(id)));
}

function allWithRules(file: EstateFile, ids: readonly string[], account: string): readonly GroupWithRules[] {
  return ids.map((id) => withRules(file, id, account)).filter((found) => found !== null);
}

/** A group of which the file has only rules belongs to the account of the event, as far as anybody can tell. */
function withRules(file: EstateFile, id: string, account: string): GroupWithRules | null {
  const rules = file.rules.filter(({ groupId }) => groupId === id);
  const described = file.groups.find((one) => one.id === id);
  if (described === undefined && rules.length === 0) return null;
  return { group: described ?? { id, name: id, ownerId: account, vpcId: null, tags: {} }, rules };
}
