import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadPolicy } from '../../../src/policy/load.ts';
import { resolvePolicy } from '../../../src/policy/resolve.ts';
import { MINIMAL, NOW } from './documents.ts';

const FOLDER = 'test/fixtures/policies';
const loadEveryKey = () =>
  loadPolicy(readFileSync(`${FOLDER}/every-key.yml`, 'utf8'), `${FOLDER}/every-key.yml`, NOW, (file) =>
    readFileSync(file, 'utf8'),
  );
const CDN = ['192.88.98.0/24', '2620:fe::/48', '9.9.9.9/32'];

describe('a policy with every key', () => {
  const { policy, warnings } = loadEveryKey();

  it('fills in what is not said', () => {
    expect(policy.mode).toBeNull();
    expect(policy.instanceRules['volume-attached']).toEqual({ mode: null });
    expect(policy.watchedTags).toEqual(['Environment', 'cost-*']);
    expect(policy.instanceRules['session-started']).toEqual({ mode: 'observe', listed: false });
  });

  it('reads modes', () => {
    expect(policy.modes[0]).toEqual({ rules: ['session-started', 'ssh-key-pushed'], select: null, mode: 'off' });
    expect(policy.modes[1]?.select).toEqual({
      account: ['123456789012'],
      region: ['eu-*'],
      vpc: ['vpc-0123456789abcdef0'],
      securityGroup: ['sg-0123456789abcdef0', 'web-*'],
      actor: ['arn:aws:iam::123456789012:role/breakglass'],
    });
    expect(policy.modes[2]?.select).toEqual({
      autoScalingGroup: ['web', 'api-?'],
      instance: ['i-0123456789abcdef0'],
      actor: ['arn:aws:iam::123456789012:role/breakglass'],
    });
    expect(policy.modes[3]?.select).toEqual({ tag: { Env: ['dev', 'test-*'] } });
  });

  it('reads ports, protocols and limits as numbers', () => {
    expect(policy.internet).toEqual({
      mode: 'enforce',
      limit: { ipv4: 256n, ipv6: 18446744073709551616n },
      allowedRanges: ['17.0.0.0/24', '2620:fe::/48', '198.51.100.0/25', ...CDN],
      loadBalancers: [
        { from: 443, to: 443 },
        { from: 8443, to: 8444 },
      ],
      prefixLists: 'remove-entries',
      protects: [
        { name: 'all traffic', protocols: 'all', ports: [] },
        {
          name: 'WinRM',
          protocols: [6, 132],
          ports: [
            { from: 5985, to: 5986 },
            { from: 47001, to: 47001 },
          ],
        },
        { name: 'SSH', protocols: [6, 17, 132, 33], ports: [{ from: 22, to: 22 }] },
        {
          name: 'ping',
          protocols: [1],
          ports: [
            { from: 8, to: 8 },
            { from: 13, to: 18 },
          ],
        },
      ],
    });
  });

  it('reads egress and pipeline-only', () => {
    expect(policy.egress).toEqual({
      mode: 'observe',
      limit: { ipv4: 65536n, ipv6: 16n },
      allowedRanges: ['18.0.0.0/24', ...CDN],
      protects: [{ name: 'SMB', protocols: [6], ports: [{ from: 445, to: 445 }] }],
    });
    expect(policy.pipelineOnly).toEqual({ mode: 'observe' });
  });

  it('reads a day as its beginning or its end, UTC, and a time by its offset', () => {
    expect(policy.exemptions[0]).toEqual({
      id: 'partner-sftp',
      reason: 'The partner has no fixed address yet.',
      owner: 'team-payments',
      ticket: 'PAY-1234',
      rules: ['internet'],
      select: {
        securityGroup: ['sg-0123456789abcdef0'],
        port: [
          { from: 22, to: 22 },
          { from: 5985, to: 5986 },
        ],
        range: ['9.9.9.0/24'],
      },
      notBefore: '2026-01-10T00:00:00.000Z',
      expires: '2026-06-30T23:59:59.999Z',
    });
    expect(policy.exemptions[1]).toMatchObject({
      expires: '2026-02-01T16:00:00.000Z',
      ticket: null,
      rules: null,
      notBefore: null,
    });
  });

  it('reads trusted actors, verdicts, budget and notifications', () => {
    expect(policy.trustedActors).toEqual([
      { id: 'deployment', role: 'arn:aws:iam::123456789012:role/deploy', sourceIdentity: 'github-*' },
      { id: 'old-ci', user: 'arn:aws:iam::123456789012:user/ci' },
      { id: 'auto-scaling', service: 'autoscaling.amazonaws.com' },
      {
        id: 'patches',
        role: 'arn:aws:iam::123456789012:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM',
        calls: ['SendCommand'],
        documents: ['AWS-RunPatchBaseline', 'arn:aws:ssm:eu-west-1:123456789012:document/web-*'],
      },
      {
        id: 'images',
        role: 'arn:aws:iam::123456789012:role/aws-service-role/imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder',
        launchTemplates: ['lt-0123456789abcdef0'],
      },
    ]);
    expect(policy.trustedServices).toEqual(['ecs', 'guardduty']);
    expect(policy.configVerdicts[0]).toEqual({ configRule: 'noisy-*', means: [] });
    expect(policy.budget).toEqual({ perGroup: 2, perHour: 5 });
    expect(policy.budgets).toEqual([
      { instances: '10%', select: { autoScalingGroup: ['web-*'] }, reasons: ['user-data-changed'], window: null },
      {
        instances: 0,
        select: null,
        reasons: null,
        window: { schedule: '0 9 * * 1-5', seconds: 30_600, timeZone: 'Europe/Berlin' },
      },
      { instances: 1, select: null, reasons: null, window: { schedule: '@daily', seconds: 1800, timeZone: 'UTC' } },
    ]);
    expect(policy.successorMinutes).toBe(20);
    expect(policy.taint).toEqual({ graceMinutes: 10, maxHours: 4 });
    expect(policy.instanceRules['monitoring-changed']).toEqual({ mode: null, graceMinutes: 60 });
    expect(policy.instanceRules['command-run']).toEqual({ mode: 'enforce', graceMinutes: 0 });
    expect(policy.notifications).toEqual({
      mailsPerHour: 30,
      ownerTags: ['Team'],
      buildTags: ['Release'],
      commitTags: [],
    });
  });

  it('warns that an actor may not be known', () => {
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('modes[1] lowers the rule internet by actor');
  });
});

