/** What `explain` does not know, it says: assumptions, placeholders, and what cannot be decided. */
import { describe, expect, test } from 'vitest';
import { ACCOUNT, call, compliance, GROUP, INSTANCE, record } from '../inbound/perfect.ts';
import { estate, group, machine, rule, scaling } from './estate.ts';
import { run } from './fake-io.ts';
import { ENFORCING, file, fromRoot } from './files.ts';

const SESSION = call('StartSession', { target: INSTANCE }, null, 'ssm.amazonaws.com');
const USER_DATA = call('ModifyInstanceAttribute', { instanceId: INSTANCE, userData: 'x' });
const BY_TAG = fromRoot('events/cloudtrail.SendCommand.by-tag.json');
const CONFIG_ITEM = fromRoot('events/config.ConfigurationItem.security-group.json');
const NO_IDS = call('AuthorizeSecurityGroupIngress', {
  groupId: GROUP,
  ...{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrIp: '0.0.0.0/0' },
});

const pathOf = (event: unknown) => (typeof event === 'string' ? event : file('event.json', event));

async function json(event: unknown, ...options: readonly string[]) {
  const policy = options.includes('--policy') ? [] : ['--policy', ENFORCING];
  const { code, lines } = await run(['explain', pathOf(event), '--json', ...policy, ...options]);
  return { code, ...JSON.parse(lines[0] ?? '{}') };
}

async function text(event: unknown, ...options: readonly string[]) {
  const policy = options.includes('--policy') ? [] : ['--policy', ENFORCING];
  return (await run(['explain', pathOf(event), ...policy, ...options])).out.replace(/\s+/gu, ' ');
}

const given = (world: object) => ['--estate', file('estate.json', world)];

describe('an event about an instance, without an inventory', () => {
  test('is decided for a healthy group that opted in, and says so', async () => {
    const { code, decisions, assumedEstate, assumed } = await json(USER_DATA);
    expect({ code, assumedEstate }).toEqual({ code: 1, assumedEstate: true });
    expect(decisions).toMatchObject([
      { kind: 'remediate', remediation: { instanceId: INSTANCE, autoScalingGroupName: 'asg-assumed' } },
    ]);
    expect(assumed).toEqual([
      {
        about: 'auto-scaling-group',
        text: `${INSTANCE} belongs to an Auto Scaling group that opted in (tag undrift:replace = allowed) and has 10 healthy instances. asg-assumed is a placeholder for its name.`,
        placeholders: ['asg-assumed'],
      },
      { about: 'instance', text: `${INSTANCE} is running, and nothing on it would be lost.` },
    ]);
  });

  test('has the decision for a group that did not opt in, in one line', async () => {
    expect((await json(USER_DATA)).otherwise).toMatchObject([
      { given: 'not-opted-in', decisions: [{ kind: 'hold', guard: 'not-opted-in' }] },
    ]);
    expect((await run(['explain', pathOf(USER_DATA), '--policy', ENFORCING])).lines).toContain(
      '  If its group did not opt in: HOLD  rule user-data-changed  guard not-opted-in',
    );
  });

  test('names every guard that could not be asked', async () => {
    const { guardsNotAsked } = await json(USER_DATA);
    expect(guardsNotAsked).toEqual([
      ...['paused', 'not-opted-in', 'budget', 'blast-radius', 'state-at-risk', 'baseline-changed', 'refresh-running'],
      ...['launch-suspended', 'unhealthy-peers', 'single-instance', 'protected', 'fight', 'tainted', 'unreadable'],
    ]);
    expect(await text(USER_DATA)).toContain('Not checked here; each can also put this on hold: paused, not-opted-in,');
  });

  test('assumes the tag that --opt-in-tag names', async () => {
    const { decisions, assumed } = await json(USER_DATA, '--opt-in-tag', 'drift=replace');
    expect(decisions).toMatchObject([{ kind: 'remediate' }]);
    expect(assumed[0].text).toContain('(tag drift = replace)');
  });

  test('says nothing of a group where its state does not matter', async () => {
    const trusted = fromRoot('events/cloudtrail.SetInstanceProtection.by-ecs.json');
    expect(await json(trusted)).toMatchObject({
      code: 0,
      ...{ assumedEstate: false, assumed: [], otherwise: [], guardsNotAsked: [] },
    });
  });

  test('assumes an approved image only where the policy asks for one', async () => {
    const images = file(
      'images.yml',
      'version: 1\nmode: enforce\nmaxInstanceAgeDays: 30\nimages: { approved: [{ owners: [amazon] }] }\nrules:\n  internet: { protects: [{ name: SSH, ports: [22] }] }\n  user-data-changed: {}\n  image-not-approved: {}\n  too-old: {}\n',
    );
    const { decisions, assumed } = await json(USER_DATA, '--policy', images);
    expect(decisions).toMatchObject([{ kind: 'remediate', rule: 'user-data-changed' }]);
    expect(assumed[1].text).toBe(
      `${INSTANCE} is running, and nothing on it would be lost, and its image is approved, and it is not too old.`,
    );
  });

  test('does not pass the id of an interface off as that of an instance', async () => {
    const event = call('ModifyNetworkInterfaceAttribute', {
      networkInterfaceId: 'eni-9',
      groupSet: { items: [{ groupId: 'sg-9' }] },
    });
    const { assumed, decisions, undecided } = await json(event);
    expect(assumed[0]).toEqual({
      about: 'interface',
      text: 'eni-9 is attached to the instance i-assumed. The event does not say which: i-assumed is a placeholder.',
      placeholders: ['i-assumed'],
    });
    expect(decisions[0].remediation.instanceId).toBe('i-assumed');
    expect(undecided).toEqual([
      {
        type: 'network-interface',
        id: 'eni-9',
        reason: 'what its security groups expose: their rules are not in the event',
      },
    ]);
  });
});

