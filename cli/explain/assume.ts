/** Without an estate: the state that the event itself implies. */
import { type Change, type Fact, nameOfGroup } from '../../src/domain/change.ts';
import type { Estate, Instance, SecurityGroupEstate, SecurityGroupRule, Tags } from '../../src/domain/estate.ts';
import { field, isAbsent, isObject, items, optionalText, type Place } from '../../src/inbound/reader.ts';
import { either, expand, flatRule, type RuleValue, ruleOf } from '../../src/inbound/rules.ts';

/** Where the state is read from: the CloudTrail record, or what Config recorded. */
export type Implied =
  | { readonly kind: 'call'; readonly record: Place }
  | { readonly kind: 'recording'; readonly item: Place; readonly configuration: Place }
  | { readonly kind: 'nothing' };

/** What these calls say is where a group or a list is in use, or what it is no longer: not the rules that would be judged. */
const SILENT: readonly Fact['kind'][] = ['group-associated', 'prefix-list-changed', 'interfaces-created'];

/** An answer or a request of these has the rules that are there now, or CloudTrail left it out. */
const CHANGE_RULES: readonly Fact['kind'][] = ['rules-added', 'rules-modified'];

/** Null when the event tells nothing of the state that would be looked at. @throws MalformedEvent */
export function assumedEstate(change: Change, implied: Implied): Estate | null {
  const resource = change.resources[0] ?? ({ type: 'instance', id: 'unknown' } as const);
  const { type, id } = resource;
  if (implied.kind === 'nothing' || SILENT.includes(change.fact.kind) || type === 'prefix-list') return null;
  if (type === 'launch-template' || type === 'auto-scaling-group') return { kind: 'baseline', resource };
  if (type === 'targets') return { kind: 'targets', resource };
  if (type === 'security-group') return assumedGroup(id, change, implied);
  if (implied.kind === 'recording' && type === 'network-interface') return null;
  const configuration = implied.kind === 'recording' ? implied.configuration : null;
  // Whose interface it is, is not told: what an instance sets by its own role is taken for its own.
  const holder = type === 'network-interface' ? (change.actor.instanceId ?? id) : id;
  const instance = configuration === null ? bareInstance(holder, change) : recordedInstance(id, configuration);
  return { kind: 'instance', instance, group: null, drift: null };
}

/** Null where the call changed rules and its record has none of them, as CloudTrail left them out: none is not what there is. */
function assumedGroup(id: string, change: Change, implied: Implied): SecurityGroupEstate | null {
  const rules = impliedRules(id, change, implied);
  if (rules.length === 0 && implied.kind === 'call' && CHANGE_RULES.includes(change.fact.kind)) return null;
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
  const request = field(implied.record, 'requestParameters');
  const modified = items(field(request, 'ModifySecurityGroupRulesRequest.SecurityGroupRule'));
  if (modified.length > 0) return modified.map((rule) => modifiedRule(rule, groupId));
  const permitted = items(field(request, 'ipPermissions')).flatMap((it) => expand(it, account));
  return numbered(groupId, [...permitted, ...flatRule(request)], egress);
}

function recordedRules(groupId: string, configuration: Place, account: string): readonly SecurityGroupRule[] {
  const permitted = (key: string) => items(either(configuration, key)).flatMap((it) => expand(it, account));
  const ingress = permitted('ipPermissions');
  const egress = permitted('ipPermissionsEgress');
  return [...numbered(groupId, ingress), ...numbered(groupId, egress, true, ingress.length + 1)];
}

/** No id is known: they are counted, so that the answer can name what would be revoked. */
export function numbered(
  groupId: string,
  rules: readonly RuleValue[],
  egress = false,
  first = 1,
): readonly SecurityGroupRule[] {
  return rules.map((rule, index) => ({ ...rule, id: `sgr-assumed-${first + index}`, groupId, egress }));
}

function answeredRule(rule: Place, groupId: string, number: number): SecurityGroupRule {
  return ruleOf(rule, groupId, optionalText(field(rule, 'securityGroupRuleId')) ?? `sgr-assumed-${number}`);
}

function modifiedRule(rule: Place, groupId: string): SecurityGroupRule {
  const id = optionalText(field(rule, 'SecurityGroupRuleId')) ?? 'sgr-assumed-1';
  return ruleOf(field(rule, 'SecurityGroupRule'), groupId, id);
}

function bareInstance(id: string, { fact }: Change): Instance {
  return {
    id,
    state: 'running',
    vpcId: null,
    imageId: null,
    launchedAt: null,
    securityGroupIds: fact.kind === 'security-groups-changed' ? fact.groupIds : [],
    profileArn: fact.kind === 'instance-profile-changed' ? fact.profile : null,
    rootDevice: null,
    volumes: [],
    interfaces: [],
    tags: {},
  };
}

function recordedInstance(id: string, configuration: Place): Instance {
  const groups = items(field(configuration, 'securityGroups')).map((group) => optionalText(field(group, 'groupId')));
  return {
    id,
    state: optionalText(field(configuration, 'state.name')) ?? 'running',
    vpcId: optionalText(field(configuration, 'vpcId')),
    imageId: optionalText(field(configuration, 'imageId')),
    launchedAt: optionalText(field(configuration, 'launchTime')),
    securityGroupIds: groups.filter((group) => group !== null),
    profileArn: optionalText(field(configuration, 'iamInstanceProfile.arn')),
    rootDevice: optionalText(field(configuration, 'rootDeviceName')),
    volumes: [],
    interfaces: [],
    tags: {},
  };
}

/** A Config item has its tags as an object. */
function tagsOf(item: Place): Tags {
  const { value } = field(item, 'tags');
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((tag): tag is [string, string] => typeof tag[1] === 'string'));
}
