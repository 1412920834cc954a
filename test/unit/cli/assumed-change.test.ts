/** What the call itself did is part of the assumed state: an answer never contradicts its event. */
import { describe, expect, test } from 'vitest';
import { call, GROUP, INSTANCE } from '../inbound/perfect.ts';
import { estate, group, machine, scaling } from './estate.ts';
import { run } from './fake-io.ts';
import { ENFORCING, file, fromRoot } from './files.ts';

const at = (name: string) => fromRoot(`events/cloudtrail.${name}.json`);

async function json(...args: readonly string[]) {
  const { code, lines } = await run(['explain', ...args, '--json', '--policy', ENFORCING]);
  return { code, ...JSON.parse(lines[0] ?? '{}') };
}

describe('the assumed instance is as the call left it', () => {
  test.each([
    ['a volume that was attached outlives it', 'AttachVolume.by-user', 'state-at-risk', 'would outlive it'],
    ['an interface that was attached', 'AttachNetworkInterface.plain', 'state-at-risk', 'is attached as a further one'],
    [
      'an Elastic IP address',
      'AssociateAddress.instance',
      'state-at-risk',
      'interface eni-assumed holds an Elastic IP',
    ],
    ['one on an interface', 'AssociateAddress.interface', 'state-at-risk', 'interface eni-0a1b2c3d4e5f60718 holds an'],
    ['what is in Standby', 'EnterStandby.plain', 'protected', `${INSTANCE} is in Standby`],
    ['what was detached has no group', 'DetachInstances.plain', 'not-opted-in', 'it belongs to no Auto Scaling group'],
  ])('%s', async (_title, event, guard, reason) => {
    const { code, decisions } = await json(at(event));
    expect({ code, guard: decisions[0].guard }).toEqual({ code: 0, guard });
    expect(decisions[0].reason).toContain(reason);
  });

  test('a placeholder for the interface of an address is named', async () => {
    const { assumed } = await json(at('AssociateAddress.instance'));
    expect(assumed.at(-1)).toEqual({
      about: 'instance',
      text: `${INSTANCE} is running, and nothing else on it would be lost. eni-assumed is a placeholder.`,
      placeholders: ['eni-assumed'],
    });
  });

  test.each(['StopInstances.plain', 'StopInstances.hibernate'])('%s: it is not said to run', async (event) => {
    const { assumed } = await json(at(event));
    expect(assumed.at(-1).text).toBe(`${INSTANCE} is stopped, and nothing on it would be lost.`);
  });
});

describe('the summary', () => {
  test('says which ids are placeholders', async () => {
    const files = [at('AssignIpv6Addresses.one'), at('AuthorizeSecurityGroupIngress.world-ssh')];
    const { lines } = await run(['explain', ...files, '--json', '--policy', ENFORCING]);
    expect(JSON.parse(lines[2] ?? '').summary.placeholders).toEqual(['i-assumed']);
    const { out } = await run(['explain', ...files, '--policy', ENFORCING]);
    expect(out.slice(out.indexOf('Summary')).replace(/\s+/gu, ' ')).toContain(
      'i-assumed: a placeholder for what an event does not name, and not always for the same.',
    );
  });

  test('names none where all ids are real', async () => {
    const files = [at('AuthorizeSecurityGroupIngress.world-ssh'), at('AuthorizeSecurityGroupIngress.https')];
    const { out } = await run(['explain', ...files, '--policy', ENFORCING]);
    expect(out).not.toContain('placeholder');
  });
});

describe('descriptions of rules that were changed', () => {
  test('by ids: what the group lets in is not in the event, so nothing is decided', async () => {
    const { code, decisions, undecided } = await json(at('UpdateSecurityGroupRuleDescriptionsIngress.by-rule-id'));
    expect({ code, decisions }).toEqual({ code: 2, decisions: [] });
    expect(undecided).toEqual([
      { type: 'security-group', id: GROUP, reason: 'the rules of the group are not in the event' },
    ]);
  });

  test('by values in a wrapped request: the event is read in that form, too', async () => {
    const { out } = await run([
      'explain',
      at('UpdateSecurityGroupRuleDescriptionsIngress.by-name'),
      '--policy',
      ENFORCING,
    ]);
    expect(out).toContain('Not counted: sgr-assumed-1 tcp');
    expect(out.replace(/\s+/gu, ' ')).toContain('sgr-assumed-1 is a placeholder.');
  });
});

