import { describe, expect, test } from 'vitest';
import { ACCOUNT, call, compliance, envelope, GROUP, INSTANCE, record } from '../inbound/perfect.ts';
import { estate, group, INTERFACE, LIST, machine, PEER, rule, scaling } from './estate.ts';
import { run } from './fake-io.ts';
import { ENFORCING, file, fromRoot, POLICY } from './files.ts';

const WORLD_SSH = fromRoot('events/cloudtrail.AuthorizeSecurityGroupIngress.world-ssh.json');

type Row = {
  index: number;
  outcome: string;
  error: { message: string } | null;
  irrelevant: string | null;
  assumedEstate: boolean;
  assumed: { about: string; text: string; placeholders?: string[] }[];
  otherwise: { given: string; decisions: { kind: string; guard: string | null; reason: string }[] }[];
  undecided: { type: string; id: string; reason: string }[];
  guardsNotAsked: string[];
  change: { name: string } | null;
  decisions: { kind: string; guard: string | null; reason: string; remediation: unknown }[];
};

/** `explain --json`: the rows, the exit code and what was said on the side. */
async function explain(events: readonly string[], options: readonly string[] = [], input?: string) {
  const policy = options.includes('--policy') ? [] : ['--policy', ENFORCING];
  const { code, err, lines } = await run(['explain', ...events, '--json', ...policy, ...options], input);
  const rows = lines.map((line) => JSON.parse(line) as Row).filter((row) => !('summary' in row));
  return { code, err, rows };
}

async function answered(event: unknown, world?: unknown) {
  const options = world === undefined ? [] : ['--estate', file('estate.json', world)];
  return explain([file('event.json', event)], options);
}

async function decided(event: unknown, world?: unknown) {
  const { rows, code, err } = await answered(event, world);
  const [decision] = rows[0]?.decisions ?? [];
  expect({ code, err }).toEqual({ code: decision?.kind === 'remediate' ? 1 : 0, err: '' });
  return decision;
}

/** Why nothing could be decided: then there is no decision, and the exit code is 2. */
async function undecided(event: unknown, world?: unknown) {
  const { rows, code, err } = await answered(event, world);
  const [row] = rows;
  expect({ code, outcome: row?.outcome, decisions: row?.decisions }).toEqual({
    ...{ code: 2, outcome: 'undecided', decisions: [] },
  });
  const [first] = row?.undecided ?? [];
  expect(err).toContain(`${first?.id} is undecided: ${first?.reason}`);
  return first?.reason;
}

describe('the answer for machines', () => {
  test('has one schema', async () => {
    const { rows, code } = await explain([WORLD_SSH], ['--policy', POLICY]);
    expect(code).toBe(0);
    expect(rows).toEqual([
      {
        input: WORLD_SSH,
        index: 0,
        outcome: 'hold',
        change: {
          source: 'cloudtrail',
          name: 'AuthorizeSecurityGroupIngress',
          resources: [{ type: 'security-group', id: GROUP }],
          actor: { arn: `arn:aws:iam::${ACCOUNT}:user/ada`, trusted: false },
          at: '2026-02-03T04:05:06Z',
          eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        },
        irrelevant: null,
        error: null,
        assumedEstate: true,
        assumed: [
          { about: 'rules', text: `${GROUP} has no rules but those in the event.` },
          {
            about: 'security-group',
            text: `${GROUP} belongs to account ${ACCOUNT}, has no tags, and is used by no load balancer and no AWS service.`,
          },
        ],
        decisions: [
          {
            kind: 'hold',
            rule: 'internet',
            guard: 'observe',
            reason: 'the policy observes here (mode)',
            remediation: { action: 'revoke-rules', groupId: GROUP, egress: false, ruleIds: ['sgr-00000000000000101'] },
          },
        ],
        otherwise: [],
        undecided: [],
        guardsNotAsked: ['paused', 'not-ours', 'shared'],
      },
    ]);
  });

  test('tells a trusted actor', async () => {
    const event = fromRoot('events/cloudtrail.ModifyInstanceAttribute.by-auto-scaling.json');
    const { rows } = await explain([event]);
    expect(rows[0]).toMatchObject({ change: { actor: { trusted: true } }, decisions: [{ kind: 'ignore' }] });
  });
});

