import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { summary } from '../../../cli/policy/summary.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { type Policy, RULES } from '../../../src/policy/policy.ts';
import { PRESET_IDS } from '../../../src/policy/presets.ts';
import { MINIMAL, NOW } from '../policy/documents.ts';
import { fromRoot } from './files.ts';

const EVERY_KEY = fromRoot('test/fixtures/policies/every-key.yml');

function loaded(text: string, file = 'policy.yml'): Policy {
  return loadPolicy(text, file, NOW, (path) => readFileSync(path, 'utf8')).policy;
}
const everyKey = () => loaded(readFileSync(EVERY_KEY, 'utf8'), EVERY_KEY);
/** All but the lines of the rules, which are many. */
function around(policy: Policy): readonly string[] {
  const lines = summary(policy);
  const first = lines.indexOf('rules:') + 1;
  return [...lines.slice(0, first), ...lines.slice(first + RULES.length)];
}
/** The lines of one key. */
function part(more: string, key: string): readonly string[] {
  const lines = summary(loaded(`${MINIMAL}${more}`));
  const first = lines.findIndex((line) => line.startsWith(`${key}:`));
  const next = lines.findIndex((line, index) => index > first && !line.startsWith(' '));
  return lines.slice(first, next < 0 ? undefined : next);
}

