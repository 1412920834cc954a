/** What each event about a road by which a group can open is taken for; `events/` has them, this table was written by hand. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseInbound } from '../../../src/inbound/index.ts';
import { MalformedEvent } from '../../../src/inbound/malformed.ts';

const GROUP = 'security-group sg-0a1b2c3d4e5f60718';
const BY_NAME = 'security-group name=web';
const LIST = 'prefix-list pl-0a1b2c3d4e5f60718';
const ENI_ID = 'eni-0a1b2c3d4e5f60718';
const ENI = `network-interface ${ENI_ID}`;
const TWO_ENIS = `${ENI}, network-interface eni-0b2c3d4e5f6071829`;
const INSTANCE = 'instance i-0a1b2c3d4e5f60718';
const WEB = 'sg-0a1b2c3d4e5f60718';
const ADMIN = 'sg-0fedcba9876543210';
const DEFAULT = 'sg-0123456789abcdef0';
const VPC = 'vpc-0b2c3d4e5f6071829';
const rule = (number: number) => `sgr-00000000000000${number}`;
const failed = (code: string) => `nothing: the call failed (${code}): nothing was changed`;
const DENIED = failed('Client.UnauthorizedOperation');
const DRY = 'nothing: a dry run: nothing was changed';
const REQUEST = 'malformed: detail.requestParameters';
const RESPONSE = 'malformed: detail.responseElements';

const TABLE: Readonly<Record<string, string>> = {
  'AuthorizeSecurityGroupEgress.by-ssm-automation': `rules-added egress ${rule(305)} on ${GROUP}`,
  'AuthorizeSecurityGroupEgress.dry-run': DRY,
  'AuthorizeSecurityGroupEgress.failed': failed('Client.InvalidPermission.Duplicate'),
  'AuthorizeSecurityGroupEgress.office-only': `rules-added egress ${rule(304)} on ${GROUP}`,
  'AuthorizeSecurityGroupEgress.prefix-list': `rules-added egress ${rule(303)} on ${GROUP}`,
  'AuthorizeSecurityGroupEgress.world': `rules-added egress ${rule(301)} on ${GROUP}`,
  'AuthorizeSecurityGroupEgress.world-ipv6': `rules-added egress ${rule(302)} on ${GROUP}`,
  'RevokeSecurityGroupIngress.by-name': `rules-removed ingress on ${BY_NAME}`,
  'RevokeSecurityGroupIngress.by-name-with-answer': `rules-removed ingress ${rule(104)} on ${GROUP}`,
  'RevokeSecurityGroupIngress.by-own-role': `rules-removed ingress ${rule(101)} on ${GROUP}`,
  'RevokeSecurityGroupIngress.by-root': `rules-removed ingress ${rule(101)} on ${GROUP}`,
  'RevokeSecurityGroupIngress.by-rule-id': `rules-removed ingress ${rule(101)} on ${GROUP}`,
  'RevokeSecurityGroupIngress.by-values-with-answer': `rules-removed ingress ${rule(103)} on ${GROUP}`,
  'RevokeSecurityGroupIngress.flat-form': `rules-removed ingress on ${GROUP}`,
  'RevokeSecurityGroupIngress.groups-disagree': `${RESPONSE}.revokedSecurityGroupRuleSet.items[0].groupId: expected the group that detail.requestParameters.groupId names, ${ADMIN}, found "${WEB}"`,
  'RevokeSecurityGroupIngress.not-found': failed('Client.InvalidSecurityGroupRuleId.NotFound'),
  'RevokeSecurityGroupIngress.ports-as-strings': `rules-removed ingress on ${GROUP}`,
  'RevokeSecurityGroupIngress.rule-id-malformed': `rules-removed ingress on ${GROUP}`,
  'RevokeSecurityGroupIngress.several-rule-ids': `rules-removed ingress ${rule(101)} ${rule(102)} on ${GROUP}`,
  'RevokeSecurityGroupEgress.all-traffic': `rules-removed egress on ${GROUP}`,
  'RevokeSecurityGroupEgress.dry-run': DRY,
  'RevokeSecurityGroupEgress.via-cloudformation': `rules-removed egress on ${GROUP}`,
  'RevokeSecurityGroupEgress.wrapped': `rules-removed egress ${rule(301)} on ${GROUP}`,
  'ModifySecurityGroupRules.failed': DENIED,
  'ModifySecurityGroupRules.truncated':
    'unnamed security-groups {"kind":"rules-modified","ruleIds":[]} null on region eu-west-1',
  'ModifySecurityGroupRules.group-id-missing': `${REQUEST}.ModifySecurityGroupRulesRequest.GroupId: expected a string, found nothing`,
  'ModifySecurityGroupRules.one': `rules-modified ${rule(201)} on ${GROUP}`,
  'ModifySecurityGroupRules.ports-as-strings': `rules-modified ${rule(205)} on ${GROUP}`,
  'ModifySecurityGroupRules.private-only': `rules-modified ${rule(204)} on ${GROUP}`,
  'ModifySecurityGroupRules.rule-id-malformed': `rules-modified on ${GROUP}`,
  'ModifySecurityGroupRules.several': `rules-modified ${rule(202)} ${rule(203)} on ${GROUP}`,
  'ModifySecurityGroupRules.to-a-prefix-list': `rules-modified ${rule(206)} on ${GROUP}`,
  'ModifySecurityGroupRules.via-cloudformation': `rules-modified ${rule(204)} on ${GROUP}`,
  'UpdateSecurityGroupRuleDescriptionsIngress.by-name': `rules-described ingress on ${BY_NAME}`,
  'UpdateSecurityGroupRuleDescriptionsIngress.by-rule-id': `rules-described ingress ${rule(101)} on ${GROUP}`,
  'UpdateSecurityGroupRuleDescriptionsIngress.by-values': `rules-described ingress on ${GROUP}`,
  'UpdateSecurityGroupRuleDescriptionsIngress.rule-id-malformed': `rules-described ingress on ${GROUP}`,
  'UpdateSecurityGroupRuleDescriptionsIngress.several': `rules-described ingress ${rule(101)} ${rule(102)} on ${GROUP}`,
  'UpdateSecurityGroupRuleDescriptionsEgress.failed': DENIED,
  'UpdateSecurityGroupRuleDescriptionsEgress.items-form': `rules-described egress ${rule(301)} on ${GROUP}`,
  'CreateSecurityGroup.plain': `rules-added egress created on ${GROUP}`,
  'CreateSecurityGroup.via-cloudformation': 'rules-added egress created on security-group sg-0fedcba9876543210',
  'AssociateSecurityGroupVpc.dry-run': DRY,
  'AssociateSecurityGroupVpc.flat-form': `group-associated ${VPC} on ${GROUP}`,
  'AssociateSecurityGroupVpc.vpc-id-malformed': `group-associated null on ${GROUP}`,
  'AssociateSecurityGroupVpc.wrapped': `group-associated ${VPC} on ${GROUP}`,
  'DisassociateSecurityGroupVpc.plain': 'nothing: a security group that serves a VPC less opens nothing',
  'ModifyManagedPrefixList.added-and-removed': `prefix-list-changed 0.0.0.0/0 4 on ${LIST}`,
  'ModifyManagedPrefixList.failed': failed('Client.PrefixListVersionMismatch'),
  'ModifyManagedPrefixList.id-malformed': `${REQUEST}.ModifyManagedPrefixListRequest.PrefixListId: expected an id such as pl-0123456789abcdef0, found "offices"`,
  'ModifyManagedPrefixList.masked': `prefix-list-changed null 4 on ${LIST}`,
  'ModifyManagedPrefixList.office-only': `prefix-list-changed 203.0.113.0/24 4 on ${LIST}`,
  'ModifyManagedPrefixList.range-malformed': `prefix-list-changed null 4 on ${LIST}`,
  'ModifyManagedPrefixList.removed-by-own-role': `prefix-list-changed 5 on ${LIST}`,
  'ModifyManagedPrefixList.removed-only': `prefix-list-changed 4 on ${LIST}`,
  'ModifyManagedPrefixList.renamed': `prefix-list-changed on ${LIST}`,
  'ModifyManagedPrefixList.request-cut': `prefix-list-changed null on ${LIST}`,
  'ModifyManagedPrefixList.two-halves': `prefix-list-changed 0.0.0.0/1 128.0.0.0/1 4 on ${LIST}`,
  'ModifyManagedPrefixList.via-cloudformation': `prefix-list-changed 0.0.0.0/0 4 on ${LIST}`,
  'ModifyManagedPrefixList.world': `prefix-list-changed 0.0.0.0/0 4 on ${LIST}`,
  'ModifyManagedPrefixList.world-ipv6': `prefix-list-changed ::/0 4 on ${LIST}`,
  'RestoreManagedPrefixListVersion.by-root': `prefix-list-changed null 5 on ${LIST}`,
  'RestoreManagedPrefixListVersion.failed': failed('Client.IncorrectState'),
  'RestoreManagedPrefixListVersion.plain': `prefix-list-changed null 5 on ${LIST}`,
  'ModifyNetworkInterfaceAttribute.by-own-role': `security-groups-changed ${WEB} on ${ENI}`,
  'ModifyNetworkInterfaceAttribute.by-node-role': `security-groups-changed ${ADMIN} on ${ENI}`,
  'ModifyNetworkInterfaceAttribute.description':
    'nothing: the attribute description of a network interface is not watched',
  'ModifyNetworkInterfaceAttribute.dry-run': DRY,
  'ModifyNetworkInterfaceAttribute.group-id-malformed': `security-groups-changed on ${ENI}`,
  'ModifyNetworkInterfaceAttribute.groups': `security-groups-changed ${ADMIN} on ${ENI}`,
  'ModifyNetworkInterfaceAttribute.source-dest-check': `signal source-dest-check-changed false ${ENI_ID} on ${ENI}`,
  'ModifyNetworkInterfaceAttribute.several-groups': `security-groups-changed ${WEB} ${ADMIN} on ${ENI}`,
  'AttachNetworkInterface.by-node-role': `signal interface-attached ${ENI_ID} ${ENI_ID} on ${INSTANCE}`,
  'AttachNetworkInterface.plain': `signal interface-attached ${ENI_ID} ${ENI_ID} on ${INSTANCE}`,
  'CreateNetworkInterface.by-lambda': `interfaces-created ${WEB} on ${ENI}`,
  'CreateNetworkInterface.default-group': `interfaces-created ${DEFAULT} on ${ENI}`,
  'CreateNetworkInterface.dry-run': DRY,
  'CreateNetworkInterface.failed': failed('Client.InvalidGroup.NotFound'),
  'CreateNetworkInterface.groups-in-the-request-only': `interfaces-created ${WEB} ${ADMIN} on ${ENI}`,
  'CreateNetworkInterface.interface-id-malformed': `${RESPONSE}.networkInterface.networkInterfaceId: expected an id such as eni-0123456789abcdef0, found "spare"`,
  'CreateNetworkInterface.one-group': `interfaces-created ${WEB} on ${ENI}`,
  'CreateNetworkInterface.several-groups': `interfaces-created ${WEB} ${ADMIN} on ${ENI}`,
  'CreateNetworkInterface.via-cloudformation': `interfaces-created ${WEB} ${ADMIN} on ${ENI}`,
  'CreateNetworkInterface.without-response': `interfaces-created ${WEB} on ${GROUP}`,
  'RunInstances.by-auto-scaling': `interfaces-created ${WEB} on ${ENI}`,
  'RunInstances.by-root': `interfaces-created ${DEFAULT} on ${ENI}`,
  'RunInstances.console': `interfaces-created on ${INSTANCE}`,
  'RunInstances.by-template-truncated':
    'nothing: a launch by a launch template that names no group itself: CloudTrail left out what was launched',
  'RunInstances.dry-run': DRY,
  'RunInstances.failed': failed('Server.InsufficientInstanceCapacity'),
  'RunInstances.groups-in-the-request-only': `interfaces-created ${WEB} ${ADMIN} on ${INSTANCE}`,
  'RunInstances.instance-id-malformed': `${RESPONSE}.instancesSet.items[0].instanceId: expected a string, found 7`,
  'RunInstances.interfaces-not-listed': `interfaces-created ${WEB} on ${INSTANCE}`,
  'RunInstances.one-interface': `interfaces-created ${WEB} on ${ENI}`,
  'RunInstances.response-cut': `interfaces-created sg-0a1b2c3d4e5f60718 on ${GROUP}`,
  'RunInstances.several-instances': `interfaces-created ${WEB} on ${TWO_ENIS}`,
  'RunInstances.two-interfaces': `interfaces-created ${WEB} ${ADMIN} on ${TWO_ENIS}`,
  'RunInstances.via-cloudformation': `interfaces-created ${WEB} on ${ENI}`,
  'RunInstances.without-response': `interfaces-created sg-0a1b2c3d4e5f60718 on ${GROUP}`,
};

const folder = fileURLToPath(new URL('../../../events', import.meta.url));

function parse(name: string) {
  return parseInbound(JSON.parse(readFileSync(`${folder}/cloudtrail.${name}.json`, 'utf8')));
}

/** `kind direction values on resources`. */
function told(name: string): string {
  const parsed = parse(name);
  if ('irrelevant' in parsed) return `nothing: ${parsed.irrelevant}`;
  const { kind, ...rest } = parsed.fact;
  const words = Object.entries(rest).flatMap(([name, value]): readonly unknown[] => {
    // The values of removed rules have tests of their own.
    if (name === 'removed' || name === 'asked') return [];
    if (name === 'egress') return [value ? 'egress' : 'ingress'];
    if (value === true) return [name];
    return Array.isArray(value) ? value : [value];
  });
  const resources = parsed.resources.map(({ type, id }) => `${type} ${id}`).join(', ');
  return `${[kind, ...words.map(text)].join(' ')} on ${resources}`;
}

