/** Calls about the rules of a security group and about where it serves. */
import { type Fact, groupNamed } from '../../domain/change.ts';
import { attempt, field, isAbsent, items, malformed, objectAt, oneOf, type Place, readEach, text } from '../reader.ts';
import { securityGroupId, securityGroupRuleId, vpcId } from '../values.ts';
import { type Call, type CallParser, type Parsed, withUnread } from './call.ts';
import { answeredRules, modifiedRules, withRecorded } from './recorded-rules.ts';
import { askedIn, removedIn } from './removed-rules.ts';
import { bodyOf, idsIn } from './shapes.ts';

/**
 * `requestParameters` in the items form or the flat legacy form; both name the group and neither is trusted for what is
 * open, so that only `responseElements.securityGroupRuleSet` (since late 2021) is read for the ids of the rules.
 */
export const authorizeIngress = authorizeParser('AuthorizeSecurityGroupIngress', false);
export const authorizeEgress = authorizeParser('AuthorizeSecurityGroupEgress', true);

function authorizeParser(action: string, egress: boolean): CallParser {
  return (call) => {
    const { rules, faults } = answered(call.response, 'securityGroupRuleSet');
    const group = groupIdOf(bodyOf(call.request, `${action}Request`), rules);
    const listed = answeredIds(rules, egress);
    const factOf = (ruleIds: readonly string[]): Fact => {
      const unlisted = ruleIds.length === 0 || faults.length > 0 || ruleIds.length < listed.length;
      return { kind: 'rules-added', egress, ruleIds, ...(unlisted && { unlisted: true }) };
    };
    return withRecorded(
      onRules(group, factOf, listed, faults),
      answeredRules(ofDirection(rules, egress), group, egress),
    );
  };
}

/**
 * By values (items or flat form), or by ids: `securityGroupRuleIds: {items: [{securityGroupRuleId}]}`. Newer answers
 * list what was revoked in `revokedSecurityGroupRuleSet`, older ones say `_return: true` and no more.
 */
export const revokeIngress = revokeParser('RevokeSecurityGroupIngress', false);
export const revokeEgress = revokeParser('RevokeSecurityGroupEgress', true);

const RULE_ID_LISTS = [
  'securityGroupRuleIds',
  'SecurityGroupRuleIds',
  'SecurityGroupRuleId',
  'securityGroupRuleId',
] as const;

function revokeParser(action: string, egress: boolean): CallParser {
  return (call) => {
    const body = bodyOf(call.request, `${action}Request`);
    const { rules, faults } = answered(call.response, 'revokedSecurityGroupRuleSet');
    const asked = ruleIdsIn(oneOf(body, ...RULE_ID_LISTS));
    const ids = asked.length > 0 ? asked : answeredIds(rules, egress);
    const group = groupIdOf(body, rules);
    const recorded = answeredRules(ofDirection(rules, egress), group, egress);
    const values = rules.length > 0 ? { removed: removedIn(recorded, body) } : askedIn(body, call.response);
    const factOf = (ruleIds: readonly string[]): Fact => ({ kind: 'rules-removed', egress, ruleIds, ...values });
    return withRecorded(onRules(group, factOf, ids, faults), recorded);
  };
}

/** One rule is an object, several are a list. No previous value, no direction. */
export function modifyRules(call: Call): Parsed {
  const body = bodyOf(call.request, 'ModifySecurityGroupRulesRequest');
  const listed = oneOf(body, 'SecurityGroupRule', 'securityGroupRules');
  const group = securityGroupId(oneOf(body, 'GroupId', 'groupId'));
  const parsed = onRules(group, (ruleIds) => ({ kind: 'rules-modified', ruleIds }), ruleIdsIn(listed));
  return withRecorded(parsed, modifiedRules(attempt(() => items(listed)) ?? [], group));
}

/** Names rules by id, or by their values (`ipPermissions`): then no id is told. */
export const describeIngress = describeParser('UpdateSecurityGroupRuleDescriptionsIngress', false);
export const describeEgress = describeParser('UpdateSecurityGroupRuleDescriptionsEgress', true);

