/** Permissions and rules in the dialects of CloudTrail, Config and the AWS CLI → one rule per source. */
import type { RuleSource, SecurityGroupRule } from '../../src/domain/estate.ts';
import { field, isAbsent, isObject, isTrue, items, malformed, type Place, text } from '../../src/inbound/reader.ts';
import { parseCidr } from '../../src/net/cidr.ts';
import { parseProtocol } from '../../src/net/protocols.ts';

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

/** A permission names many sources of one kind of traffic; the list of them is empty when it names none. */
export function expand(permission: Place): readonly Omit<SecurityGroupRule, 'id' | 'groupId' | 'egress'>[] {
  const traffic = trafficOf(permission);
  return sourcesOf(permission).map(({ source, description }) => ({ ...traffic, source, description }));
}

type Sourced = { readonly source: RuleSource; readonly description: string | null };

function sourcesOf(permission: Place): readonly Sourced[] {
  const ranges = ['ipRanges', 'ipv4Ranges', 'ipv6Ranges'].flatMap((key) => items(either(permission, key)));
  const lists = ['prefixListIds', 'prefixLists'].flatMap((key) => items(either(permission, key)));
  const groups = ['groups', 'userIdGroupPairs'].flatMap((key) => items(either(permission, key)));
  const found: Sourced[] = [
    ...ranges.map((range) => ({ source: cidrOf(rangeText(range)), description: describedBy(range) })),
    ...lists.map((list) => sourced('prefix-list', list, 'prefixListId')),
    ...groups.map((group) => sourced('security-group', group, 'groupId')),
  ];
  // Config items list the same ranges twice: `ipRanges` and `ipv4Ranges`.
  return [...new Map(found.map((one) => [JSON.stringify(one.source), one])).values()];
}

function sourced(kind: 'prefix-list' | 'security-group', place: Place, key: string): Sourced {
  const id = isAbsent(either(place, key)) ? either(place, 'groupName') : either(place, key);
  return { source: { kind, id: text(id) }, description: describedBy(place) };
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
  };
}

function sourceOf(place: Place): RuleSource {
  const cidr = ['cidrIpv4', 'cidrIpv6'].map((key) => either(place, key)).find((it) => !isAbsent(it));
  if (cidr !== undefined) return cidrOf(cidr);
  const list = either(place, 'prefixListId');
  if (!isAbsent(list)) return { kind: 'prefix-list', id: text(list) };
  const referenced = [either(place, 'referencedGroupId'), either(either(place, 'referencedGroupInfo'), 'groupId')];
  const group = referenced.find((it) => !isAbsent(it));
  if (group === undefined) throw malformed(place, 'a rule with a source');
  return { kind: 'security-group', id: text(group) };
}

/** The flat legacy form: protocol, ports and one range beside the group. */
export function flatRule(request: Place): readonly Omit<SecurityGroupRule, 'id' | 'groupId' | 'egress'>[] {
  const cidr = ['cidrIp', 'cidrIpv6'].map((key) => field(request, key)).find((it) => !isAbsent(it));
  return cidr === undefined ? [] : [{ ...trafficOf(request), source: cidrOf(cidr), description: null }];
}
