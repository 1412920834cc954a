/**
 * What EC2 says of security groups and their rules.
 *
 * IAM: ec2:DescribeSecurityGroups, ec2:DescribeSecurityGroupRules.
 */
import {
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type DescribeSecurityGroupsCommandInput,
  type EC2Client,
  type SecurityGroup as Ec2Group,
  type SecurityGroupRule as Ec2Rule,
} from '@aws-sdk/client-ec2';
import type { GroupWithRules, SecurityGroup, SecurityGroupRule, Tags } from '../domain/estate.ts';
import { AwsRefused, ask, isCode } from './errors.ts';
import { allPages, inChunks } from './paging.ts';
import { required, ruleSource, tagsOf } from './shapes.ts';

const GONE = ['InvalidGroup.NotFound', 'InvalidGroupId.Malformed', 'InvalidGroupId.NotFound'];

/** EC2 does not know the group. */
export function isGroupGone(error: unknown): boolean {
  return isCode(error, ...GONE);
}

/** The group with its rules; null when it is gone. */
export async function readGroup(client: EC2Client, groupId: string): Promise<GroupWithRules | null> {
  try {
    const [groups, rules] = await Promise.all([
      describe(client, { GroupIds: [groupId] }),
      rulesWhere(client, ofGroups([groupId])),
    ]);
    return together(groups, rules)[0] ?? null;
  } catch (error) {
    if (isGroupGone(error)) return null;
    throw error;
  }
}

/** Groups with their rules, by id. By filter: those that are gone are absent, and fail nothing. */
export async function readGroups(client: EC2Client, groupIds: readonly string[]): Promise<readonly GroupWithRules[]> {
  const [groups, rules] = await Promise.all([
    inChunks(groupIds, (some) => describe(client, by('group-id', some))),
    rulesOf(client, groupIds),
  ]);
  return together(groups, rules);
}

function rulesOf(client: EC2Client, groupIds: readonly string[]): Promise<readonly Ec2Rule[]> {
  return inChunks(groupIds, (some) => rulesWhere(client, ofGroups(some)));
}

function together(groups: readonly Ec2Group[], rules: readonly Ec2Rule[]): readonly GroupWithRules[] {
  const known = new Map(groups.map(toGroup).map((group) => [group.id, { group, rules: [] as SecurityGroupRule[] }]));
  for (const rule of rules) {
    const found = known.get(required(rule.GroupId, 'GroupId'));
    found?.rules.push(toRule({ GroupOwnerId: found.group.ownerId, ...rule }));
  }
  return [...known.values()];
}

/** EC2 takes 200 values a filter, and a hundred groups may have thousands of rules. */
const GROUPS_A_PAGE = 100;

/** A page of all groups of the Region with their rules. A page may be empty and yet not be the last. */
export async function pageOfGroups(client: EC2Client, from: string | null) {
  const command = new DescribeSecurityGroupsCommand({
    MaxResults: GROUPS_A_PAGE,
    ...(from !== null && { NextToken: from }),
  });
  const answer = await ask('ec2', 'DescribeSecurityGroups', () => client.send(command));
  const { SecurityGroups: groups = [], NextToken } = answer;
  const rules = await rulesOf(
    client,
    groups.flatMap(({ GroupId }) => GroupId ?? []),
  );
  return { groups: together(groups, rules), next: NextToken || null };
}

/** All rules of the group, both directions; none when there is no such group (a filter never fails). */
export async function readRules(client: EC2Client, groupId: string): Promise<readonly SecurityGroupRule[]> {
  return (await rulesWhere(client, ofGroups([groupId]))).map(toRule);
}

const ofGroups = (ids: string[]) => ({ Filters: [{ Name: 'group-id', Values: ids }] });

/**
 * Ids of the groups with rules that name this prefix list, for inbound traffic and, if asked for, for outbound traffic.
 * EC2 finds them by a filter for each direction ("DescribeSecurityGroups", EC2 API Reference). The filters of one call
 * must all match, so each direction is a call.
 */
export async function groupsNaming(
  client: EC2Client,
  prefixListId: string,
  egress: boolean,
): Promise<readonly string[]> {
  const filters = ['ip-permission.prefix-list-id', ...(egress ? ['egress.ip-permission.prefix-list-id'] : [])];
  const found = await Promise.all(
    filters.map((filter) => describe(client, { ...by(filter, [prefixListId]), ...SOME })),
  );
  return sorted(found.flat().map(({ GroupId }) => GroupId));
}

/** A group comes with all its rules: a page of 1,000 groups could have more than ten megabytes. */
const SOME = { MaxResults: 200 } as const;

/** Null when no group has this name. @throws AwsRefused when several have it, each in a VPC of its own */
export async function idOfName(client: EC2Client, name: string): Promise<string | null> {
  // A filter takes * and ? as wildcards, and a name may have a *.
  const found = await describe(client, by('group-name', [name]));
  const groups = found.filter(({ GroupName }) => GroupName === name).map(toGroup);
  if (groups.length > 1) throw ambiguous(name, groups);
  return groups[0]?.id ?? null;
}

/** Ids of the prefix lists that rules of either direction name, each once. */
export function listsNamedBy(rules: readonly SecurityGroupRule[]): readonly string[] {
  return [...new Set(rules.flatMap(({ source }) => (source.kind === 'prefix-list' ? [source.id] : [])))];
}

type Wanted = Pick<DescribeSecurityGroupsCommandInput, 'GroupIds' | 'Filters' | 'MaxResults'>;

/** EC2 takes `MaxResults` with filters only, not with ids. */
function by(filter: string, values: string[]): Wanted {
  return { Filters: [{ Name: filter, Values: values }], MaxResults: 1000 };
}

function describe(client: EC2Client, wanted: Wanted): Promise<readonly Ec2Group[]> {
  return allPages(async (token) => {
    const page = new DescribeSecurityGroupsCommand({ ...wanted, NextToken: token });
    const answer = await ask('ec2', 'DescribeSecurityGroups', () => client.send(page));
    return { items: answer.SecurityGroups, next: answer.NextToken };
  });
}

function rulesWhere(client: EC2Client, wanted: Pick<Wanted, 'Filters'>): Promise<readonly Ec2Rule[]> {
  return allPages(async (token) => {
    const page = new DescribeSecurityGroupRulesCommand({ ...wanted, MaxResults: 1000, NextToken: token });
    const answer = await ask('ec2', 'DescribeSecurityGroupRules', () => client.send(page));
    return { items: answer.SecurityGroupRules, next: answer.NextToken };
  });
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
    ...(rule.Tags?.length ? { tags: byKey(tagsOf(rule.Tags)) } : {}),
  };
}

/** EC2 promises no order, and readings are compared as JSON. */
function byKey(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sorted(ids: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(ids.filter((id) => id !== undefined))].sort();
}

function ambiguous(name: string, groups: readonly SecurityGroup[]): AwsRefused {
  const several = groups.map(({ id, vpcId }) => `${id} (${vpcId ?? 'no VPC'})`).sort();
  const why = `the event names the group "${name}" and no id, and several have that name: ${several.join(', ')}`;
  return new AwsRefused('ec2', 'DescribeSecurityGroups', 'AmbiguousName', why);
}
