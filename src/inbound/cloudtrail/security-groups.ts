/** Calls about the ingress rules of a security group. */
import { groupNamed } from '../../domain/change.ts';
import { field, isAbsent, isTrue, items, malformed, type Place, text } from '../reader.ts';
import { securityGroupId, securityGroupRuleId } from '../values.ts';
import type { Call, Parsed } from './call.ts';

/**
 * `requestParameters` in the items form or the flat legacy form; both name the group and neither is trusted for what is
 * open, so that only `responseElements.securityGroupRuleSet` (since late 2021) is read for the ids of the rules.
 */
export function authorizeIngress(call: Call): Parsed {
  const ruleSet = items(field(call.response, 'securityGroupRuleSet'));
  const ingress = ruleSet.filter((rule) => !isTrue(field(rule, 'isEgress')));
  const ruleIds = ingress.map((rule) => field(rule, 'securityGroupRuleId')).filter((id) => !isAbsent(id));
  return {
    fact: { kind: 'ingress-changed', ruleIds: ruleIds.map(securityGroupRuleId) },
    resources: [{ type: 'security-group', id: groupIdOf(call, ruleSet) }],
  };
}

/** The id in the request and those in the response, which have to agree; the name where there is no id. @throws MalformedEvent */
function groupIdOf(call: Call, ruleSet: readonly Place[]): string {
  const named = field(call.request, 'groupId');
  const answered = ruleSet.map((rule) => field(rule, 'groupId'));
  const [first, ...others] = [named, ...answered].filter((id) => !isAbsent(id));
  if (first === undefined) {
    const name = field(call.request, 'groupName');
    if (isAbsent(name)) throw malformed(named, 'the id of a security group');
    return groupNamed(text(name));
  }
  const id = securityGroupId(first);
  const other = others.find((place) => securityGroupId(place) !== id);
  if (other !== undefined) throw malformed(other, `the group that ${first.path} names, ${id}`);
  return id;
}

/** PascalCase inside a wrapper; one rule is an object, several are a list. No previous value, no direction. */
export function modifyRules(call: Call): Parsed {
  const body = field(call.request, 'ModifySecurityGroupRulesRequest');
  const rules = items(field(body, 'SecurityGroupRule'));
  const ids = rules.map((rule) => securityGroupRuleId(field(rule, 'SecurityGroupRuleId')));
  return {
    fact: { kind: 'ingress-changed', ruleIds: ids },
    resources: [{ type: 'security-group', id: securityGroupId(field(body, 'GroupId')) }],
  };
}

/** Closes only: matters when our own role made it and we know nothing of it. */
export function revokeIngress(call: Call): Parsed {
  const id = field(call.request, 'groupId');
  if (isAbsent(id)) return { irrelevant: 'revoking only closes, and the call names the group by its name' };
  return { fact: { kind: 'closing-call' }, resources: [{ type: 'security-group', id: securityGroupId(id) }] };
}