describe('many events', () => {
  const ssh = record();
  const odd = { hello: 'world' };

  test.each([
    ['an array', [ssh, envelope()]],
    ['a log file of CloudTrail', { Records: [ssh, ssh] }],
    ['one a line', `${JSON.stringify(ssh)}\n\n${JSON.stringify(envelope())}\n`],
  ])('%s', async (_name, content) => {
    const { rows, code } = await explain([file('many.json', content)]);
    expect(rows.map(({ index, change }) => [index, change?.name])).toEqual([
      [0, 'AuthorizeSecurityGroupIngress'],
      [1, 'AuthorizeSecurityGroupIngress'],
    ]);
    expect(code).toBe(1);
  });

  test('a text of several lines that is broken is one fault', async () => {
    const path = file('broken-array.json', `[\n${JSON.stringify(ssh)},\n${JSON.stringify(ssh)}\n`);
    const { rows } = await explain([path]);
    expect(rows.map(({ error }) => error?.message)).toEqual([`${path}: line 4, column 1: not JSON`]);
  });

  test('a byte order mark is no fault', async () => {
    const { rows, code } = await explain([file('bom.json', `\uFEFF${JSON.stringify(ssh)}`)]);
    expect({ code, count: rows.length }).toEqual({ code: 1, count: 1 });
  });

  test('a bad line is answered as such, and the rest all the same', async () => {
    const path = file(
      'lines.jsonl',
      `${JSON.stringify(ssh)}\n{"a": oops}\n${JSON.stringify(odd)}\n${JSON.stringify(ssh)}`,
    );
    const { rows, code, err } = await explain([path]);
    expect(rows.map(({ error }) => error?.message ?? null)).toEqual([
      null,
      `${path}: line 2, column 7: not JSON`,
      'event: neither an EventBridge event (detail-type) nor a CloudTrail record (eventName)',
      null,
    ]);
    expect(code).toBe(1);
    expect(err.split('\n')).toHaveLength(2);
  });

  test('files keep their order, and each counts its own', async () => {
    const { rows } = await explain([file('a.json', [ssh, ssh]), file('b.json', ssh)]);
    expect(rows.map(({ index }) => index)).toEqual([0, 1, 0]);
  });

  test('standard input', async () => {
    const { rows } = await explain(['-'], [], JSON.stringify(ssh));
    expect(rows).toMatchObject([{ input: '-', change: { name: 'AuthorizeSecurityGroupIngress' } }]);
  });
});

describe('bad input is an answer, never a stack', () => {
  test.each([
    ['no such file', '/nowhere/event.json', '/nowhere/event.json: no such file'],
    ['a folder', fromRoot('events'), `${fromRoot('events')}: a directory; name the files in it`],
    ['an empty file', file('empty.json', ' \n'), `${file('empty.json', ' \n')}: holds no event`],
    ['an empty list', file('none.json', []), `${file('none.json', [])}: holds no event`],
    [
      'broken JSON',
      file('broken.json', '{\n  "a": [1,\n  }\n}'),
      `${file('broken.json', '{\n  "a": [1,\n  }\n}')}: line 3, column 3: not JSON`,
    ],
  ])('%s', async (_name, path, message) => {
    const { rows, code, err } = await explain([path]);
    expect(rows).toMatchObject([{ error: { message }, change: null, decisions: [] }]);
    expect({ code, err }).toEqual({ code: 2, err: `explain: ${message}` });
  });
});