describe('the document', () => {
  it('survives JSON, and resolves at a cold start to the same policy', () => {
    const { policy, document } = loadEveryKey();
    expect(resolvePolicy(JSON.parse(JSON.stringify(document)))).toMatchObject({ policy });
  });

  it('may hold an exemption that has expired since it was built', () => {
    const { document } = loadEveryKey();
    expect(resolvePolicy(document)).toHaveProperty('policy');
    expect(resolvePolicy(document, new Date('2026-07-01T00:00:00Z'))).toMatchObject({
      faults: [{ path: ['exemptions', 0, 'expires'] }, { path: ['exemptions', 1, 'expires'] }],
    });
  });

  it('has the ranges of files in it, so that a cold start reads none', () => {
    const { document } = loadEveryKey();
    expect(document).toMatchObject({
      rangeLists: [
        { name: 'cdn', source: 'their web site', ranges: CDN },
        { name: 'partner', ranges: ['198.51.100.0/25'] },
      ],
    });
    expect(JSON.stringify(document)).not.toContain('cdn.txt');
  });

  it('is faulty with a file whose ranges are not in it', () => {
    const { document } = loadPolicy(MINIMAL, 'policy.yml', NOW);
    const rangeLists = [{ name: 'cdn', file: 'ranges/cdn.txt' }];
    expect(resolvePolicy({ ...(document as object), rangeLists })).toMatchObject({
      faults: [{ path: ['rangeLists', 0, 'file'] }],
    });
  });

  it.each([null, undefined, 7, 'text', [], {}, { version: 1 }, { version: 1, rules: null }])(
    '%j is a fault, not a crash',
    (document) => {
      expect(resolvePolicy(document)).toHaveProperty('faults');
    },
  );
});

