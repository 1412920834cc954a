/**
 * Security groups over EC2. Rules are revoked by id only: by properties, a mismatch is silent in a default VPC and fails
 * the whole call elsewhere.
 *
 * IAM: ec2:DescribeSecurityGroups, ec2:DescribeSecurityGroupRules, ec2:DescribeManagedPrefixLists,
 * ec2:GetManagedPrefixListEntries; to act, ec2:RevokeSecurityGroupIngress.
 */
import {
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type SecurityGroup as Ec2Group,
  type SecurityGroupRule as Ec2Rule,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { nameOfGroup } from '../domain/change.ts';
import type { MissingEstate, SecurityGroup, SecurityGroupEstate, SecurityGroupRule } from '../domain/estate.ts';
import { Retryable, type SecurityGroups } from '../roles.ts';
import { systemClock } from './clock.ts';
import { AwsRefused, ask, isCode } from './errors.ts';
import { readPrefixLists } from './prefix-lists.ts';
import { required, ruleSource, tagsOf } from './shapes.ts';

const GROUP_GONE = ['InvalidGroup.NotFound', 'InvalidGroupId.Malformed', 'InvalidGroupId.NotFound'];
const RULE_GONE = ['InvalidSecurityGroupRuleId.NotFound', 'InvalidPermission.NotFound'];
/** Milliseconds between attempts when EC2 lists the only rule in question and says it does not know it. */
const LAGS = [1_000, 2_000, 4_000];

type Sleep = (milliseconds: number) => Promise<void>;

export function ec2SecurityGroups(client: EC2Client, sleep: Sleep = systemClock.sleep): SecurityGroups {
  return {
    read: (groupId) => read(client, groupId),
    revoke: (groupId, ruleIds) => revoke(client, sleep, groupId, ruleIds),
  };
}

async function read(client: EC2Client, groupId: string): Promise<SecurityGroupEstate | MissingEstate> {
  const missing = { kind: 'missing', resource: { type: 'security-group', id: groupId } } as const;
  const name = nameOfGroup(groupId);
  const id = name === null ? groupId : await idOf(client, name);
  if (id === null) return missing;
  const found = await orGone(Promise.all([readGroup(client, id), readRules(client, id)]));
  if (found === 'gone' || found[0] === null) return missing;
  const [group, rules] = found;
  const listIds = rules.flatMap(({ egress, source }) => (!egress && source.kind === 'prefix-list' ? [source.id] : []));
  return { kind: 'security-group', group, rules, prefixLists: await readPrefixLists(client, [...new Set(listIds)]) };
}

/** Null when no group has this name. @throws AwsRefused when several have it, each in a VPC of its own */
async function idOf(client: EC2Client, name: string): Promise<string | null> {
  const command = new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: [name] }] });
  const { SecurityGroups: found = [] } = await ask('ec2', 'DescribeSecurityGroups', () => client.send(command));
  // A filter takes * and ? as wildcards, and a name may have a *.
  const groups = found.filter(({ GroupName }) => GroupName === name).map(toGroup);
  if (groups.length > 1) throw ambiguous(name, groups);
  return groups[0]?.id ?? null;
}

async function orGone<T>(answer: Promise<T>): Promise<T | 'gone'> {
  try {
    return await answer;
  } catch (error) {
    if (isCode(error, ...GROUP_GONE)) return 'gone';
    throw error;
  }
}

async function readGroup(client: EC2Client, groupId: string): Promise<SecurityGroup | null> {
  const command = new DescribeSecurityGroupsCommand({ GroupIds: [groupId] });
  const { SecurityGroups: found = [] } = await ask('ec2', 'DescribeSecurityGroups', () => client.send(command));
  return found[0] === undefined ? null : toGroup(found[0]);
}

function toGroup(group: Ec2Group): SecurityGroup {
  return {
    id: required(group.GroupId, 'GroupId'),
    name: group.GroupName ?? '',
    ownerId: group.OwnerId ?? '',
    vpcId: group.VpcId ?? null,
    tags: tagsOf(group.Tags),
  };
}

