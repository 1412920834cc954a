import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SecurityGroupRule } from '../../../src/domain/estate.ts';
import { undoCommand } from '../../../src/notice/undo.ts';
import { sshRule } from './incident.ts';

const GROUP = 'sg-0abc0abc0abc0abc0';

function commandFor(...rules: readonly SecurityGroupRule[]): string {
  return undoCommand({ action: 'authorize-rules', rules }, 'eu-west-1') ?? '';
}

/** What a POSIX shell makes of the command: its words, one after the other. */
function shellWords(command: string): readonly string[] {
  const script = `set -- ${command}\nfor word in "$@"; do printf '%s\\0' "$word"; done`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

function permissionsOf(command: string): unknown {
  return JSON.parse(shellWords(command).at(-1) ?? '');
}

describe('the command that undoes a revoke', () => {
  it('is one line for a POSIX shell, with the apostrophe of the description quoted', () => {
    expect(commandFor(sshRule)).toBe(
      'aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-0abc0abc0abc0abc0 --ip-permissions ' +
        `'[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0",` +
        `"Description":"Bob'\\''s laptop, just for now"}]}]'`,
    );
  });

  const noWords = { ...sshRule, description: null };
  it.each<readonly [string, Partial<SecurityGroupRule>, unknown]>([
    ['IPv4', {}, { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    [
      'IPv6',
      { source: { kind: 'ipv6', cidr: '::/0' } },
      { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
    ],
    [
      'a prefix list',
      { source: { kind: 'prefix-list', id: 'pl-0123' } },
      { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId: 'pl-0123' }] },
    ],
    [
      'a referenced group',
      { source: { kind: 'security-group', id: 'sg-0def' } },
      { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, UserIdGroupPairs: [{ GroupId: 'sg-0def' }] },
    ],
    [
      'a referenced group of another account, through a peering connection',
      {
        source: {
          kind: 'security-group',
          id: 'sg-0def',
          ownerId: '210987654321',
          vpcId: 'vpc-0def',
          peeringId: 'pcx-0def',
          peeringStatus: 'active',
        },
      },
      {
        IpProtocol: 'tcp',
        FromPort: 22,
        ToPort: 22,
        UserIdGroupPairs: [
          { GroupId: 'sg-0def', UserId: '210987654321', VpcId: 'vpc-0def', VpcPeeringConnectionId: 'pcx-0def' },
        ],
      },
    ],
    [
      'all traffic, without ports',
      { protocol: '-1', fromPort: -1, toPort: -1 },
      { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    ],
    [
      'ICMP, type and code',
      { protocol: 'icmp', fromPort: 8, toPort: -1 },
      { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    ],
    ['an empty description', { description: '' }, permissionWithout()],
    ['a masked description is left out', { description: '<sensitiveDataRemoved>' }, permissionWithout()],
    ['so is one that Systems Manager masks', { description: 'HIDDEN_DUE_TO_SECURITY_REASONS' }, permissionWithout()],
  ])('%s', (_, change, permission) => {
    expect(permissionsOf(commandFor({ ...noWords, ...change }))).toEqual([permission]);
  });

  function permissionWithout(): unknown {
    return { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  }

  it('puts back all rules of a group with one call, and asks one line for each group and direction', () => {
    const other = { ...sshRule, id: 'sgr-2', groupId: 'sg-0other' };
    const egress = { ...sshRule, id: 'sgr-3', egress: true };
    const lines = commandFor(sshRule, { ...sshRule, id: 'sgr-1', fromPort: 80, toPort: 80 }, other, egress).split('\n');
    expect(lines.map((line) => shellWords(line).slice(2, 7))).toEqual([
      ['authorize-security-group-ingress', '--region', 'eu-west-1', '--group-id', GROUP],
      ['authorize-security-group-ingress', '--region', 'eu-west-1', '--group-id', 'sg-0other'],
      ['authorize-security-group-egress', '--region', 'eu-west-1', '--group-id', GROUP],
    ]);
    expect(permissionsOf(lines[0] ?? '')).toHaveLength(2);
  });

  it('has a line for each set of tags, as the tags of a call are given to every rule that it adds', () => {
    const tagged = (id: string, port: number, tags: Record<string, string>) => {
      return { ...sshRule, id, fromPort: port, toPort: port, tags };
    };
    const lines = commandFor(
      tagged('sgr-1', 22, { team: 'web', cost: "Bob's" }),
      tagged('sgr-2', 23, { cost: "Bob's", team: 'web' }),
      tagged('sgr-3', 24, { team: 'db' }),
      tagged('sgr-4', 25, { 'aws:cloudformation:stack-name': 'web' }),
      sshRule,
    ).split('\n');
    const tagsOf = (line: string) => {
      const words = shellWords(line);
      const at = words.indexOf('--tag-specifications');
      return at < 0 ? null : JSON.parse(words[at + 1] ?? '');
    };
    expect(lines.map(tagsOf)).toEqual([
      [
        {
          ResourceType: 'security-group-rule',
          Tags: [
            { Key: 'cost', Value: "Bob's" },
            { Key: 'team', Value: 'web' },
          ],
        },
      ],
      [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'team', Value: 'db' }] }],
      null,
    ]);
    expect(lines.map((line) => (permissionsOf(line) as readonly unknown[]).length)).toEqual([2, 1, 2]);
  });

  it('is absent when there is nothing to put back, or a decisive value is masked', () => {
    const masked = { ...sshRule, source: { kind: 'ipv4', cidr: '<sensitiveDataRemoved>' } } as const;
    expect(undoCommand(null, 'eu-west-1')).toBeNull();
    expect(undoCommand({ action: 'authorize-rules', rules: [] }, 'eu-west-1')).toBeNull();
    expect(undoCommand({ action: 'authorize-rules', rules: [sshRule, masked] }, 'eu-west-1')).toBeNull();
  });

  it.each([
    "'; touch /tmp/owned; '",
    '$(id)`id`',
    '!! !x "double" \\ back\\',
    "''\\''",
    'line\nbreak\r\nand\ttab',
    '\u202etxt.exe\u202c \u2028 \ud800 é',
    '--group-id sg-evil',
    'https://example.com/phish',
  ])('survives the shell: %j', (description) => {
    const command = commandFor({ ...sshRule, description });
    expect(command).toMatch(/^[\x20-\x7e]+$/u);
    expect(command).not.toContain('://');
    expect(permissionsOf(command)).toMatchObject([{ IpRanges: [{ Description: description }] }]);
  });

  it('survives the shell whatever the names are', () => {
    const hostile = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(hostile, hostile, (description, groupId) => {
        const command = commandFor({ ...sshRule, description });
        expect(permissionsOf(command)).toMatchObject([{ IpRanges: [{ Description: description }] }]);
        const id = groupId.replaceAll('\0', '').replaceAll(/[\ud800-\udfff]/gu, '');
        expect(shellWords(commandFor({ ...sshRule, groupId: `sg-${id}` }))[6]).toBe(`sg-${id}`);
      }),
      { numRuns: 100 },
    );
  });
});