describe('without an estate the state of the event is assumed', () => {
  test('rules without ids are counted', async () => {
    const permissions = {
      items: [
        {
          ipProtocol: '-1',
          ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
          ipv6Ranges: { items: [{ cidrIpv6: '::/0' }] },
        },
      ],
    };
    const event = call('AuthorizeSecurityGroupIngress', { groupId: GROUP, ipPermissions: permissions });
    expect(await decided(event)).toMatchObject({
      kind: 'remediate',
      remediation: { ruleIds: ['sgr-assumed-1', 'sgr-assumed-2'] },
    });
  });

  test('they count as new, also where only what is new counts', async () => {
    const event = call('AuthorizeSecurityGroupIngress', {
      groupId: GROUP,
      ipProtocol: 'tcp',
      fromPort: '22',
      toPort: '22',
      cidrIp: '0.0.0.0/0',
    });
    const { rows } = await explain(
      [file('event.json', event)],
      [
        '--policy',
        file(
          'new.yml',
          'version: 1\nmode: enforce\nwhen: new\nrules: { internet: { protects: [{ name: SSH, ports: [22] }] } }\n',
        ),
      ],
    );
    expect(rows[0]?.decisions[0]).toMatchObject({ kind: 'remediate' });
  });

  test('a response that names no traffic leaves it to the request', async () => {
    const items = [{ groupId: GROUP, securityGroupRuleId: 'sgr-1' }];
    expect(await decided(record({ responseElements: { securityGroupRuleSet: { items } } }))).toMatchObject({
      remediation: { ruleIds: ['sgr-assumed-1'] },
    });
  });

  test('no state is assumed where CloudTrail left out the rules that were added', async () => {
    const requestParameters = { groupId: GROUP, ipPermissions: {} };
    expect(await undecided(record({ requestParameters, responseElements: { omitted: true } }))).toBe(
      'the rules of the group are not in the event',
    );
  });

  test('a Config item asks every rule, whatever the policy makes of verdicts', async () => {
    const policy = file(
      'no-verdicts.yml',
      'version: 1\nmode: enforce\nrules: { internet: { protects: [{ name: SSH, ports: [22] }] } }\n',
    );
    const event = fromRoot('events/config.ConfigurationItem.security-group.json');
    const { rows } = await explain([event], ['--policy', policy]);
    expect(rows[0]?.decisions[0]).toMatchObject({ kind: 'remediate', remediation: { ruleIds: ['sgr-assumed-1'] } });
  });

  test.each<readonly [string, string, object]>([
    ['another VPC for a group', 'AssociateSecurityGroupVpc', { groupId: GROUP, vpcId: 'vpc-0a1b2c3d4e5f60718' }],
    [
      'a prefix list',
      'ModifyManagedPrefixList',
      { ModifyManagedPrefixListRequest: { PrefixListId: LIST, AddEntry: { Cidr: '0.0.0.0/0' } } },
    ],
  ])('%s tells nothing of the rules that would be judged', async (_name, name, request) => {
    expect(await undecided(call(name, request))).toContain('not in the event');
  });

  test('rules that were removed are not there any more', async () => {
    const event = call('RevokeSecurityGroupIngress', {
      groupId: GROUP,
      ipProtocol: 'tcp',
      fromPort: 22,
      toPort: 22,
      cidrIp: '0.0.0.0/0',
    });
    const reason = 'it opens nothing, and the rule pipeline-only is off';
    expect(await decided(event, estate())).toMatchObject({ kind: 'ignore', reason });
    const listed = file(
      'pipeline.yml',
      'version: 1\nmode: enforce\nrules:\n  internet: { protects: [{ name: SSH, ports: [22] }] }\n  pipeline-only: {}\n',
    );
    const { rows } = await explain([file('event.json', event)], ['--policy', listed]);
    expect(rows[0]?.decisions.map(({ kind }) => kind)).not.toContain('remediate');
    expect(rows[0]?.decisions.map(({ reason: why }) => why)).not.toContain(reason);
  });

  test('rules for outgoing traffic are no rules for incoming', async () => {
    const permissions = { items: [{ ipProtocol: '-1', ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }] };
    const event = call('AuthorizeSecurityGroupEgress', { groupId: GROUP, ipPermissions: permissions });
    expect(await decided(event)).toMatchObject({ kind: 'ignore', reason: 'egress is not watched' });
    const listed = file(
      'egress.yml',
      'version: 1\nmode: enforce\nrules:\n  internet: { protects: [{ name: SSH, ports: [22] }] }\n  egress: { protects: [{ name: all traffic, protocols: all }] }\n',
    );
    const { rows } = await explain([file('event.json', event)], ['--policy', listed]);
    expect(rows[0]?.decisions).toMatchObject([
      { kind: 'remediate', rule: 'egress', remediation: { egress: true, ruleIds: ['sgr-assumed-1'] } },
    ]);
  });

  test('a verdict implies none', async () => {
    expect(await undecided(compliance())).toBe('its state is not in the event');
  });

  test.each([
    [
      'range',
      { cidrIp: '0.0.0.0/33' },
      'requestParameters.cidrIp: expected an address range (CIDR), found "0.0.0.0/33"',
    ],
    ['port', { cidrIp: '0.0.0.0/0', fromPort: 70000 }, 'requestParameters.fromPort: expected a port, found 70000'],
    [
      'protocol',
      { cidrIp: '0.0.0.0/0', ipProtocol: 'ftp' },
      'requestParameters.ipProtocol: expected a protocol, found "ftp"',
    ],
  ])('a malformed %s names the place', async (_name, deviation, message) => {
    const flat = { groupId: GROUP, ipProtocol: 'tcp', fromPort: 22, toPort: 22, ...deviation };
    const { rows } = await explain([file('event.json', call('AuthorizeSecurityGroupIngress', flat))]);
    expect(rows[0]?.error?.message).toBe(message);
  });
});