function describeParser(action: string, egress: boolean): CallParser {
  return (call) => {
    const body = bodyOf(call.request, `${action}Request`);
    const described = oneOf(
      body,
      'SecurityGroupRuleDescription',
      'SecurityGroupRuleDescriptions',
      'securityGroupRuleDescriptions',
      'securityGroupRuleDescription',
    );
    const group = groupIdOf(body, []);
    return onRules(group, (ruleIds) => ({ kind: 'rules-described', egress, ruleIds }), ruleIdsIn(described));
  };
}

/** EC2 gives every new group a rule that lets everything out; the answer names the group, and no rule. */
export function createGroup(call: Call): Parsed {
  const id = attempt(() => securityGroupId(field(call.response, 'groupId')));
  const name = () => text(oneOf(bodyOf(call.request, 'CreateSecurityGroupRequest'), 'groupName', 'GroupName'));
  return onGroup(id ?? groupNamed(name()), { kind: 'rules-added', egress: true, ruleIds: [], created: true });
}

export function associateVpc(call: Call): Parsed {
  const body = bodyOf(call.request, 'AssociateSecurityGroupVpcRequest');
  const group = securityGroupId(oneOf(body, 'GroupId', 'groupId'));
  const vpc = attempt(() => vpcId(oneOf(body, 'VpcId', 'vpcId')));
  return onGroup(group, { kind: 'group-associated', vpcId: vpc });
}

function onGroup(id: string, fact: Fact): Parsed {
  return { fact, resources: [{ type: 'security-group', id }] };
}

/** The group is judged whatever can be read of the rules that it names; what cannot is reported. */
function onRules(
  group: string,
  factOf: (ruleIds: readonly string[]) => Fact,
  ids: readonly Place[],
  faults: readonly string[] = [],
): Parsed {
  const rules = readEach(ids, securityGroupRuleId);
  const parsed = { fact: factOf(rules.found), resources: [{ type: 'security-group', id: group }] as const };
  return withUnread(parsed, [...faults, ...rules.faults]);
}

function ruleIdsIn(list: Place): readonly Place[] {
  return idsIn(list, 'securityGroupRuleId', 'SecurityGroupRuleId');
}

/** The rules that an answer lists, and the faults of what is none. */
function answered(response: Place, list: string) {
  const { found, faults } = readEach([response], (place) => items(field(place, list)));
  const rules = readEach(found.flat(), (rule) => ({ value: objectAt(rule), path: rule.path }));
  return { rules: rules.found, faults: [...faults, ...rules.faults] };
}

function answeredIds(ruleSet: readonly Place[], egress: boolean): readonly Place[] {
  return ofDirection(ruleSet, egress)
    .map((rule) => field(rule, 'securityGroupRuleId'))
    .filter((id) => !isAbsent(id));
}

/** Rules of the call's direction, should an answer ever list others; one that tells no direction counts. */
function ofDirection(ruleSet: readonly Place[], egress: boolean): readonly Place[] {
  const other = [!egress, String(!egress)];
  return ruleSet.filter((rule) => !other.some((value) => field(rule, 'isEgress').value === value));
}

/**
 * The id in the request and those in the answer, as far as they can be read, which have to agree; the name where there is no id.
 * @throws MalformedEvent
 */
function groupIdOf(body: Place, ruleSet: readonly Place[]): string {
  const named = oneOf(body, 'groupId', 'GroupId');
  const places = [named, ...ruleSet.map((rule) => field(rule, 'groupId'))].filter((id) => !isAbsent(id));
  if (places.length === 0) {
    const name = oneOf(body, 'groupName', 'GroupName');
    if (isAbsent(name)) throw malformed(named, 'the id of a security group');
    return groupNamed(text(name));
  }
  const { found } = readEach(places, (place) => ({ ...place, id: securityGroupId(place) }));
  const [first = { ...named, id: securityGroupId(places[0] ?? named) }, ...others] = found;
  const other = others.find(({ id }) => id !== first.id);
  if (other !== undefined) throw malformed(other, `the group that ${first.path} names, ${first.id}`);
  return first.id;
}