/** All rules of the group, both directions; none when there is no such group (a filter never fails). */
async function readRules(client: EC2Client, groupId: string): Promise<SecurityGroupRule[]> {
  const rules: SecurityGroupRule[] = [];
  let token: string | undefined;
  do {
    const page = new DescribeSecurityGroupRulesCommand({
      Filters: [{ Name: 'group-id', Values: [groupId] }],
      MaxResults: 1000,
      NextToken: token,
    });
    const answer = await ask('ec2', 'DescribeSecurityGroupRules', () => client.send(page));
    rules.push(...(answer.SecurityGroupRules ?? []).map(toRule));
    token = answer.NextToken;
  } while (token);
  return rules;
}

function toRule(rule: Ec2Rule): SecurityGroupRule {
  return {
    id: required(rule.SecurityGroupRuleId, 'SecurityGroupRuleId'),
    groupId: required(rule.GroupId, 'GroupId'),
    egress: rule.IsEgress === true,
    protocol: required(rule.IpProtocol, 'IpProtocol'),
    fromPort: rule.FromPort ?? -1,
    toPort: rule.ToPort ?? -1,
    source: ruleSource(rule),
    description: rule.Description ?? null,
  };
}

/**
 * One rule id that is gone makes EC2 revoke nothing: then the group is read again, and what is left of the ids is revoked.
 * Each turn leaves out an id or waits, so there is an end; and one call does it all, so that one request id names the act.
 */
async function revoke(client: EC2Client, sleep: Sleep, groupId: string, ruleIds: readonly string[]) {
  const lags = [...LAGS];
  let left = [...new Set(ruleIds)];
  while (left.length > 0) {
    const answer = await tryRevoke(client, groupId, left);
    if ('requestId' in answer) return answer;
    const rules = await readRules(client, groupId);
    const listed = left.filter((id) => rules.some((rule) => rule.id === id && !rule.egress));
    const others = listed.filter((id) => !answer.unknown.includes(id));
    if (listed.length < left.length) left = listed;
    // EC2 lists what it says it does not know: reads lag behind. The others must not stay open for that.
    else if (others.length > 0 && others.length < listed.length) left = others;
    else await waitFor(lags.shift(), sleep, groupId);
  }
  return { requestId: null };
}

async function waitFor(lag: number | undefined, sleep: Sleep, groupId: string): Promise<void> {
  if (lag !== undefined) return sleep(lag);
  throw new Retryable(`ec2:RevokeSecurityGroupIngress: EC2 lists rules of ${groupId} that it says it does not know`);
}

type Tried = { readonly requestId: string | null } | { readonly unknown: string };

/** `unknown`: EC2's sentence about a rule that it does not know; it names the id. */
async function tryRevoke(client: EC2Client, groupId: string, ruleIds: string[]): Promise<Tried> {
  const command = new RevokeSecurityGroupIngressCommand({ GroupId: groupId, SecurityGroupRuleIds: ruleIds });
  try {
    const answer = await ask('ec2', 'RevokeSecurityGroupIngress', () => client.send(command));
    if (answer.Return === false) throw notDone(`EC2 answered that nothing of ${groupId} was revoked`);
    return { requestId: answer.$metadata.requestId ?? null };
  } catch (error) {
    if (error instanceof AwsRefused && isCode(error, ...RULE_GONE)) return { unknown: error.message };
    if (isCode(error, ...GROUP_GONE)) return { requestId: null };
    throw error;
  }
}

function notDone(why: string): AwsRefused {
  return new AwsRefused('ec2', 'RevokeSecurityGroupIngress', 'ReturnFalse', why);
}

function ambiguous(name: string, groups: readonly SecurityGroup[]): AwsRefused {
  const several = groups.map(({ id, vpcId }) => `${id} (${vpcId ?? 'no VPC'})`).sort();
  const why = `the event names the group "${name}" and no id, and several have that name: ${several.join(', ')}`;
  return new AwsRefused('ec2', 'DescribeSecurityGroups', 'AmbiguousName', why);
}
