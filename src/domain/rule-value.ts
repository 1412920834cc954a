/** What a rule lets through, apart from its id, its words and its tags. */
import type { RuleSource, SecurityGroupRule } from './estate.ts';

/** The range, list or group that names a source. */
export function sourceValue(source: RuleSource): string {
  return 'cidr' in source ? source.cidr : source.id;
}

/**
 * Keys and stored digests are made of it, so it never changes: who owns a referenced group, and how it is peered, are no part
 * of it.
 */
export function holeOf({ egress, protocol, fromPort, toPort, source }: SecurityGroupRule): string {
  return JSON.stringify([egress, protocol, fromPort, toPort, [source.kind, sourceValue(source)]]);
}

/** Another value, or another description. */
export function differs(one: SecurityGroupRule, other: SecurityGroupRule): boolean {
  return holeOf(one) !== holeOf(other) || (one.description || null) !== (other.description || null);
}