describe('defaults', () => {
  it('observe new findings, one instance at a time', () => {
    const { policy } = loadPolicy(MINIMAL, 'policy.yml', NOW);
    expect(policy).toMatchObject({
      mode: null,
      when: 'new',
      modes: [],
      trustedActors: [],
      configVerdicts: [],
      exemptions: [],
      budget: { perGroup: 1, perHour: 3 },
      budgets: [],
      successorMinutes: 15,
      taint: { graceMinutes: 30, maxHours: 12 },
      notifications: {
        mailsPerHour: 20,
        ownerTags: ['Owner', 'owner', 'team', 'Team'],
        buildTags: ['Build', 'build', 'Version', 'version'],
        commitTags: ['Commit', 'commit', 'git-sha', 'git-commit'],
      },
    });
    expect(policy.internet.limit).toEqual({ ipv4: 16777216n, ipv6: 2535301200456458802993406410752n });
  });

  it('let load balancers be reached on the web, allow nothing, and leave what is not listed off', () => {
    const { policy } = loadPolicy(MINIMAL, 'policy.yml', NOW);
    expect(policy.internet).toMatchObject({
      allowedRanges: [],
      prefixLists: 'revoke-rules',
      loadBalancers: [
        { from: 80, to: 80 },
        { from: 443, to: 443 },
      ],
    });
    expect(policy.egress).toMatchObject({ mode: 'off', protects: [], allowedRanges: [] });
    expect(policy.pipelineOnly).toEqual({ mode: 'off' });
  });

  it('of a rule that is listed without a mode are those of the other places', () => {
    const added =
      '    loadBalancers: []\n  egress: { protects: [{ name: a, ports: [1] }] }\n  pipeline-only: {}\nmode: enforce\n';
    const { policy } = loadPolicy(`${MINIMAL}${added}`, 'policy.yml', NOW);
    expect(policy.internet.loadBalancers).toEqual([]);
    expect(policy.egress).toEqual({
      mode: null,
      protects: [{ name: 'a', protocols: [6, 17, 132, 33], ports: [{ from: 1, to: 1 }] }],
      limit: { ipv4: 16777216n, ipv6: 2535301200456458802993406410752n },
      allowedRanges: [],
    });
    expect(policy.pipelineOnly).toEqual({ mode: null });
  });

  it('takes a key of a limit alone', () => {
    const text = `${MINIMAL}    limit: { ipv6Addresses: 5 }\n`;
    expect(loadPolicy(text, 'policy.yml', NOW).policy.internet.limit).toEqual({ ipv4: 16777216n, ipv6: 5n });
  });
});

describe('expiry when the policy is checked', () => {
  const until = (expires: string) =>
    `${MINIMAL}exemptions:\n  - { id: a, reason: it is needed now, owner: me, select: { securityGroup: [sg-0123456789abcdef0] }, expires: ${expires} }\n`;

  it.each(['2026-01-01', '2026-01-01T12:00:00Z', '2027-01-01', '2026-01-01T14:00:00+02:00'])(
    '%s is allowed at noon of 2026-01-01',
    (expires) => {
      expect(loadPolicy(until(expires), 'policy.yml', NOW).policy.exemptions).toHaveLength(1);
    },
  );

  it.each(['2026-01-01T11:59:59Z', '2026-01-01T13:59:59+02:00', '2027-01-02T00:00:00Z'])('%s is not', (expires) => {
    expect(() => loadPolicy(until(expires), 'policy.yml', NOW)).toThrow(/has passed|more than a year/);
  });
});

