/** Calls about the rules of a security group and about where it serves. */
import { type Fact, groupNamed } from '../../domain/change.ts';
import { field, isAbsent, isTrue, items, malformed, oneOf, type Place, text } from '../reader.ts';
import { securityGroupId, securityGroupRuleId, vpcId } from '../values.ts';
import type { Call, CallParser, Parsed } from './call.ts';
import { bodyOf, idsIn } from './shapes.ts';

/**
 * `requestParameters` in the items form or the flat legacy form; both name the group and neither is trusted for what is
 * open, so that only `responseElements.securityGroupRuleSet` (since late 2021) is read for the ids of the rules.
 */
export const authorizeIngress = authorizeParser('AuthorizeSecurityGroupIngress', false);
export const authorizeEgress = authorizeParser('AuthorizeSecurityGroupEgress', true);

function authorizeParser(action: string, egress: boolean): CallParser {
  return (call) => {
    const ruleSet = items(field(call.response, 'securityGroupRuleSet'));
    const group = groupIdOf(bodyOf(call.request, `${action}Request`), ruleSet);
    const ruleIds = answeredIds(ruleSet, egress);
    return onGroup(group, { kind: 'rules-added', egress, ruleIds, ...(ruleIds.length === 0 && { unlisted: true }) });
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
    const revoked = items(field(call.response, 'revokedSecurityGroupRuleSet'));
    const asked = ruleIdsIn(oneOf(body, ...RULE_ID_LISTS));
    const ruleIds = asked.length > 0 ? asked : answeredIds(revoked, egress);
    return onGroup(groupIdOf(body, revoked), { kind: 'rules-removed', egress, ruleIds });
  };
}

/** One rule is an object, several are a list. No previous value, no direction. */
export function modifyRules(call: Call): Parsed {
  const body = bodyOf(call.request, 'ModifySecurityGroupRulesRequest');
  const ruleIds = ruleIdsIn(oneOf(body, 'SecurityGroupRule', 'securityGroupRules'));
  return onGroup(securityGroupId(oneOf(body, 'GroupId', 'groupId')), { kind: 'rules-modified', ruleIds });
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
    return onGroup(groupIdOf(body, []), { kind: 'rules-described', egress, ruleIds: ruleIdsIn(described) });
  };
}

/** EC2 gives every new group a rule that lets everything out; the answer names the group, and no rule. */
export function createGroup(call: Call): Parsed {
  const answered = field(call.response, 'groupId');
  const body = bodyOf(call.request, 'CreateSecurityGroupRequest');
  const id = isAbsent(answered) ? groupNamed(text(oneOf(body, 'groupName', 'GroupName'))) : securityGroupId(answered);
  return onGroup(id, { kind: 'rules-added', egress: true, ruleIds: [], created: true });
}

export function associateVpc(call: Call): Parsed {
  const body = bodyOf(call.request, 'AssociateSecurityGroupVpcRequest');
  const vpc = oneOf(body, 'VpcId', 'vpcId');
  const group = securityGroupId(oneOf(body, 'GroupId', 'groupId'));
  return onGroup(group, { kind: 'group-associated', vpcId: isAbsent(vpc) ? null : vpcId(vpc) });
}

function onGroup(id: string, fact: Fact): Parsed {
  return { fact, resources: [{ type: 'security-group', id }] };
}

function ruleIdsIn(list: Place): readonly string[] {
  return idsIn(list, securityGroupRuleId, 'securityGroupRuleId', 'SecurityGroupRuleId');
}

/** Rules of the call's direction, should an answer ever list others; one that tells no direction counts. */
function answeredIds(ruleSet: readonly Place[], egress: boolean): readonly string[] {
  const ofDirection = ruleSet.filter((rule) => {
    const told = field(rule, 'isEgress');
    return isAbsent(told) || isTrue(told) === egress;
  });
  const ids = ofDirection.map((rule) => field(rule, 'securityGroupRuleId')).filter((id) => !isAbsent(id));
  return ids.map(securityGroupRuleId);
}

/** The id in the request and those in the answer, which have to agree; the name where there is no id. @throws MalformedEvent */
function groupIdOf(body: Place, answered: readonly Place[]): string {
  const named = oneOf(body, 'groupId', 'GroupId');
  const ids = [named, ...answered.map((rule) => field(rule, 'groupId'))];
  const [first, ...others] = ids.filter((id) => !isAbsent(id));
  if (first === undefined) {
    const name = oneOf(body, 'groupName', 'GroupName');
    if (isAbsent(name)) throw malformed(named, 'the id of a security group');
    return groupNamed(text(name));
  }
  const id = securityGroupId(first);
  const other = others.find((place) => securityGroupId(place) !== id);
  if (other !== undefined) throw malformed(other, `the group that ${first.path} names, ${id}`);
  return id;
}
