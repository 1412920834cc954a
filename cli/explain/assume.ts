/** Without an estate: the state that the event itself implies. */
import { type Change, type Fact, nameOfGroup, type ResourceRef } from '../../src/domain/change.ts';
import type { Estate, RuleValue, SecurityGroupEstate, SecurityGroupRule } from '../../src/domain/estate.ts';
import { bodyOf } from '../../src/inbound/cloudtrail/shapes.ts';
import { field, isAbsent, items, oneOf, optionalText, type Place } from '../../src/inbound/reader.ts';
import { either, expand, flatRule, ruleOf } from '../../src/inbound/rules.ts';
import { assumedMachines, changedInstance, type OptInTag } from './assumed-fleet.ts';
import { PLACEHOLDERS } from './assumption.ts';
import { isLookedUp } from './looked-up.ts';
import { type Recording, recorded, tagsOf } from './recorded.ts';

/** Where the state is read from: the CloudTrail record, or what Config recorded. */
export type Implied = { readonly kind: 'call'; readonly record: Place } | Recording | { readonly kind: 'nothing' };

/** What these calls say is where a group or a list is in use, or what it is no longer: not the rules that would be judged. */
const SILENT: readonly Fact['kind'][] = ['group-associated', 'prefix-list-changed', 'interfaces-created'];

/** The record of these has rules that are there now, or leaves them out: then none is not what there is. */
const NAME_RULES: readonly Fact['kind'][] = ['rules-added', 'rules-modified', 'rules-described'];

/** Null when the event does not hold the state that would be looked at. @throws MalformedEvent */
export function assumedEstate(
  change: Change,
  resource: ResourceRef,
  implied: Implied,
  optInTag: OptInTag,
): Estate | null {
  const { type, id, lookUp } = resource;
  if (implied.kind === 'nothing' || SILENT.includes(change.fact.kind)) return null;
  if (type === 'prefix-list' || type === 'region') return null;
  if (type === 'launch-template' || type === 'auto-scaling-group') return { kind: 'baseline', resource };
  if (type === 'targets' && !isLookedUp(resource, change)) {
    const meant = { kind: 'found', machines: assumedMachines(optInTag), complete: true } as const;
    return { kind: 'targets', resource, ...(lookUp !== undefined && { meant }) };
  }
  if (type === 'security-group') return assumedGroup(id, change, implied);
  if (implied.kind === 'recording') return type === 'instance' ? recorded(id, implied, optInTag) : null;
  return changedInstance(holderOf(resource, change), resource, change, optInTag);
}

/** Whose interface it is, the event does not say: what an instance sets by its own role is taken for its own. */
export function holderOf({ type, id }: ResourceRef, { actor }: Change): string {
  if (type === 'instance') return id;
  const isInterface = type === 'network-interface' || id.startsWith('attachment=');
  return (isInterface ? actor.instanceId : null) ?? PLACEHOLDERS.instance;
}

function assumedGroup(id: string, change: Change, implied: Implied): SecurityGroupEstate | null {
  const rules = impliedRules(id, change, implied);
  if (rules.length === 0 && implied.kind === 'call' && NAME_RULES.includes(change.fact.kind)) return null;
  const configuration = implied.kind === 'recording' ? implied.configuration : null;
  const told = (key: string) => (configuration === null ? null : optionalText(either(configuration, key)));
  return {
    kind: 'security-group',
    group: {
      id,
      name: told('groupName') ?? nameOfGroup(id) ?? id,
      ownerId: told('ownerId') ?? change.account,
      vpcId: told('vpcId'),
      tags: implied.kind === 'recording' ? tagsOf(implied.item) : {},
    },
    rules,
    prefixLists: [],
    surroundings: null,
  };
}

/** "By default, new security groups start with only an outbound rule that allows all traffic to leave the resource" (EC2 User Guide). */
const OF_A_NEW_GROUP = {
  protocol: '-1',
  fromPort: -1,
  toPort: -1,
  source: { kind: 'ipv4', cidr: '0.0.0.0/0' },
  description: null,
} as const;

function impliedRules(
  groupId: string,
  { fact, name, account }: Change,
  implied: Implied,
): readonly SecurityGroupRule[] {
  // What was removed is no longer there.
  if (implied.kind === 'nothing' || fact.kind === 'rules-removed') return [];
  if (implied.kind === 'recording') return recordedRules(groupId, implied.configuration, account);
  if (name === 'CreateSecurityGroup') return numbered(groupId, [OF_A_NEW_GROUP], true);
  const egress = 'egress' in fact && fact.egress;
  const answered = items(field(implied.record, 'responseElements.securityGroupRuleSet'));
  if (answered.length > 0 && answered.every((rule) => !isAbsent(field(rule, 'ipProtocol')))) {
    return answered.map((rule, index) => answeredRule(rule, groupId, index + 1));
  }
  const request = bodyOf(field(implied.record, 'requestParameters'), `${name}Request`);
  const modified = items(field(request, 'SecurityGroupRule'));
  if (modified.length > 0) return modified.map((rule, index) => modifiedRule(rule, groupId, index + 1));
  const permitted = items(oneOf(request, 'ipPermissions', 'IpPermissions')).flatMap((it) => expand(it, account));
  return numbered(groupId, [...permitted, ...flatRule(request)], egress);
}

function recordedRules(groupId: string, configuration: Place, account: string): readonly SecurityGroupRule[] {
  const permitted = (key: string) => items(either(configuration, key)).flatMap((it) => expand(it, account));
  const ingress = permitted('ipPermissions');
  const egress = permitted('ipPermissionsEgress');
  return [...numbered(groupId, ingress), ...numbered(groupId, egress, true, ingress.length + 1)];
}

const placeholder = (number: number) => `${PLACEHOLDERS.rule}-${number}`;

/** No id is known: they are counted, so that the answer can name what would be revoked. */
export function numbered(
  groupId: string,
  rules: readonly RuleValue[],
  egress = false,
  first = 1,
): readonly SecurityGroupRule[] {
  return rules.map((rule, index) => ({ ...rule, id: placeholder(first + index), groupId, egress }));
}

function answeredRule(rule: Place, groupId: string, number: number): SecurityGroupRule {
  return ruleOf(rule, groupId, optionalText(field(rule, 'securityGroupRuleId')) ?? placeholder(number));
}

function modifiedRule(rule: Place, groupId: string, number: number): SecurityGroupRule {
  const id = optionalText(field(rule, 'SecurityGroupRuleId')) ?? placeholder(number);
  return ruleOf(field(rule, 'SecurityGroupRule'), groupId, id);
}
