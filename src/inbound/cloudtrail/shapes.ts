/** The shapes in which EC2's calls arrive in CloudTrail. */
import { field, isAbsent, isObject, items, oneOf, type Place } from '../reader.ts';
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
 * Ids in each form that a list of them has: objects with the id under one of the keys, `{"tag": 1, "content": id}` (the
 * wrapped calls), or bare strings; one member may stand without a list.
 * @throws MalformedEvent
 */
export function idsIn(list: Place, read: (id: Place) => string, key: string, otherKey: string): readonly string[] {
  if (typeof list.value === 'string' && !isAbsent(list)) return [read(list)];
  const idOf = (member: Place) => (isObject(member.value) ? oneOf(member, key, otherKey, 'content') : member);
  return items(list).map((member) => read(idOf(member)));
}

/** `groupSet: {items: [{groupId}]}`. @throws MalformedEvent */
export function groupIdsIn(place: Place): readonly string[] {
  return items(field(place, 'groupSet')).map((group) => securityGroupId(field(group, 'groupId')));
}