describe('warnings', () => {
  const trusted = (arn: string) => `trustedActors:\n  - { id: a, role: "${arn}" }\n`;
  it.each([
    ['budget: { perGroup: 0 }\n', 'budget.perGroup is 0: no instance is ever replaced'],
    ['budget: { perGroup: "0%" }\n', 'budget.perGroup is 0: no instance is ever replaced'],
    ['budget: { perHour: 0 }\n', 'budget.perHour is 0: no instance is ever replaced'],
    ['budget: { perGroup: 2 }\nbudgets: [{ instances: 3 }]\n', 'budgets[0] allows 3, but budget.perGroup 2 is less'],
    [
      'mode: observe\nmodes:\n  - { rules: [internet], mode: enforce }\n',
      'modes[0] says enforce, but the top-level mode observe',
    ],
    ['  user-data-changed: { mode: enforce }\nmode: observe\n', 'rules.user-data-changed says enforce, but'],
    ['    limit: { ipv6PrefixLength: 26 }\n', 'wider than the preset internet'],
    ['    allowedRanges: [11.0.0.0/7]\n'.replace('11', '12'), '12.0.0.0/7 is wider than what counts as open'],
    [trusted('arn:aws:iam::*:role/deploy'), 'fits every account'],
    [
      'exemptions:\n  - { id: a, rules: [user-data-changed], reason: it is needed now, owner: me, select: { actor: ["arn:aws:iam::123456789012:role/ci-*"] }, expires: 2026-02-01 }\n',
      'anyone who can create a role or user that fits it is covered',
    ],
    [
      'modes:\n  - { rules: [user-data-changed], select: { actor: ["arn:aws:iam::*:user/ada"] }, mode: observe }\n',
      'anyone who can create a role or user that fits it is covered',
    ],
    [trusted('arn:aws:iam::123456789012:role/a*'), 'fits every role so named'],
    [trusted('arn:aws:iam::123456789012:role/a*/sso.*/AWS*'), 'IAM Identity Center'],
    [
      'exemptions:\n  - { id: a, reason: it is needed now, owner: me, select: { actor: ["arn:aws:iam::123456789012:role/x"] }, expires: 2026-02-01 }\n',
      'exemption a selects the rule internet by actor',
    ],
    [
      '  egress: { protects: [{ name: a, ports: [1] }] }\nexemptions:\n  - { id: a, rules: [egress], reason: it is needed now, owner: me, select: { actor: ["arn:aws:iam::123456789012:role/x"] }, expires: 2026-02-01 }\n',
      'exemption a selects the rule egress by actor',
    ],
    ['rangeLists: [{ name: cdn, ranges: [9.9.9.0/24] }]\n', 'rangeLists: nothing uses cdn'],
    [
      '    allowedLists: [cdn]\nrangeLists: [{ name: cdn, ranges: [9.9.9.0/24, 12.0.0.0/7] }]\n',
      'rangeLists[0] (cdn): 12.0.0.0/7 is wider than what counts as open',
    ],
    [
      '  egress: { protects: [{ name: a, ports: [1] }], limit: { ipv4Addresses: 16777217 } }\n',
      'rules.egress.limit is wider than the preset internet',
    ],
    ['  pipeline-only: {}\n', 'rules.pipeline-only is on, but trustedActors names no role or user of yours'],
    [
      `  pipeline-only: {}\n${trusted('arn:aws:iam::*:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRole*')}`,
      'rules.pipeline-only is on, but trustedActors names no role or user of yours',
    ],
    ['modes: [{ rules: [egress], mode: observe }]\n', 'modes[0] names egress, which is off, as rules does not list it'],
    [
      'modes: [{ rules: [user-data-changed], mode: enforce }]\n',
      'modes[0] says enforce for user-data-changed, but rules does not list it, so that it only observes; write user-data-changed: {} there',
    ],
    [
      '  user-data-changed: { mode: observe }\nmodes: [{ rules: [user-data-changed], select: { autoScalingGroup: [web] }, mode: enforce }]\n',
      'modes[0] says enforce for user-data-changed, but rules.user-data-changed.mode says observe and wins',
    ],
    [
      '  user-data-changed: {}\nmodes:\n  - { rules: [user-data-changed], mode: observe }\n  - { rules: [user-data-changed], select: { autoScalingGroup: [web] }, mode: enforce }\n',
      'modes[1] says enforce for user-data-changed, but modes[0] says observe and wins',
    ],
    [
      'modes: [{ select: { autoScalingGroup: [web] }, mode: enforce }]\n',
      'modes[0] says enforce for user-data-changed, but rules does not list it',
    ],
    [
      'modes: [{ rules: [baseline-changed], mode: enforce }]\n',
      'modes[0] says enforce for baseline-changed, which does no more than observe',
    ],
    [
      'exemptions:\n  - { id: a, rules: [pipeline-only], reason: it is needed now, owner: me, select: { vpc: [vpc-01234567] }, expires: 2026-02-01 }\n',
      'exemption a names pipeline-only, which is off everywhere',
    ],
    [
      'configVerdicts: [{ configRule: "*", means: [internet, egress] }]\n',
      'configVerdicts[0] names egress, which is off everywhere',
    ],
    [
      '  session-started: { mode: observe }\nbudgets: [{ instances: 0, reasons: [session-started] }]\n',
      'budgets[0] names session-started, which never replaces an instance (rules.session-started.mode)',
    ],
    [
      '  monitoring-changed: { mode: observe, graceMinutes: 60 }\n',
      'rules.monitoring-changed.graceMinutes has no effect: the rule never replaces an instance',
    ],
    [
      '  session-started: { graceMinutes: 5 }\ntaint: { graceMinutes: 20 }\n',
      'taint.graceMinutes has no effect: no rule about entering that may act takes its grace from it',
    ],
    [
      '  user-data-changed: {}\ntaint: { maxHours: 2 }\n',
      'taint.maxHours has no effect: no rule that may act has a grace',
    ],
    ['  watched-tag-changed: {}\n', 'rules.watched-tag-changed finds nothing: watchedTags does not name a tag'],
    ['  too-old: {}\n', 'rules.too-old finds nothing: maxInstanceAgeDays does not name an age'],
    ['  image-not-approved: {}\n', 'rules.image-not-approved finds nothing: images does not name an image or an age'],
    [
      '  differs-from-template: {}\n',
      'rules.differs-from-template finds nothing: configVerdicts does not name it in a row',
    ],
    ['  too-old: { mode: off }\nmaxInstanceAgeDays: 30\n', 'maxInstanceAgeDays has no effect: the rule too-old is off'],
    ['  watched-tag-changed: { mode: off }\nwatchedTags: [Env]\n', 'watchedTags has no effect'],
    [
      '  guardduty-finding: { mode: off }\nfindings: { guardDuty: { minSeverity: 5 } }\n',
      'findings.guardDuty has no effect: the rule guardduty-finding is off',
    ],
    ['    allowedRanges: [10.0.0.0/8]\n', '10.0.0.0/8 is no part of the internet and never counts as open'],
    ['budgets: [{ instances: "10%" }, { instances: "20%" }]\n', 'budgets[1] allows 20%, but budgets[0] 10% is less'],
  ])('%j', (added, phrase) => {
    const { warnings } = loadPolicy(`${MINIMAL}${added}`, 'policy.yml', NOW);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(phrase);
  });

  it('ranges that leave one address more than the limit are taken', () => {
    const limit = '    limit: { ipv4Addresses: 16777215 }\n';
    const ranges = '[0.0.0.0/3, 32.0.0.0/4, 48.0.0.0/5, 56.0.0.0/8, 58.0.0.0/7, 60.0.0.0/6, 64.0.0.0/2, 128.0.0.0/1]';
    const { policy } = loadPolicy(`${MINIMAL}${limit}    allowedRanges: ${ranges}\n`, 'policy.yml', NOW);
    expect(policy.internet.allowedRanges).toHaveLength(8);
  });

  it.each([
    trusted('arn:aws:iam::123456789012:role/ci/deploy'),
    trusted('arn:aws:iam::*:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling*'),
    'mode: enforce\nmodes:\n  - { rules: [internet], mode: observe }\n',
    '    limit: { ipv4Addresses: 16777216, ipv6PrefixLength: 27 }\n',
    '    allowedRanges: [11.0.0.0/8, "2600::/27"]\n',
    '  pipeline-only: { mode: off }\n',
    `  pipeline-only: {}\n${trusted('arn:aws:iam::123456789012:role/deploy')}`,
    '  pipeline-only: {}\ntrustedActors: [{ id: ci, user: "arn:aws:iam::123456789012:user/ci" }]\n',
    '  egress: { protects: [{ name: a, ports: [1] }], allowedLists: [cdn] }\nrangeLists: [{ name: cdn, ranges: [9.9.9.0/24] }]\n',
    '    allowedLists: [wide]\nrangeLists: [{ name: wide, ranges: [16.0.0.0/8, 17.0.0.0/8, 18.0.0.0/8] }]\n',
    '  pipeline-only: {}\ntrustedActors: [{ id: ci, user: "arn:aws:iam::123456789012:user/ci" }]\nmodes: [{ rules: [pipeline-only], select: { actor: ["arn:aws:iam::123456789012:role/x"] }, mode: observe }]\nexemptions:\n  - { id: a, rules: [pipeline-only], reason: it is needed now, owner: me, select: { actor: ["arn:aws:iam::123456789012:role/x"] }, expires: 2026-02-01 }\n',
  ])('none for %j', (added) => {
    expect(loadPolicy(`${MINIMAL}${added}`, 'policy.yml', NOW).warnings).toEqual([]);
  });
});