describe('a new group, where egress is judged', () => {
  test('lets all traffic out', async () => {
    const protecting = file(
      'egress.yml',
      'version: 1\nmode: enforce\nrules:\n  internet: { protects: [{ name: SSH, ports: [22] }] }\n  egress: { protects: [{ name: SMB, ports: [445] }] }\n',
    );
    const event = fromRoot('events/cloudtrail.CreateSecurityGroup.plain.json');
    const { rows } = await explain([event], ['--policy', protecting]);
    expect(rows[0]?.decisions).toMatchObject([
      { kind: 'remediate', rule: 'egress', remediation: { action: 'revoke-rules', egress: true } },
    ]);
  });
});

describe('with an estate', () => {
  const userData = call('ModifyInstanceAttribute', { instanceId: INSTANCE, userData: 'x' });
  const replaced = {
    kind: 'remediate',
    remediation: { action: 'replace-instance', instanceId: INSTANCE, autoScalingGroupName: 'web' },
  };

  test('the smallest grain is revoked', async () => {
    expect(await decided(record(), estate())).toMatchObject({ kind: 'remediate', remediation: { ruleIds: ['sgr-1'] } });
  });

  test.each([
    [
      'the live rules count, not those of the event',
      { SecurityGroupRules: [rule('sgr-2', { FromPort: 443, ToPort: 443 })] },
      { kind: 'ignore' },
    ],
    [
      'a prefix list counts with its entries',
      {
        SecurityGroupRules: [rule('sgr-9', { CidrIpv4: undefined, PrefixListId: LIST })],
        ManagedPrefixLists: [{ PrefixListId: LIST, PrefixListName: 'all', OwnerId: ACCOUNT }],
        PrefixListEntries: { [LIST]: [{ Cidr: '0.0.0.0/0', Description: '' }] },
      },
      { kind: 'remediate', remediation: { ruleIds: ['sgr-9'] } },
    ],
    [
      'a group of another account holds',
      { SecurityGroups: [group({ OwnerId: '210987654321' })] },
      { kind: 'hold', guard: 'not-ours' },
    ],
    [
      'permissions of the group, when no rules are given',
      {
        SecurityGroupRules: undefined,
        SecurityGroups: [
          group({
            IpPermissions: [
              {
                IpProtocol: 'tcp',
                FromPort: 20,
                ToPort: 30,
                IpRanges: [{ CidrIp: '10.0.0.0/8' }],
                Ipv6Ranges: [{ CidrIpv6: '::/0' }],
                UserIdGroupPairs: [{ GroupId: GROUP }],
              },
            ],
            IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
          }),
        ],
      },
      { kind: 'remediate', remediation: { ruleIds: ['sgr-assumed-2'] } },
    ],
    ['rules of a group that is not described', { SecurityGroups: undefined }, { kind: 'remediate' }],
  ])('%s', async (_name, deviation, expected) => {
    expect(await decided(record(), estate(deviation))).toMatchObject(expected);
  });

  test.each<readonly [string, object, string]>([
    ['another group', { SecurityGroups: [], SecurityGroupRules: [] }, 'it is not in the estate'],
    [
      'a prefix list without entries',
      { SecurityGroupRules: [rule('sgr-9', { CidrIpv4: undefined, PrefixListId: LIST })] },
      `the entries of ${LIST} are not in the estate`,
    ],
  ])('%s leaves it undecided', async (_name, deviation, reason) => {
    expect(await undecided(record(), estate(deviation))).toBe(reason);
  });

  describe('a group of which the event gives only the name', () => {
    const named = call('AuthorizeSecurityGroupIngress', { groupName: 'web' }, { _return: true });

    test('is found by its name', async () => {
      const remediation = { action: 'revoke-rules', groupId: GROUP, egress: false, ruleIds: ['sgr-1'] };
      expect(await decided(named, estate())).toMatchObject({ kind: 'remediate', remediation });
    });

    test('is missing where no group has the name', async () => {
      const world = estate({ SecurityGroups: [group({ GroupName: 'Web' })] });
      expect(await undecided(named, world)).toBe('it is not in the estate');
    });

    test('is not guessed where several have it', async () => {
      const world = estate({ SecurityGroups: [group(), group({ GroupId: 'sg-2' })] });
      const { rows } = await explain([file('event.json', named)], ['--estate', file('estate.json', world)]);
      expect(rows[0]?.error?.message).toContain(`several are named so: ${GROUP}, sg-2`);
    });
  });

  test('an altered instance is replaced', async () => {
    expect(await decided(userData, estate())).toMatchObject(replaced);
  });

  test.each([
    ['no tag', { AutoScalingGroups: [scaling({ Tags: [] })] }, 'not-opted-in'],
    ['no group', { AutoScalingGroups: [] }, 'not-opted-in'],
    [
      'launch suspended',
      { AutoScalingGroups: [scaling({ SuspendedProcesses: [{ ProcessName: 'Launch' }] })] },
      'launch-suspended',
    ],
    [
      'a replacement that its target group would not get',
      {
        AutoScalingGroups: [
          scaling({
            SuspendedProcesses: [{ ProcessName: 'AddToLoadBalancer' }],
            TargetGroupARNs: [`arn:aws:elasticloadbalancing:eu-west-1:${ACCOUNT}:targetgroup/web/0123456789abcdef`],
          }),
        ],
      },
      'launch-suspended',
    ],
    [
      'what a rolling update suspends',
      {
        AutoScalingGroups: [
          scaling({ SuspendedProcesses: [{ ProcessName: 'AZRebalance' }, { ProcessName: 'ReplaceUnhealthy' }] }),
        ],
      },
      'refresh-running',
    ],
    [
      'a peer that is unhealthy',
      { AutoScalingGroups: [scaling({}, { HealthStatus: 'UNHEALTHY' })] },
      'unhealthy-peers',
    ],
    [
      'a peer whose health is not in the file',
      { AutoScalingGroups: [scaling({}, { HealthStatus: undefined })] },
      'unhealthy-peers',
    ],
    [
      'an Elastic IP',
      {
        Reservations: [
          {
            Instances: [
              machine(INSTANCE, {
                NetworkInterfaces: [
                  {
                    NetworkInterfaceId: INTERFACE,
                    Attachment: { DeviceIndex: 0 },
                    Association: { IpOwnerId: ACCOUNT },
                  },
                ],
              }),
              machine(PEER),
            ],
          },
        ],
      },
      'state-at-risk',
    ],
    [
      'a volume that outlives it',
      {
        Reservations: [
          {
            Instances: [
              machine(INSTANCE, {
                BlockDeviceMappings: [
                  { DeviceName: '/dev/sdf', Ebs: { VolumeId: 'vol-2', DeleteOnTermination: false } },
                ],
              }),
              machine(PEER),
            ],
          },
        ],
      },
      'state-at-risk',
    ],
  ])('%s holds', async (_name, deviation, guard) => {
    expect(await decided(userData, estate(deviation))).toMatchObject({ kind: 'hold', guard });
  });

  test('the tag to opt in may be another', async () => {
    const tagged = file(
      'tagged.json',
      estate({ AutoScalingGroups: [scaling({ Tags: [{ Key: 'a', Value: 'b=c' }] })] }),
    );
    const { rows } = await explain([file('event.json', userData)], ['--estate', tagged, '--opt-in-tag', 'a=b=c']);
    expect(rows[0]?.decisions[0]).toMatchObject(replaced);
  });

  test('an interface stands for its instance', async () => {
    const event = call('ModifyNetworkInterfaceAttribute', {
      networkInterfaceId: INTERFACE,
      groupSet: { items: [{ groupId: 'sg-9' }] },
    });
    expect(await decided(event, estate())).toMatchObject(replaced);
    const elsewhere = { NetworkInterfaces: [{ NetworkInterfaceId: 'eni-9', Attachment: { InstanceId: INSTANCE } }] };
    const other = call('ModifyNetworkInterfaceAttribute', {
      networkInterfaceId: 'eni-9',
      groupSet: { items: [{ groupId: 'sg-9' }] },
    });
    expect(await decided(other, estate(elsewhere))).toMatchObject(replaced);
    expect(await undecided(other, estate())).toBe('it is not in the estate');
  });

  test('of an interface whose groups were set it says that what it had before is not known', async () => {
    const other = 'sg-0fedcba9876543210';
    const event = call('ModifyNetworkInterfaceAttribute', {
      networkInterfaceId: INTERFACE,
      groupSet: { items: [{ groupId: GROUP }, { groupId: other }] },
    });
    const Groups = [{ GroupId: GROUP }, { GroupId: other }];
    const world = {
      SecurityGroups: [group(), group({ GroupId: other })],
      SecurityGroupRules: [],
      NetworkInterfaces: [{ NetworkInterfaceId: INTERFACE, OwnerId: ACCOUNT, Groups }],
    };
    const text = async (estates: object) => {
      const files = [file('event.json', event), '--estate', file('estate.json', estates), '--policy', ENFORCING];
      return (await run(['explain', ...files])).out.replace(/\s+/g, ' ');
    };
    expect(await text(world)).toContain('What the interface had before is not known here.');
    expect(await text(estate())).not.toContain('What the interface had before');
  });

  test('of a group in several VPCs it says which one decides, and who loses the rule elsewhere', async () => {
    const modes = 'version: 1\nmode: enforce\nmodes: [{ select: { vpc: [vpc-0123456789abcdef0] }, mode: observe }]\n';
    const policy = file('places.yml', `${modes}rules: { internet: { protects: [{ name: SSH, ports: [22] }] } }\n`);
    const user = (id: string, VpcId: string) => ({
      ...{ NetworkInterfaceId: id, VpcId, OwnerId: ACCOUNT },
      Groups: [{ GroupId: GROUP }],
    });
    const world = {
      SecurityGroups: [group({ VpcId: 'vpc-0123456789abcdef0' })],
      SecurityGroupRules: [rule('sgr-00000000000000101')],
      NetworkInterfaces: [user('eni-1', 'vpc-2'), user('eni-2', 'vpc-0123456789abcdef0')],
    };
    const options = ['--estate', file('estate.json', world), '--policy', policy];
    const places = [
      'decided by eni-1 in vpc-2: enforce (mode)',
      'eni-2 in vpc-0123456789abcdef0: observe (modes[0]); loses the rules that are revoked',
    ];
    expect((await explain([WORLD_SSH], options)).rows[0]?.decisions).toMatchObject([{ kind: 'remediate', places }]);
    const text = (await run(['explain', WORLD_SSH, ...options])).out.replace(/\s+/g, ' ');
    for (const line of places) expect(text).toContain(line);
  });

  describe('a verdict about an instance asks for the difference from its template', () => {
    const verdict = compliance({ resourceType: 'AWS::EC2::Instance', resourceId: INSTANCE, configRuleName: 'ours' });
    const altered = (deviation: object) => ({
      Reservations: [{ Instances: [machine(INSTANCE, deviation), machine(PEER)] }],
    });

    test.each([
      ['none', {}, { kind: 'ignore', reason: expect.stringContaining('is as its template says') }],
      [
        'other groups',
        altered({ SecurityGroups: [{ GroupId: 'sg-9' }] }),
        { ...replaced, rule: 'security-groups-changed' },
      ],
      [
        'another profile',
        altered({ IamInstanceProfile: { Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/admin` } }),
        { ...replaced, rule: 'instance-profile-changed' },
      ],
    ])('%s', async (_name, deviation, expected) => {
      expect(await decided(verdict, estate(deviation))).toMatchObject(expected);
    });

    test('an unknown template leaves it undecided', async () => {
      expect(await undecided(verdict, estate({ LaunchTemplateVersions: [] }))).toContain('is not in the estate');
    });
  });

  test.each([
    ['an unknown key', { Buckets: [] }, 'Buckets: unknown; the keys are SecurityGroups, SecurityGroupRules,'],
    ['a key of the wrong type', { SecurityGroups: {} }, 'SecurityGroups: expected a list, found an object'],
    [
      'entries of the wrong type',
      { PrefixListEntries: [] },
      'PrefixListEntries: expected an object, found a list of 0',
    ],
    [
      'an entry of the wrong type',
      { PrefixListEntries: { 'pl-1': [{ Cidr: 7 }] } },
      'PrefixListEntries.pl-1[0].Cidr: expected a string, found 7',
    ],
    [
      'a member of the wrong type',
      { SecurityGroups: [group({ OwnerId: 7 })] },
      'SecurityGroups[0].OwnerId: expected a string, found 7',
    ],
    [
      'an instance of the wrong type',
      { Reservations: [{ Instances: [{ InstanceId: 'x' }] }] },
      'Reservations[0].Instances[0].InstanceId: expected an id such as i-0123456789abcdef0, found "x"',
    ],
    [
      'a rule without a source',
      { SecurityGroupRules: [rule('sgr-1', { CidrIpv4: undefined })] },
      'SecurityGroupRules[0]: expected a rule with a source, found an object',
    ],
    ['a list', [estate()], 'estate: expected an object, found a list of 1'],
    ['no object', 7, 'estate: expected an object, found 7'],
  ])('%s is told, with the file', async (_name, world, message) => {
    const path = file('bad-estate.json', world);
    const { code, err, rows } = await explain([WORLD_SSH], ['--estate', path]);
    expect({ code, rows }).toEqual({ code: 2, rows: [] });
    expect(err.startsWith(`undrift: ${path}: ${message}`)).toBe(true);
  });
});

describe('options', () => {
  test.each([
    [['explain'], 'undrift: explain: name at least one file with an event, or - for standard input'],
    [
      ['explain', 'x', '--now', 'today', '--policy', POLICY],
      'undrift: --now: expected a time such as 2026-02-03T04:05:06Z, found today',
    ],
    [
      ['explain', 'x', '--opt-in-tag', 'key', '--policy', POLICY],
      'undrift: --opt-in-tag: expected KEY=VALUE, found key',
    ],
    [['explain', 'x', '--policy', '/nowhere.yml'], 'undrift: /nowhere.yml: no such file'],
    [['explain', 'x', '--policy', file('bad.yml', 'version: 2')], expect.stringContaining('bad.yml:1:1 ')],
    [['explain', 'x', '--frobnicate'], 'undrift: explain: unknown option --frobnicate; see undrift explain --help'],
  ])('%j', async (argv, message) => {
    const { code, err, out } = await run(argv);
    expect({ code, err, out }).toEqual({ code: 2, err: message, out: '' });
  });

  test('--now is the time of the exemptions', async () => {
    const exempting = file(
      'exempting.yml',
      'version: 1\nmode: enforce\nrules: { internet: { protects: [{ name: SSH, ports: [22] }] } }\nexemptions:\n  - { id: partner, reason: The partner moves in June., owner: ops, rules: [internet], select: { port: [22] }, notBefore: 2026-01-01, expires: 2026-06-30 }\n',
    );
    const at = async (now: string) =>
      (await explain([WORLD_SSH], ['--policy', exempting, '--now', now])).rows[0]?.decisions[0];
    expect(await at('2026-06-30T23:59:59Z')).toMatchObject({ kind: 'hold', guard: 'exempted' });
    expect(await at('2026-07-01T00:00:00Z')).toMatchObject({ kind: 'remediate' });
  });
});
