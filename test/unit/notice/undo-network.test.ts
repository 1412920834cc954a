import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SecurityGroupRule } from '../../../src/domain/estate.ts';
import { undoCommand } from '../../../src/notice/undo.ts';
import { sshRule } from './incident.ts';

/** What a POSIX shell makes of the command, when EC2 says that the list has version 7. */
function shellWords(command: string): readonly string[] {
  const script = `aws() { asked="$*"; echo 7; }\nset -- ${command}\nfor word in "$@"; do printf '%s\\0' "$word"; done`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

function changed(...rules: readonly SecurityGroupRule[]): unknown {
  const command = undoCommand({ action: 'modify-rules', rules }, 'eu-west-1') ?? '';
  return JSON.parse(shellWords(command).at(-1) ?? '');
}

const ID = sshRule.id;

describe('the command that changes rules back', () => {
  it('is one line', () => {
    const rule = { ...sshRule, description: 'the VPN' };
    expect(undoCommand({ action: 'modify-rules', rules: [rule] }, 'eu-west-1')).toBe(
      'aws ec2 modify-security-group-rules --region eu-west-1 --group-id sg-0abc0abc0abc0abc0 --security-group-rules ' +
        `'[{"SecurityGroupRuleId":"${ID}","SecurityGroupRule":{"IpProtocol":"tcp","FromPort":22,"ToPort":22,` +
        `"CidrIpv4":"0.0.0.0/0","Description":"the VPN"}}]'`,
    );
  });

  const ports = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
  it.each<readonly [string, Partial<SecurityGroupRule>, unknown]>([
    ['IPv6', { source: { kind: 'ipv6', cidr: '::/0' } }, { ...ports, CidrIpv6: '::/0' }],
    ['a prefix list', { source: { kind: 'prefix-list', id: 'pl-1' } }, { ...ports, PrefixListId: 'pl-1' }],
    ['a group', { source: { kind: 'security-group', id: 'sg-1' } }, { ...ports, ReferencedGroupId: 'sg-1' }],
    [
      'all traffic, without ports',
      { protocol: '-1', fromPort: -1, toPort: -1 },
      { IpProtocol: '-1', CidrIpv4: '0.0.0.0/0' },
    ],
    ['a masked description', { description: '<sensitiveDataRemoved>' }, { ...ports, CidrIpv4: '0.0.0.0/0' }],
  ])('has %s', (_, change, SecurityGroupRule) => {
    expect(changed({ ...sshRule, description: null, ...change })).toEqual([
      { SecurityGroupRuleId: ID, SecurityGroupRule },
    ]);
  });

  it('has one line for each group, and none when a value is masked', () => {
    const other = { ...sshRule, groupId: 'sg-other' };
    const rules = [sshRule, other];
    expect(undoCommand({ action: 'modify-rules', rules }, 'eu-west-1')?.split('\n')).toHaveLength(2);
    const masked = { ...other, source: { kind: 'ipv4', cidr: '****' } } as const;
    expect(undoCommand({ action: 'modify-rules', rules: [sshRule, masked] }, 'eu-west-1')).toBeNull();
  });
});

describe('the command that puts groups back on', () => {
  const back = (groupIds: readonly string[]) =>
    undoCommand({ action: 'attach-groups', interfaceId: 'eni-1', groupIds }, 'eu-west-1');

  it('sets all of them', () => {
    expect(back(['sg-1', 'sg-2'])).toBe(
      'aws ec2 modify-network-interface-attribute --region eu-west-1 --network-interface-id eni-1 --groups sg-1 sg-2',
    );
  });

  it('never sets none', () => {
    expect(back([])).toBeNull();
  });
});

describe('the command that puts entries back', () => {
  const back = (prefixListId: string, ...entries: readonly { cidr: string; description: string | null }[]) =>
    undoCommand({ action: 'add-entries', prefixListId, entries }, 'eu-west-1');

  it('asks for the version that it changes', () => {
    const words = shellWords(back('pl-1', { cidr: '3.0.0.0/8', description: null }) ?? '');
    expect(words).toEqual([
      'aws',
      'ec2',
      'modify-managed-prefix-list',
      '--region',
      'eu-west-1',
      '--prefix-list-id',
      'pl-1',
      '--add-entries',
      '[{"Cidr":"3.0.0.0/8"}]',
      '--current-version',
      '7',
    ]);
    expect(back('pl-1', { cidr: '3.0.0.0/8', description: null })).toContain(
      `"$(aws ec2 describe-managed-prefix-lists --region eu-west-1 --prefix-list-ids pl-1 --query 'PrefixLists[0].Version' --output text)"`,
    );
  });

  it('has no more entries in a line than a call takes', () => {
    const entries = Array.from({ length: 201 }, (_, n) => ({ cidr: `3.${n}.0.0/16`, description: null }));
    const lines = back('pl-1', ...entries)?.split('\n') ?? [];
    expect(lines.map((line) => line.match(/Cidr/gu)?.length)).toEqual([100, 100, 1]);
  });

  it('is none without entries, or with a masked one', () => {
    expect(back('pl-1')).toBeNull();
    expect(back('pl-1', { cidr: '<sensitiveDataRemoved>', description: null })).toBeNull();
  });

  it('survives the shell whatever the names are', () => {
    const hostile = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(hostile, hostile, (description, name) => {
        const id = `pl-${name.replaceAll('\0', '').replaceAll(/[\ud800-\udfff]/gu, '')}`;
        const words = shellWords(back(id, { cidr: '3.0.0.0/8', description }) ?? '');
        expect(words).toHaveLength(11);
        expect([words[6], words[10]]).toEqual([id, '7']);
        expect(JSON.parse(words[8] ?? '')).toEqual([{ Cidr: '3.0.0.0/8', Description: description }]);
      }),
      { numRuns: 50 },
    );
  });
});