describe('what policy check says of a policy', () => {
  test('every key has its line, and every entry one of its own', () => {
    expect(around(everyKey())).toEqual([
      'mode: none (observe), when: new',
      'modes:',
      '  modes[0]  off  session-started, ssh-key-pushed',
      '  modes[1]  observe  internet, egress, pipeline-only  where account 123456789012, region eu-*, vpc vpc-0123456789abcdef0, securityGroup sg-0123456789abcdef0 or web-*, actor arn:aws:iam::123456789012:role/breakglass',
      '  modes[2]  observe  every rule about actions on instances  where autoScalingGroup web or api-?, instance i-0123456789abcdef0, actor arn:aws:iam::123456789012:role/breakglass',
      '  modes[3]  enforce  user-data-changed  where tag Env=dev or test-*',
      'trustedActors:',
      '  deployment    role arn:aws:iam::123456789012:role/deploy with sourceIdentity github-*',
      '  old-ci        user arn:aws:iam::123456789012:user/ci',
      '  auto-scaling  service autoscaling.amazonaws.com',
      '  patches       role arn:aws:iam::123456789012:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM  SendCommand  running AWS-RunPatchBaseline, arn:aws:ssm:eu-west-1:123456789012:document/web-*',
      '  images        role arn:aws:iam::123456789012:role/aws-service-role/imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder  on lt-0123456789abcdef0',
      'trustedServices:',
      '  ecs        role AWSServiceRoleForECS  AttachNetworkInterface, DetachNetworkInterface, SetInstanceProtection  (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSServiceRolePolicy.html)',
      '  guardduty  role AWSServiceRoleForAmazonGuardDuty  CreateAssociation, SendCommand, UpdateAssociation  running AmazonGuardDuty-ConfigureRuntimeMonitoringSsmPlugin  (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonGuardDutyServiceRolePolicy.html)',
      'rules:',
      'rules.internet:',
      '  limit: open is more than 256 addresses of IPv4, or 2^64 (a /64) of IPv6',
      '  allowedRanges: 17.0.0.0/24, 2620:fe::/48, 198.51.100.0/25, 192.88.98.0/24, 2620:fe::/48, 9.9.9.9/32',
      '  protects (rules for all traffic): all traffic',
      '  protects (tcp, sctp): WinRM (5985-5986, 47001)',
      '  protects (tcp, udp, sctp, dccp): SSH (22)',
      '  protects (icmp): ping (8, 13-18)',
      '  loadBalancers: 443, 8443-8444',
      '  prefixLists: remove-entries',
      'rules.egress:',
      '  limit: open is more than 65,536 addresses of IPv4, or 16 of IPv6',
      '  allowedRanges: 18.0.0.0/24, 192.88.98.0/24, 2620:fe::/48, 9.9.9.9/32',
      '  protects (tcp): SMB (445)',
      'watchedTags: Environment, cost-*',
      'configVerdicts:',
      '  noisy-*  ignored',
      '  *        internet, user-data-changed',
      'images:',
      '  approved    id ami-0123456789abcdef0',
      '  approved    owner 123456789012 or amazon, name web-*, tag Approved=yes',
      '  approved    SSM parameter /golden/ami',
      '  maxAgeDays  90',
      'maxInstanceAgeDays: 30',
      'findings:',
      '  guardDuty    from severity 8.5',
      '  securityHub  from severity critical, of arn:aws:securityhub:eu-*::product/aws/inspector',
      'ignoredDifferences:',
      '  ignoredDifferences[0]  tags/*, block-devices/*/size  where autoScalingGroup web-*: The backup tool tags what it saves.',
      'replaceDespite:',
      '  replaceDespite[0]  scale-in-protection, termination-protection, instance-store  where vpc vpc-0123456789abcdef0, autoScalingGroup web-*: These servers hold nothing of worth.',
      '  replaceDespite[1]  further-volumes, further-interfaces, elastic-ip  where account 123456789012, region eu-central-1, instance i-0123456789abcdef0: Its address is given to the successor by a script.',
      'exemptions:',
      '  partner-sftp  from 2026-01-10T00:00:00.000Z until 2026-06-30T23:59:59.999Z  team-payments  internet  where securityGroup sg-0123456789abcdef0, range 9.9.9.0/24, port 22 or 5985-5986: The partner has no fixed address yet.',
      '  forensics     until 2026-02-01T16:00:00.000Z  security  baseline-changed, every rule about instances  where autoScalingGroup web: The incident team works on it.',
      'budget: 2 per group, 5 per hour',
      'budgets:',
      '  budgets[0]  10% per group  user-data-changed  where autoScalingGroup web-*',
      '  budgets[1]  0 per group  every rule  at 0 9 * * 1-5 for 8 h 30 min, time zone Europe/Berlin',
      '  budgets[2]  1 per group  every rule  at @daily for 30 min, time zone UTC',
      'successorMinutes: 20',
      'taint: grace 10 min after an entry or the end of its last session, 4 h at most',
      'notifications:',
      '  mailsPerHour  30',
      '  ownerTags     Team',
      '  buildTags     Release',
      '  commitTags    none',
    ]);
  });

  test('what is left out has its default, or is none', () => {
    expect(around(loaded(MINIMAL))).toEqual([
      'mode: none (observe), when: new',
      'modes: none',
      'trustedActors: none',
      'trustedServices:',
      ...PRESET_IDS.map((id) => expect.stringMatching(new RegExp(`^  ${id} +role AWSServiceRoleFor`))),
      'rules:',
      'rules.internet:',
      '  limit: open is more than 16,777,216 addresses of IPv4, or 2^101 (a /27) of IPv6',
      '  allowedRanges: none',
      '  protects (tcp, udp, sctp, dccp): SSH (22)',
      '  loadBalancers: 80, 443',
      '  prefixLists: revoke-rules',
      'rules.egress: none',
      'watchedTags: none',
      'configVerdicts: none',
      'images: any',
      'maxInstanceAgeDays: none',
      'findings:',
      '  guardDuty    from severity 7',
      '  securityHub  from severity high, of arn:*:securityhub:*::product/aws/*',
      'ignoredDifferences: none',
      'replaceDespite: none',
      'exemptions: none',
      'budget: 1 per group, 3 per hour',
      'budgets: none',
      'successorMinutes: 15',
      'taint: grace 30 min after an entry or the end of its last session, 12 h at most',
      'notifications:',
      '  mailsPerHour  20',
      '  ownerTags     Owner, owner, team, Team',
      '  buildTags     Build, build, Version, version',
      '  commitTags    Commit, commit, git-sha, git-commit',
    ]);
  });

  test('a rule has its mode and the reason for it, and its grace where it has one', () => {
    const rules = '  command-run: { graceMinutes: 0 }\n  monitoring-changed: { mode: enforce, graceMinutes: 240 }\n';
    const lines = summary(loaded(`${MINIMAL}${rules}taint: { graceMinutes: 45 }\n`));
    const lineOf = (rule: string) => lines.find((line) => line.startsWith(`  ${rule} `))?.replace(/ {2,}/g, '  ');
    expect(lineOf('monitoring-changed')).toBe(
      '  monitoring-changed  enforce (rules.monitoring-changed.mode), grace 240 min',
    );
    expect(lineOf('session-started')).toBe(
      '  session-started  observe (rules.session-started is not listed), grace 45 min',
    );
    expect(lineOf('command-run')).toBe('  command-run  observe (no setting applies)');
    expect(lineOf('user-data-changed')).toBe('  user-data-changed  observe (rules.user-data-changed is not listed)');
  });

  const modeOf = (rule: string, more: string) =>
    summary(loaded(`${MINIMAL}${more}`))
      .find((line) => line.startsWith(`  ${rule} `))
      ?.replace(/ {2,}/g, ' ')
      .trim();
  const WEB = 'select: { autoScalingGroup: [web] }';

  test('an entry of modes has the number that it has in the file, also after one that selects', () => {
    const modes = `modes: [{ ${WEB}, mode: observe }, { rules: [volume-attached], mode: enforce }]\n`;
    expect(modeOf('volume-attached', `  volume-attached: {}\n${modes}`)).toBe(
      'volume-attached enforce (modes[1]), and other modes in one place',
    );
  });

  test.each([
    ['without a mode everywhere', '', 'enforce', 'observe (no setting applies), and other modes in one place'],
    ['that says the same', '', 'observe', 'observe (no setting applies)'],
    ['less cautious than the top', 'mode: observe\n', 'enforce', 'observe (mode)'],
    ['more cautious than the top', 'mode: enforce\n', 'observe', 'enforce (mode), and other modes in one place'],
  ])('only entries that can change the mode are counted: one %s', (_case, top, mode, text) => {
    const more = `  volume-attached: {}\n${top}modes: [{ ${WEB}, mode: ${mode} }]\n`;
    expect(modeOf('volume-attached', more)).toBe(`volume-attached ${text}`);
  });

  test('no entry changes the mode of a rule that is not listed, or that only holds replacements', () => {
    const modes = `modes: [{ ${WEB}, mode: enforce }, { select: { vpc: [vpc-0123456789abcdef0] }, mode: enforce }]\n`;
    expect(modeOf('egress', modes)).toBe('egress off (rules.egress is not listed)');
    expect(modeOf('volume-attached', modes)).toBe('volume-attached observe (rules.volume-attached is not listed)');
    expect(modeOf('baseline-changed', modes)).toBe('baseline-changed observe (no setting applies)');
  });

  test('of many ranges the first are shown, and how many more there are', () => {
    const ranges = Array.from({ length: 11 }, (_, index) => `9.9.${index}.0/24`);
    const policy = loaded(`${MINIMAL}    allowedRanges: [${ranges.join(', ')}]\n`);
    expect(around(policy)).toContain(`  allowedRanges: ${ranges.slice(0, 8).join(', ')}, and 3 more`);
    expect(around({ ...policy, internet: { ...policy.internet, allowedRanges: ranges.slice(0, 8) } })).toContain(
      `  allowedRanges: ${ranges.slice(0, 8).join(', ')}`,
    );
  });

  test('what is protected on the same protocols stands together, and is broken at the width of a terminal', () => {
    const lines = around(loaded(readFileSync(fromRoot('policy.yml'), 'utf8')));
    const protects = lines.slice(lines.indexOf('  allowedRanges: none') + 1, lines.indexOf('  loadBalancers: 80, 443'));
    expect(protects.filter((line) => line.startsWith('  protects'))).toHaveLength(4);
    expect(Math.max(...protects.map((line) => line.length))).toBeLessThanOrEqual(76);
    expect(protects.join('\n')).toContain(
      '  protects (tcp, udp, sctp, dccp): SSH (22), Telnet (23), RDP (3389), WinRM\n',
    );
  });

  test('an image that goes by its name alone must be this account’s own', () => {
    expect(part('images: { approved: [{ names: [web-*] }] }\n', 'images')).toEqual([
      'images:',
      '  approved    owner this account, name web-*',
      '  maxAgeDays  none',
    ]);
  });

  test('images may be asked for their age alone', () => {
    expect(part('images: { maxAgeDays: 90 }\n', 'images')).toEqual([
      'images:',
      '  approved    any',
      '  maxAgeDays  90',
    ]);
  });

  test('an entry of budgets that always applies takes the place of the budget of a group', () => {
    expect(part('budgets: [{ instances: 2 }]\n', 'budget')).toEqual(['budget: per group as in budgets, 3 per hour']);
    expect(part('budgets: [{ instances: 2 }]\n', 'budgets')).toEqual([
      'budgets:',
      '  budgets[0]  2 per group  every rule',
    ]);
  });

  test('load balancers may be public nowhere', () => {
    expect(around(loaded(`${MINIMAL}    loadBalancers: []\n`))).toContain('  loadBalancers: none');
  });
});

