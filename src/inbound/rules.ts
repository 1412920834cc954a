/** Permissions and rules in the dialects of CloudTrail, Config and the AWS CLI → one rule per source. */
import type { ReferencedGroup, RuleSource, RuleValue, SecurityGroupRule, Tags } from '../domain/estate.ts';
import { parseCidr } from '../net/cidr.ts';
import { parseProtocol } from '../net/protocols.ts';
import { attempt, field, isAbsent, isObject, isTrue, items, malformed, type Place, softText, text } from './reader.ts';

/** A field that one dialect writes `ipProtocol` and another `IpProtocol`; an object keeps to one of them. */
export function either(place: Place, key: string): Place {
  const pascal = isObject(place.value) && Object.keys(place.value).some((name) => /^[A-Z]/.test(name));
  return field(place, pascal ? key.charAt(0).toUpperCase() + key.slice(1) : key);
}

type Traffic = Pick<SecurityGroupRule, 'protocol' | 'fromPort' | 'toPort'>;

function trafficOf(place: Place): Traffic {
  const named = either(place, 'ipProtocol');
  const protocol = typeof named.value === 'number' ? String(named.value) : text(named);
  if (parseProtocol(protocol) === null) throw malformed(named, 'a protocol');
  // For all traffic some callers write ports 0 to 0.
  if (protocol === '-1') return { protocol, fromPort: -1, toPort: -1 };
  return { protocol, fromPort: portOf(either(place, 'fromPort')), toPort: portOf(either(place, 'toPort')) };
}

/** Numbers, sometimes as strings; -1 when the call leaves them out. */
function portOf(place: Place): number {
  if (isAbsent(place)) return -1;
  const port = typeof place.value === 'string' ? Number(place.value) : place.value;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < -1 || port > 65535)
    throw malformed(place, 'a port');
  return port;
}

function cidrOf(place: Place): RuleSource {
  const cidr = text(place);
  const parsed = parseCidr(cidr);
  if (parsed === null) throw malformed(place, 'an address range (CIDR)');
  return { kind: parsed.family, cidr };
}

/**
 * A permission names many sources of one kind of traffic; the list of them is empty when it names none.
 * @param account the owner of the group whose permission it is
 */
export function expand(permission: Place, account: string | null): readonly RuleValue[] {
  const traffic = trafficOf(permission);
  return sourcesOf(permission, account).map(({ source, description }) => ({ ...traffic, source, description }));
}

type Sourced = { readonly source: RuleSource; readonly description: string | null };

function sourcesOf(permission: Place, account: string | null): readonly Sourced[] {
  const ranges = ['ipRanges', 'ipv4Ranges', 'ipv6Ranges'].flatMap((key) => items(either(permission, key)));
  const lists = ['prefixListIds', 'prefixLists'].flatMap((key) => items(either(permission, key)));
  const groups = ['groups', 'userIdGroupPairs'].flatMap((key) => items(either(permission, key)));
  const found: Sourced[] = [
    ...ranges.map((range) => ({ source: cidrOf(rangeText(range)), description: describedBy(range) })),
    ...lists.map((list) => ({ source: listOf(list), description: describedBy(list) })),
    ...groups.map((group) => ({ source: groupOf(group, account), description: describedBy(group) })),
  ];
  // Config items list the same ranges twice: `ipRanges` and `ipv4Ranges`.
  return [...new Map(found.map((one) => [JSON.stringify(one.source), one])).values()];
}

const listOf = (place: Place): RuleSource => ({ kind: 'prefix-list', id: text(either(place, 'prefixListId')) });

function groupOf(place: Place, account: string | null): ReferencedGroup {
  const id = isAbsent(either(place, 'groupId')) ? either(place, 'groupName') : either(place, 'groupId');
  return { kind: 'security-group', id: text(id), ...referenceOf(place, account) };
}

/** As far as it can be read: who owns the group, where that is another account, and how it is reached. */
function referenceOf(place: Place, account: string | null): Omit<ReferencedGroup, 'kind' | 'id'> {
  const told = (key: string) => softText(either(place, key));
  const ownerId = told('userId');
  const found = {
    ownerId: ownerId === account ? null : ownerId,
    vpcId: told('vpcId'),
    peeringId: told('vpcPeeringConnectionId'),
    peeringStatus: told('peeringStatus'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null));
}

function rangeText(range: Place): Place {
  if (typeof range.value === 'string') return range;
  return (
    ['cidrIp', 'cidrIpv6'].map((key) => either(range, key)).find((cidr) => !isAbsent(cidr)) ?? field(range, 'cidrIp')
  );
}

/** Written by people: taken as it is, or not at all. */
function describedBy(place: Place): string | null {
  const description = isObject(place.value) ? either(place, 'description').value : null;
  return typeof description === 'string' && description !== '' ? description : null;
}

/** A rule as a response, `describe-security-group-rules` or ModifySecurityGroupRules writes it: one source. */
export function ruleOf(place: Place, groupId: string, id: string): SecurityGroupRule {
  return {
    id,
    groupId,
    egress: isTrue(either(place, 'isEgress')),
    ...trafficOf(place),
    source: sourceOf(place),
    description: describedBy(place),
    ...taggedBy(place),
  };
}

/** `Tags`, or `tagSet` as the records of CloudTrail have it. */
function taggedBy(place: Place): { readonly tags?: Tags } {
  const list = ['tags', 'tagSet'].map((key) => either(place, key)).find((it) => !isAbsent(it));
  const pairs = attempt(() => (list === undefined ? [] : items(list)).map(tagOf)) ?? [];
  const sorted = pairs.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? {} : { tags: Object.fromEntries(sorted) };
}

const tagOf = (place: Place) => [text(either(place, 'key')), softText(either(place, 'value')) ?? ''] as const;

function sourceOf(place: Place): RuleSource {
  const cidr = ['cidrIpv4', 'cidrIpv6'].map((key) => either(place, key)).find((it) => !isAbsent(it));
  if (cidr !== undefined) return cidrOf(cidr);
  if (!isAbsent(either(place, 'prefixListId'))) return listOf(place);
  const info = either(place, 'referencedGroupInfo');
  const group = [either(place, 'referencedGroupId'), either(info, 'groupId')].find((it) => !isAbsent(it));
  if (group === undefined) throw malformed(place, 'a rule with a source');
  return { kind: 'security-group', id: text(group), ...referenceOf(info, softText(either(place, 'groupOwnerId'))) };
}

/** The flat legacy form: protocol, ports and one range beside the group. */
export function flatRule(request: Place): readonly RuleValue[] {
  const cidr = ['cidrIp', 'cidrIpv6'].map((key) => field(request, key)).find((it) => !isAbsent(it));
  return cidr === undefined ? [] : [{ ...trafficOf(request), source: cidrOf(cidr), description: null }];
}