test('where the past of rules matters, it is assumed that undrift has none on record', async () => {
  const { assumed } = await json(at('ModifySecurityGroupRules.one'));
  expect(assumed.at(-1)).toEqual({
    about: 'history',
    text: 'undrift has not read the rules before: it does not know which are new, or what they were.',
  });
  const added = await json(at('AuthorizeSecurityGroupIngress.world-ssh'));
  expect(added.assumed.map(({ about }: { about: string }) => about)).not.toContain('history');
});

test('where CloudTrail left out what was opened, no file is asked for that could not help', async () => {
  const { out } = await run(['explain', at('AuthorizeSecurityGroupIngress.truncated'), '--policy', ENFORCING]);
  expect(out).toContain('UNDECIDED');
  expect(out).not.toContain('--estate FILE');
});

test('a Config item that was too large is not said to hold no state in AWS Config', async () => {
  const { undecided } = await json(fromRoot('events/config.RuleInvocation.oversized.json'));
  expect(undecided[0].reason).toBe('its state is not in the event');
});

test('a call whose volume is not named has a placeholder for it', async () => {
  const event = call('AttachVolume', { instanceId: INSTANCE }, { instanceId: INSTANCE });
  const { decisions, assumed } = await json(file('event.json', event));
  expect(decisions[0].reason).toContain('volume vol-assumed (device not known) would outlive it');
  expect(assumed.at(-1).placeholders).toEqual(['vol-assumed']);
});

describe('an instance that the call does not name, and undrift looks up', () => {
  test.each([
    ['OpenTunnel.plain', 'tunnel-opened', 'address=10.0.1.77'],
    ['ModifyVolume.larger', 'volume-modified', 'volume=vol-0a1b2c3d4e5f60718'],
    ['DetachNetworkInterface.plain', 'interface-detached', 'attachment=eni-attach-0a1b2c3d4e5f60718'],
    ['ResumeSession.plain', 'session-resumed', 'session=ada-0a1b2c3d4e5f60718'],
  ])('%s is decided for one that is found', async (event, rule, expression) => {
    const { decisions, otherwise, assumed } = await json(at(event), '--now', '2026-03-03T00:00:00Z');
    expect(decisions).toMatchObject([{ kind: 'remediate', rule, remediation: { instanceId: 'i-assumed' } }]);
    expect(otherwise).toMatchObject([{ decisions: [{ guard: 'not-opted-in' }] }]);
    expect(assumed[0]).toEqual({
      about: 'targets',
      text: `undrift looks up which instance ${expression} means, and finds one: i-assumed is a placeholder for it. If it finds none or several, it replaces none.`,
      placeholders: ['i-assumed'],
    });
  });

  test('what it cannot look up is only reported', async () => {
    const { decisions, assumed } = await json(at('DisassociateAddress.by-public-address'));
    expect(decisions).toMatchObject([{ kind: 'hold', guard: 'observe' }]);
    expect(assumed).toEqual([]);
  });

  test('with an inventory: the instance that has the volume, or nothing is decided', async () => {
    const AutoScalingGroups = [scaling()];
    const mapping = { DeviceName: '/dev/xvda', Ebs: { VolumeId: 'vol-0a1b2c3d4e5f60718', DeleteOnTermination: true } };
    const having = machine(INSTANCE, { RootDeviceName: '/dev/xvda', BlockDeviceMappings: [mapping] });
    const given = (world: object) => ['--estate', file('estate.json', estate({ AutoScalingGroups, ...world }))];
    const known = await json(at('ModifyVolume.larger'), ...given({ Reservations: [{ Instances: [having] }] }));
    expect(known.decisions).toMatchObject([{ kind: 'remediate', remediation: { instanceId: INSTANCE } }]);
    const unknown = await json(at('OpenTunnel.plain'), ...given({ Reservations: [{ Instances: [having] }] }));
    expect(unknown.undecided).toEqual([
      { type: 'targets', id: 'address=10.0.1.77', reason: 'which instance it means is not in the estate' },
    ]);
    expect(unknown.code).toBe(2);
  });
});

test('what the call opened and the inventory no longer has is named, as undrift reports it', async () => {
  const world = file('estate.json', { SecurityGroups: [group()], SecurityGroupRules: [] });
  const event = at('AuthorizeSecurityGroupIngress.world-ssh');
  const { code, out } = await run(['explain', event, '--estate', world, '--policy', ENFORCING]);
  expect(code).toBe(0);
  expect(out.replace(/\s+/gu, ' ')).toContain(
    'No longer in the estate: sgr-00000000000000101. undrift reports once that this was open, and acts on nothing: SSH (tcp 22) open to the internet: tcp 22 from 0.0.0.0/0',
  );
});