test('a command by tag is decided for the instances of a group that opted in', async () => {
  const { code, assumed, decisions, otherwise, machines } = await json(BY_TAG);
  expect(decisions).toMatchObject([{ kind: 'hold', guard: 'tainted' }]);
  expect(code).toBe(1);
  expect(assumed).toMatchObject([{ about: 'targets' }]);
  expect(otherwise).toMatchObject([{ decisions: [{ guard: 'not-opted-in' }] }]);
  // There is nobody to list.
  expect(machines).toBeUndefined();
});

describe('rule ids that are not known', () => {
  test('are placeholders, and the answer says which', async () => {
    const { decisions, assumed } = await json(NO_IDS);
    expect(decisions[0].remediation.ruleIds).toEqual(['sgr-assumed-1']);
    expect(assumed).toContainEqual({
      about: 'rule-ids',
      text: 'The event does not hold every rule id: sgr-assumed-1 is a placeholder.',
      placeholders: ['sgr-assumed-1'],
    });
    expect(await text(NO_IDS)).toContain('sgr-assumed-1 is a placeholder.');
  });

  test('are none where the event has the ids', async () => {
    const { assumed } = await json(record());
    expect(assumed.map(({ about }: { about: string }) => about)).toEqual(['rules', 'security-group']);
  });

  test('are never the same in two groups of an inventory', async () => {
    const open = {
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    };
    const other = 'sg-0fedcba9876543210';
    const SecurityGroups = [group({ GroupId: other, ...open }), group(open)];
    const { decisions, assumed } = await json(NO_IDS, ...given({ SecurityGroups }));
    expect(decisions[0].remediation).toMatchObject({ groupId: GROUP, ruleIds: ['sgr-assumed-2'] });
    expect(assumed).toContainEqual({
      about: 'rule-ids',
      text: 'The estate has no SecurityGroupRules, which hold the ids: sgr-assumed-2 is a placeholder.',
      placeholders: ['sgr-assumed-2'],
    });
  });
});

test('what AWS Config recorded is decided as if a Config rule reported it, and the answer says so', async () => {
  const answer = await text(CONFIG_ITEM);
  expect(answer).toContain(
    `An AWS Config rule has just reported ${GROUP} as noncompliant, and configVerdicts maps it to every rule.`,
  );
  expect(answer).toContain(`${GROUP} still has the rules that AWS Config recorded at 2026-02-03T04:05:05.000Z.`);
});

describe('an instance that AWS Config recorded', () => {
  const item = (tags: object) => ({
    ...{ resourceType: 'AWS::EC2::Instance', resourceId: INSTANCE, awsAccountId: ACCOUNT, awsRegion: 'eu-west-1' },
    configurationItemCaptureTime: '2026-02-03T04:05:05.000Z',
    configuration: { instanceId: INSTANCE, state: { name: 'running' } },
    tags,
  });

  test('is in no group without the tag of Auto Scaling, as it was recorded', async () => {
    const { decisions, assumed } = await json(item({ Name: 'web' }));
    expect(decisions).toMatchObject([{ kind: 'ignore', reason: expect.stringContaining('no Auto Scaling group') }]);
    expect(assumed).toContainEqual({
      about: 'instance',
      text: `${INSTANCE} is still as AWS Config recorded it at 2026-02-03T04:05:05.000Z.`,
    });
  });

  test('is in the group that only its configuration is tagged with', async () => {
    const tags = [{ key: 'aws:autoscaling:groupName', value: 'web' }];
    const { undecided } = await json({ ...item({}), configuration: { instanceId: INSTANCE, tags } });
    expect(undecided).toHaveLength(1);
  });

  test('without any tags may be in a group', async () => {
    const { undecided } = await json(item(undefined as never));
    expect(undecided).toHaveLength(1);
  });

  test('of a group cannot be compared with its template', async () => {
    const { code, decisions, undecided } = await json(item({ 'aws:autoscaling:groupName': 'web' }));
    expect({ code, decisions }).toEqual({ code: 2, decisions: [] });
    expect(undecided[0].reason).toContain('could not be compared with its template');
  });
});