test('docs/policy.md shows what is printed of the smallest policy', () => {
  const [, policy = '', shown = ''] =
    /## The smallest policy[\s\S]*?```yaml\n([\s\S]*?)```[\s\S]*?```text\n([\s\S]*?)```/.exec(
      readFileSync(fromRoot('docs/policy.md'), 'utf8'),
    ) ?? [];
  const printed = ['policy.yml is valid', ...summary(loaded(policy))];
  const lines = shown.trimEnd().split('\n');
  const leftOut = printed.filter((line) => !lines.includes(line));
  expect(printed.filter((line) => lines.includes(line))).toEqual(lines.filter((line) => line !== '  …'));
  // Only rules are.
  expect(leftOut.filter((line) => !/^ {2}[a-z-]+ {2,}observe \(/.test(line))).toEqual([]);
});

describe('nothing that changes what undrift does is left out', () => {
  const policy = everyKey();
  /** For the next reader only. */
  const silent = ['exemptions.0.ticket'];
  /** Only the reason of a mode, where no other setting decides it. */
  const isReason = (name: string) => /^instanceRules\..*\.listed$/.test(name);
  const leaves = leavesOf(policy, []).map((path) => ({ path, name: path.join('.') }));

  test.each(leaves.filter(({ name }) => !silent.includes(name) && !isReason(name)))('$name', ({ path }) => {
    expect(summary(changedAt(policy, path) as Policy)).not.toEqual(summary(policy));
  });
});

/** The paths of all values. */
function leavesOf(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (value === null) return [];
  if (typeof value !== 'object') return [path];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

/** A copy with another value at the path. */
function changedAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return another(value);
  const inner = changedAt((value as Record<string, unknown>)[key], rest);
  if (!Array.isArray(value)) return { ...(value as object), [key]: inner };
  return value.map((one, index) => (String(index) === key ? inner : one));
}

function another(value: unknown): unknown {
  if ((PRESET_IDS as readonly unknown[]).includes(value)) return 'inspector';
  if (typeof value === 'bigint') return value * 2n;
  // A window is told to the minute.
  if (typeof value === 'number') return value + 60;
  if (value === 'all') return [6];
  return value === 'observe' || value === 'enforce' ? 'off' : value === 'off' ? 'enforce' : `${value}-2`;
}
