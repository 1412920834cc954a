/**
 * What rules were that a call removed. Nothing live shows them any more, so what cannot be read here is not known; that the rules
 * were removed is reported all the same.
 */
import type { RecordedRule } from '../../domain/change.ts';
import type { RuleValue } from '../../domain/estate.ts';
import { holeOf } from '../../domain/rule-value.ts';
import { attempt, field, isAbsent, items, oneOf, type Place } from '../reader.ts';
import { expand, flatRule } from '../rules.ts';

/** Characters of JSON: they are kept with the incident. A call may name a thousand rules, with 255 characters of words each. */
const ROOM = 20_000;

/** `revokedSecurityGroupRuleSet`, by id. It names a referenced group without its account; a request by values has that. */
export function removedIn(rules: readonly RecordedRule[], body: Place): Readonly<Record<string, RuleValue>> {
  const asked = permittedIn(body);
  const found = rules.map(
    ({ id, groupId: _group, egress: _egress, ...value }) => [id, withAccount(value, asked)] as const,
  );
  return Object.fromEntries(fitting(found));
}

/** By its values; without those that EC2 says it did not find (`unknownIpPermissionSet`). */
export function askedIn(body: Place, response: Place): { readonly asked?: readonly RuleValue[] } {
  const unknown = attempt(() => items(field(response, 'unknownIpPermissionSet')).flatMap((it) => expand(it, null)));
  if (unknown === null) return {};
  const missing = new Set(unknown.map(valueKey));
  const asked = fitting(permittedIn(body).filter((value) => !missing.has(valueKey(value))));
  return asked.length === 0 ? {} : { asked };
}

function permittedIn(body: Place): readonly RuleValue[] {
  const listed = attempt(() => items(oneOf(body, 'ipPermissions', 'IpPermissions'))) ?? [];
  const permitted = listed.flatMap((place) => attempt(() => expand(place, null)) ?? []);
  return [...permitted, ...(isAbsent(body) ? [] : (attempt(() => flatRule(body)) ?? []))];
}

function withAccount(value: RuleValue, asked: readonly RuleValue[]): RuleValue {
  const same = asked.find((other) => valueKey(other) === valueKey(value));
  const { source } = value;
  if (source.kind !== 'security-group' || same?.source.kind !== 'security-group') return value;
  return { ...value, source: { ...same.source, ...source } };
}

/** The direction is that of the call. */
const valueKey = (value: RuleValue): string => holeOf({ ...value, id: '', groupId: '', egress: false });

/** The first that fit. */
function fitting<T>(values: readonly T[]): readonly T[] {
  let left = ROOM;
  const end = values.findIndex((value) => {
    left -= JSON.stringify(value).length;
    return left < 0;
  });
  return end < 0 ? values : values.slice(0, end);
}
