/** The shapes in which EC2's calls arrive in CloudTrail. */
import { attempt, field, isAbsent, isObject, items, oneOf, type Place } from '../reader.ts';
import { securityGroupId } from '../values.ts';

/**
 * Calls since about 2020 have their parameters, spelt in PascalCase, inside `<Action>Request` and their answer inside
 * `<Action>Response`; older ones have them flat and in camelCase.
 */
export function bodyOf(part: Place, wrapper: string): Place {
  const inner = field(part, wrapper);
  return isAbsent(inner) ? part : inner;
}

/**
 * Where the ids stand, in each form that a list of them has: objects with the id under one of the keys,
 * `{"tag": 1, "content": id}` (the wrapped calls), or bare strings; one member may stand without a list. What is no list stands
 * for one id that cannot be read.
 */
export function idsIn(list: Place, key: string, otherKey: string): readonly Place[] {
  if (typeof list.value === 'string' && !isAbsent(list)) return [list];
  const idOf = (member: Place) => (isObject(member.value) ? oneOf(member, key, otherKey, 'content') : member);
  return attempt(() => items(list))?.map(idOf) ?? [list];
}

/** `groupSet: {items: [{groupId}]}`. None where one cannot be read: then the live state says which groups there are. */
export function groupIdsIn(place: Place): readonly string[] {
  const read = () => items(field(place, 'groupSet')).map((group) => securityGroupId(field(group, 'groupId')));
  return attempt(read) ?? [];
}
