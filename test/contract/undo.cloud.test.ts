/** The commands of notifications, run: a rule comes back as it was, in everything but its id. */
import { execFileSync } from 'node:child_process';
import * as ec2 from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { ec2Client } from '../../src/aws/clients.ts';
import { Deadline } from '../../src/aws/deadline.ts';
import type { RuleSource, SecurityGroupRule } from '../../src/domain/estate.ts';
import { undoCommand } from '../../src/notice/undo.ts';
import { localCloud } from './cloud.ts';
import { cloudScene } from './network-scene.cloud.ts';
import { ipv4, type NetworkScene, prefixList } from './network-scene.ts';

const cloud = localCloud();

/** A shell takes each line apart, and the SDK sends what the AWS CLI would. */
async function run(command: string): Promise<void> {
  const client = ec2Client('contract', new Deadline());
  for (const line of command.split('\n')) {
    const script = `aws() { printf '%s\\0' "$@"; }; ${line}`;
    const [, call = '', ...words] = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0');
    const option = (name: string) => words[words.indexOf(`--${name}`) + 1] ?? '';
    const GroupId = option('group-id');
    const tagged = words.includes('--tag-specifications');
    const TagSpecifications = tagged ? JSON.parse(option('tag-specifications')) : undefined;
    if (call === 'modify-security-group-rules') {
      const SecurityGroupRules = JSON.parse(option('security-group-rules'));
      await client.send(new ec2.ModifySecurityGroupRulesCommand({ GroupId, SecurityGroupRules }));
      continue;
    }
    const input = { GroupId, IpPermissions: JSON.parse(option('ip-permissions')), TagSpecifications };
    if (call === 'authorize-security-group-ingress') {
      await client.send(new ec2.AuthorizeSecurityGroupIngressCommand(input));
    } else {
      expect(call).toBe('authorize-security-group-egress');
      await client.send(new ec2.AuthorizeSecurityGroupEgressCommand(input));
    }
  }
}

async function rulesOf(world: NetworkScene, groupId: string): Promise<readonly SecurityGroupRule[]> {
  const estate = await world.groups.read(groupId);
  return estate.kind === 'missing' ? [] : estate.rules;
}

const withoutIds = (rules: readonly SecurityGroupRule[]) =>
  rules.map(({ id: _id, ...rule }) => JSON.stringify(rule)).sort();

describe('the command of a notification', () => {
  test('restores rules that were revoked, with their words, their tags and the account that they name', async () => {
    const world = await cloudScene(cloud());
    const groupId = await world.newGroup();
    const theirs: RuleSource = { kind: 'security-group', id: await world.newGroup(), ownerId: '210987654321' };
    const tags = { cost: "Bob's, for now", team: 'web' };
    const listId = await world.newPrefixList(['192.0.2.0/24']);
    await world.open(groupId, [
      { port: 22, source: ipv4('0.0.0.0/0'), description: 'Bob(1), for now', tags },
      { port: 23, source: ipv4('198.51.100.0/24'), tags },
      { port: 22, source: { kind: 'ipv6', cidr: '::/0' }, tags: { team: 'db' } },
      { port: 22, source: theirs, description: 'peers', tags },
      { port: 22, source: prefixList(listId), description: 'offices' },
      { port: 445, source: ipv4('0.0.0.0/0'), egress: true, tags },
    ]);
    const before = await rulesOf(world, groupId);
    for (const egress of [false, true]) {
      const ids = before.filter((rule) => rule.egress === egress).map(({ id }) => id);
      await world.groups.revoke(groupId, ids, egress);
    }
    expect(await rulesOf(world, groupId)).toEqual([]);
    await run(undoCommand({ action: 'authorize-rules', rules: before }, 'us-east-1') ?? '');
    const after = await rulesOf(world, groupId);
    expect(withoutIds(after)).toEqual(withoutIds(before));
    expect(before.every(({ id }) => !after.some((rule) => rule.id === id))).toBe(true);
  });

  test('changes a rule back in place, and its id and its tags stay', async () => {
    const world = await cloudScene(cloud());
    const groupId = await world.newGroup();
    await world.open(groupId, [{ port: 22, source: ipv4('10.20.0.0/16'), description: 'bastions', tags: { a: 'b' } }]);
    const before = (await rulesOf(world, groupId)).filter(({ egress }) => !egress);
    const [rule] = before;
    const widened = {
      action: 'modify-rules',
      rules: before.map((it) => ({ ...it, source: ipv4('0.0.0.0/0') })),
    } as const;
    await run(undoCommand(widened, 'us-east-1') ?? '');
    expect(await rulesOf(world, groupId)).toContainEqual({ ...rule, source: ipv4('0.0.0.0/0') });
    await run(undoCommand({ action: 'modify-rules', rules: before }, 'us-east-1') ?? '');
    expect(await rulesOf(world, groupId)).toContainEqual(rule);
  });
});