test('entries of the policy that select by what the event does not say are named', async () => {
  const policy = (select: string) =>
    file(
      'places.yml',
      `version: 1\nmode: enforce\nmodes: [{ select: { ${select} }, mode: observe }]\nrules: { internet: { protects: [{ name: SSH, ports: [22] }] } }\n`,
    );
  expect((await json(record(), '--policy', policy('vpc: [vpc-0123456789abcdef0]'))).assumed).toContainEqual({
    about: 'policy-entries',
    text: 'Of the policy, these do not apply, as they select by what the event does not say: modes[0].',
  });
  const { assumed } = await json(record(), '--policy', policy('securityGroup: [sg-0123456789abcdef0]'));
  expect(assumed.map(({ about }: { about: string }) => about)).not.toContain('policy-entries');
});

test('a verdict that the policy gives no meaning needs no state', async () => {
  const policy = file(
    'no-meaning.yml',
    'version: 1\nmode: enforce\nrules: { internet: { protects: [{ name: SSH, ports: [22] }] } }\n',
  );
  const { code, decisions, undecided } = await json(compliance({ configRuleName: 'ours' }), '--policy', policy);
  expect({ code, undecided }).toEqual({ code: 0, undecided: [] });
  expect(decisions).toMatchObject([{ kind: 'ignore', reason: 'the policy gives the Config rule ours no meaning' }]);
});

test('a caller whose role is named like one of undrift is taken for somebody else, and the answer says so', async () => {
  const own = fromRoot('events/cloudtrail.ModifyNetworkInterfaceAttribute.by-own-role.json');
  expect((await json(own)).assumed[0]).toEqual({
    about: 'caller',
    text: 'The caller is no role of undrift. Live, undrift ignores its own calls, and reports calls by its roles that it did not make.',
  });
  expect((await json(USER_DATA)).assumed[0].about).not.toBe('caller');
});

test('a group that the event only names is called by its name', async () => {
  const { assumed } = await json(fromRoot('events/cloudtrail.AuthorizeSecurityGroupIngress.by-name-without-id.json'));
  expect(assumed[0].text).toBe('The group named web has no rules but those in the event.');
});

test('what a call opened that CloudTrail left out is undecided', async () => {
  const { code, outcome, decisions, undecided } = await json(
    fromRoot('events/cloudtrail.AuthorizeSecurityGroupIngress.truncated.json'),
  );
  expect({ code, outcome }).toEqual({ code: 2, outcome: 'undecided' });
  expect(decisions).toMatchObject([{ kind: 'hold', guard: 'unreadable' }]);
  expect(undecided).toMatchObject([{ type: 'region', reason: expect.stringContaining('what the call opened') }]);
});

test('what a call with very many resources leaves open is listed up to twenty', async () => {
  const items = Array.from({ length: 30 }, (_, index) => ({ instanceId: `i-0${String(index).padStart(16, '0')}` }));
  const event = call('StopInstances', { instancesSet: { items } }, { instancesSet: { items } });
  expect((await json(event)).assumed).toHaveLength(60);
  const { out } = await run(['explain', pathOf(event), '--policy', ENFORCING]);
  expect(out).toContain('    and 40 more; --json lists them all');
  expect(out.split('If its group did not opt in')).toHaveLength(2);
});

describe('with an inventory', () => {
  test('that has no Auto Scaling groups, an instance is undecided', async () => {
    const { code, decisions, undecided } = await json(USER_DATA, ...given(estate({ AutoScalingGroups: undefined })));
    expect({ code, decisions }).toEqual({ code: 2, decisions: [] });
    expect(undecided).toEqual([
      {
        type: 'instance',
        id: INSTANCE,
        reason: 'the estate has no AutoScalingGroups, so its group is not known',
      },
    ]);
  });

  test('that lacks the group which the instance is tagged with, it is undecided', async () => {
    const Tags = [{ Key: 'aws:autoscaling:groupName', Value: 'web' }];
    const world = estate({ AutoScalingGroups: [], Reservations: [{ Instances: [machine(INSTANCE, { Tags })] }] });
    const { undecided } = await json(USER_DATA, ...given(world));
    expect(undecided[0].reason).toBe('its Auto Scaling group web is not in the estate, or does not list it');
  });

  test('names the guards that it cannot answer', async () => {
    const { guardsNotAsked } = await json(SESSION, ...given(estate({ AutoScalingGroups: [scaling()] })));
    expect(guardsNotAsked).toContain('paused');
    expect(guardsNotAsked).not.toContain('not-opted-in');
  });

  test('that holds no rule of a security group, says so', async () => {
    const { decisions, assumed } = await json(record(), ...given(estate({ SecurityGroupRules: [] })));
    expect(decisions).toMatchObject([{ kind: 'ignore' }]);
    expect(assumed[0]).toEqual({ about: 'rules', text: `${GROUP} has no rules: the estate holds none.` });
  });

  test('says what it lacks about a security group', async () => {
    const { assumed } = await json(record(), ...given({ SecurityGroupRules: [rule('sgr-1')] }));
    expect(assumed.map(({ text: words }: { text: string }) => words)).toEqual([
      `${GROUP} belongs to account ${ACCOUNT}, and has no tags and no VPC: SecurityGroups does not describe it.`,
      'No load balancer and no AWS service uses the group, and no other group is on its interfaces: the estate has no NetworkInterfaces with Groups.',
      'undrift has not read the rules before: it does not know which are new, or what they were.',
    ]);
  });
});