const text = (value: unknown) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value));

function tellOrFault(name: string): string {
  try {
    return told(name);
  } catch (error) {
    if (error instanceof MalformedEvent) return `malformed: ${error.message}`;
    throw error;
  }
}

test.each(Object.entries(TABLE))('%s', (name, expected) => {
  expect(tellOrFault(name)).toBe(expected);
});

test('the table lacks no event of the calls that it has', () => {
  const calls = new Set(Object.keys(TABLE).map((name) => name.split('.')[0] ?? ''));
  const present = readdirSync(folder).map((file) => file.replace(/^cloudtrail\.|\.json$/g, ''));
  const missing = present.filter((name) => calls.has(name.split('.')[0] ?? '') && !(name in TABLE));
  expect(missing).toEqual([]);
});

test.each([
  ['AuthorizeSecurityGroupIngress.by-ssm-automation', 'ssm.amazonaws.com', 'patch-automation'],
  ['AuthorizeSecurityGroupEgress.by-ssm-automation', 'ssm.amazonaws.com', 'patch-automation'],
  ['ModifyManagedPrefixList.via-cloudformation', 'cloudformation.amazonaws.com', 'deploy-stacks'],
  ['CreateNetworkInterface.by-lambda', 'lambda.amazonaws.com', 'orders-function'],
  ['ModifyManagedPrefixList.removed-by-own-role', null, 'undrift-dev-networks'],
])('%s names who called and through what', (name, invokedBy, role) => {
  expect(parse(name)).toMatchObject({
    actor: { type: 'AssumedRole', invokedBy, issuerArn: `arn:aws:iam::123456789012:role/${role}` },
  });
});

test('Auto Scaling launches by its service-linked role', () => {
  const issuerArn =
    'arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling';
  expect(parse('RunInstances.by-auto-scaling')).toMatchObject({
    actor: { issuerArn, invokedBy: 'autoscaling.amazonaws.com' },
  });
});
