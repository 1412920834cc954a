import { describe, expect, it } from 'vitest';
import { decide, type History } from '../../../src/decide.ts';
import type { Actor } from '../../../src/domain/actor.ts';
import type { Change, Fact } from '../../../src/domain/change.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import type { Drift, Estate, InstanceEstate } from '../../../src/domain/estate.ts';
import { occurrenceOf } from '../../../src/domain/occurrence.ts';
import type { Exemption, InstanceRuleId, Policy } from '../../../src/policy/policy.ts';
import { FLEET, INSTANCE, memberOf } from '../guards/perfect.ts';
import { DEPLOYER } from '../policy/subjects.ts';
import { ALTERED, CONTEXT, FLEET_INSTANCE, HISTORY, POLICY, verdict } from './perfect.ts';

type Given = {
  readonly change?: Change;
  readonly estate?: Estate;
  readonly policy?: Partial<Policy>;
  readonly history?: Partial<History>;
};

const decided = ({ change = ALTERED, estate = FLEET_INSTANCE, policy, history }: Given = {}) =>
  decide(change, estate, { ...POLICY, ...policy }, { ...HISTORY, ...history }, CONTEXT);

/** Kind, guard, rule and the instance that would be replaced. */
const inShort = ({ kind, guard, rule, remediation }: Decision) =>
  [kind, guard, rule, remediation?.action === 'replace-instance' ? remediation.instanceId : null]
    .filter((it) => it !== null)
    .join(' ');
const short = (given: Given = {}) => decided(given).map(inShort);
const changed = (fact: Fact): Change => ({ ...ALTERED, fact });
const withInstance = (given: Partial<InstanceEstate['instance']>): InstanceEstate => ({
  ...FLEET_INSTANCE,
  instance: { ...INSTANCE, ...given },
});
const asMember = (lifecycleState: string): InstanceEstate => ({
  ...FLEET_INSTANCE,
  group: { ...FLEET, members: [memberOf('i-1', { lifecycleState }), memberOf('i-2'), memberOf('i-3')] },
});
const FREE = { terminationProtection: false, instanceStore: false } as const;
const PROTECTED = { ...FREE, terminationProtection: true } as const;
const UNREAD = { ...FREE, terminationProtection: { unread: 'denied' } } as const;

describe('an altered instance', () => {
  it('is replaced: the whole decision', () => {
    expect(decided()).toEqual([
      {
        kind: 'remediate',
        rule: 'user-data-changed',
        guard: null,
        reason: 'i-1 was altered: its user data was changed',
        remediation: {
          action: 'replace-instance',
          instanceId: 'i-1',
          autoScalingGroupName: 'web',
          how: 'terminate-first',
        },
        finding: {
          key: 'instance/i-1/user-data-changed',
          round: occurrenceOf('event-1'),
          resource: { type: 'instance', id: 'i-1' },
          rule: 'user-data-changed',
          severity: 'high',
          summary: 'i-1 was altered: its user data was changed',
          evidence: ['Auto Scaling group web', 'image ami-1, launched 2026-02-01T00:00:00.000Z'],
        },
      },
    ]);
  });

  it.each<[Fact, InstanceRuleId, string, string]>([
    [{ kind: 'user-data-changed' }, 'user-data-changed', '', 'high'],
    [{ kind: 'security-groups-changed', groupIds: ['sg-2', 'sg-1'] }, 'security-groups-changed', '/sg-1, sg-2', 'high'],
    [{ kind: 'security-groups-changed', groupIds: [] }, 'security-groups-changed', '', 'high'],
    [
      { kind: 'instance-profile-changed', profile: 'arn:aws:iam::1:instance-profile/a/admin' },
      'instance-profile-changed',
      '/admin',
      'high',
    ],
    [{ kind: 'instance-profile-changed', profile: null }, 'instance-profile-changed', '/another', 'high'],
    [{ kind: 'metadata-options-changed' }, 'metadata-options-changed', '', 'medium'],
    [
      { kind: 'instance-attribute-changed', attribute: 'instanceType' },
      'instance-attribute-changed',
      '/instanceType',
      'low',
    ],
    [{ kind: 'volume-attached', volumeId: 'vol-9', device: null }, 'volume-attached', '/vol-9', 'low'],
    [
      { kind: 'signal', signal: 'volume-detached', detail: 'vol-9', drift: 'vol-9' },
      'volume-detached',
      '/vol-9',
      'medium',
    ],
    [{ kind: 'signal', signal: 'instance-stopped', detail: null, drift: '' }, 'instance-stopped', '', 'medium'],
  ])('by %j breaks one rule', (fact, rule, drift, severity) => {
    expect(short({ change: changed(fact) })).toEqual([`remediate ${rule} i-1`]);
    const [decision] = decided({ change: changed(fact) });
    expect(decision).toMatchObject({
      finding: { key: `instance/i-1/${rule}${drift}`, severity, round: occurrenceOf('event-1') },
    });
  });

  it.each<[Fact, string, string]>([
    [{ kind: 'session-started', sessionId: 'kim-1' }, 'session-started', ''],
    [{ kind: 'ssh-key-pushed', osUser: 'ec2-user' }, 'ssh-key-pushed', '/ec2-user'],
    [{ kind: 'ssh-key-pushed', osUser: null }, 'ssh-key-pushed', ''],
    [{ kind: 'signal', signal: 'command-run', detail: null, drift: '' }, 'command-run', ''],
  ])('by %j is tainted, and replaced when the grace is over', (fact, rule, drift) => {
    const [held] = decided({ change: changed(fact) });
    const finding = { key: `instance/i-1/${rule}${drift}`, severity: 'medium', round: occurrenceOf('event-1') };
    // Entered five seconds before it is judged.
    expect(held).toMatchObject({ kind: 'hold', guard: 'tainted', retryAfter: 1795, finding });
    const earlier = { ...changed(fact), at: '2026-03-01T11:30:00.000Z' };
    expect(short({ change: earlier })).toEqual([`remediate ${rule} i-1`]);
    const sessions = { kind: 'read', sessions: [{ id: 'kim-1', endedAt: null }] } as const;
    const inside = decided({ change: earlier, estate: { ...FLEET_INSTANCE, sessions } });
    expect(inside).toMatchObject([{ kind: 'hold', guard: 'tainted', retryAfter: 300, finding }]);
  });

  const session: Change = {
    ...changed({ kind: 'session-started', sessionId: 'kim-1' }),
    at: '2026-03-01T11:30:00.000Z',
  };
  const graced = { ...POLICY.instanceRules, 'user-data-changed': { mode: null, graceMinutes: 10 } };

  it.each<[string, Given, string | undefined]>([
    ['that was entered', { change: session }, '2026-03-01T23:30:00.000Z'],
    [
      'with less time',
      { change: session, policy: { taint: { graceMinutes: 5, maxHours: 1 } } },
      '2026-03-01T12:30:00.000Z',
    ],
    ['that is only observed', { change: session, policy: { mode: 'observe' } }, '2026-03-01T23:30:00.000Z'],
    ['altered under a rule with a grace', { policy: { instanceRules: graced } }, '2026-03-01T23:59:55.000Z'],
    ['altered under a rule without one', {}, undefined],
    ['that nothing replaces', { change: session, estate: { ...FLEET_INSTANCE, group: null } }, undefined],
  ])('%s is left alone until a time at the latest, or replaced without any', (_name, given, latest) => {
    expect(decided(given).map((decision) => (decision.kind === 'ignore' ? null : decision.latest))).toEqual([latest]);
  });

  const pause = {
    kind: 'paused',
    until: '2026-03-01T14:00:00.000Z',
    reason: 'maintenance',
    by: 'kim',
    at: '2026-03-01T11:00:00.000Z',
  } as const;
  const trustedActors = [{ id: 'pipeline', role: 'arn:aws:iam::123456789012:role/deploy' }];
  const OWN: Actor = { ...ALTERED.actor, type: 'AssumedRole', instanceId: 'i-1' };
  const INTERFACE: Partial<Change> = {
    fact: { kind: 'security-groups-changed', groupIds: ['sg-2'] },
    resources: [{ type: 'network-interface', id: 'eni-1' }],
  };
  const VOLUME: Partial<Change> = { fact: { kind: 'volume-attached', volumeId: 'vol-2', device: null } };
  const by = (actor: Actor, rest: Partial<Change> = {}): Change => ({ ...ALTERED, ...rest, actor });
  const loner: InstanceEstate = { ...FLEET_INSTANCE, group: null };
  const stranger: InstanceEstate = { ...FLEET_INSTANCE, group: { ...FLEET, members: [memberOf('i-2')] } };
  const gone: Estate = { kind: 'missing', resource: { type: 'instance', id: 'i-1' } };
  const off = { ...POLICY.instanceRules, 'user-data-changed': { mode: 'off' as const } };
  const observed = { modes: [{ rules: null, select: { autoScalingGroup: ['web'] }, mode: 'observe' as const }] };

  it.each<[string, Given, string[]]>([
    ['by the pipeline', { change: { ...ALTERED, actor: DEPLOYER }, policy: { trustedActors } }, ['ignore']],
    ['by somebody else than the pipeline', { policy: { trustedActors } }, ['remediate user-data-changed i-1']],
    ['by its own role', { change: by(OWN) }, ['remediate user-data-changed i-1']],
    ['whose interface the role of an instance set', { change: by(OWN, INTERFACE) }, ['ignore']],
    ['that the role of an instance attached a volume to', { change: by(OWN, VOLUME) }, ['ignore']],
    [
      'whose interface a person set',
      { change: by(ALTERED.actor, INTERFACE) },
      ['remediate security-groups-changed i-1'],
    ],
    ['of no group', { estate: loner }, ['hold not-opted-in user-data-changed']],
    ['that its group does not list', { estate: stranger }, ['hold not-opted-in user-data-changed']],
    ['that is shutting down', { estate: withInstance({ state: 'shutting-down' }) }, ['ignore']],
    ['that is terminated', { estate: withInstance({ state: 'terminated' }) }, ['ignore']],
    ['that is stopped', { estate: withInstance({ state: 'stopped' }) }, ['remediate user-data-changed i-1']],
    ['that is ending', { estate: asMember('Terminating') }, ['ignore']],
    ['that waits for its end', { estate: asMember('Terminating:Wait') }, ['ignore']],
    ['that is retained', { estate: asMember('Terminating:Retained') }, ['hold protected user-data-changed i-1']],
    ['that is starting', { estate: asMember('Pending') }, ['hold protected user-data-changed i-1']],
    ['of the warm pool', { estate: asMember('Warmed:Stopped') }, ['hold protected user-data-changed i-1']],
    ['that leaves the warm pool', { estate: asMember('Warmed:Terminating') }, ['ignore']],
    [
      'whose root volume is replaced',
      { estate: asMember('ReplacingRootVolume') },
      ['hold refresh-running user-data-changed i-1'],
    ],
    ['in a state that nobody knows', { estate: asMember('Levitating') }, ['hold unreadable user-data-changed i-1']],
    ['in Standby', { estate: asMember('Standby') }, ['hold protected user-data-changed i-1']],
    ['that is gone', { estate: gone }, ['ignore']],
    ['while paused', { history: { pause } }, ['hold paused user-data-changed i-1']],
    ['observed', { policy: { mode: 'observe' } }, ['hold observe user-data-changed i-1']],
    ['observed by its group', { policy: observed }, ['hold observe user-data-changed i-1']],
    ['with the rule off', { policy: { instanceRules: off } }, ['ignore user-data-changed']],
    ['by a call that closes', { change: changed({ kind: 'closing-call' }) }, ['ignore']],
    ['by a fact about groups', { change: changed({ kind: 'rules-added', egress: false, ruleIds: [] }) }, ['ignore']],
  ])('%s', (_name, given, expected) => {
    expect(short(given)).toEqual(expected);
  });

  it('of a group of one is replaced where its group launches first, and the decision says so', () => {
    const group = {
      ...FLEET,
      desired: 1,
      members: [memberOf('i-1')],
      maintenance: { minHealthy: 100, maxHealthy: 200 },
    };
    const [decision] = decided({ estate: { ...FLEET_INSTANCE, group } });
    expect(decision).toMatchObject({ kind: 'remediate', remediation: { how: 'launch-first' } });
  });

  it.each([
    ['ready', { kind: 'ready' }, 'remediate'],
    ['broken', { kind: 'broken', why: 'the image ami-1 is gone' }, 'hold launch-suspended'],
    ['unread', { kind: 'unread', why: 'denied' }, 'hold unreadable'],
  ] as const)('whose successor is found %s', (_name, launch, expected) => {
    const [found] = short({ estate: { ...FLEET_INSTANCE, launch } });
    expect(found).toBe(`${expected} user-data-changed i-1`);
  });

  it.each<[string, Fact, Partial<InstanceEstate>, string]>([
    ['protected', { kind: 'user-data-changed' }, { ties: PROTECTED }, 'hold protected user-data-changed'],
    ['of which it is not known', { kind: 'user-data-changed' }, { ties: UNREAD }, 'hold unreadable user-data-changed'],
    [
      'protected by the very change',
      { kind: 'signal', signal: 'termination-protection-changed', detail: 'true', drift: '' },
      { ties: PROTECTED },
      'remediate termination-protection-changed',
    ],
    [
      'with the volume that was attached',
      { kind: 'volume-attached', volumeId: 'vol-2', device: '/dev/sdf' },
      { instance: { ...INSTANCE, volumes: [{ id: 'vol-2', device: '/dev/sdf', deleteOnTermination: true }] } },
      'hold state-at-risk volume-attached',
    ],
  ])('%s', (_name, fact, given, expected) => {
    expect(short({ change: changed(fact), estate: { ...FLEET_INSTANCE, ...given } })).toEqual([`${expected} i-1`]);
  });

  it('that the policy lets be replaced despite of its protection says so in the evidence', () => {
    const reason = 'These servers are protected by habit.';
    const what = ['termination-protection', 'elastic-ip'] as const;
    const policy = { replaceDespite: [{ what, select: { autoScalingGroup: ['web'] }, reason }] };
    const [decision] = decided({ estate: { ...FLEET_INSTANCE, ties: PROTECTED }, policy });
    expect(decision).toMatchObject({ kind: 'remediate', rule: 'user-data-changed' });
    expect(decision).toMatchObject({
      finding: {
        evidence: [
          'Auto Scaling group web',
          'image ami-1, launched 2026-02-01T00:00:00.000Z',
          expect.stringMatching(/^i-1 is protected from termination;.*: does not hold, by replaceDespite\[0\] \(These/),
        ],
      },
    });
  });

  it('is never a clean reading', () => {
    const compared: Drift = { kind: 'compared', baseline: 'lt-1 version 1', differences: [] };
    for (const estate of [gone, asMember('Terminating'), { ...FLEET_INSTANCE, drift: compared }]) {
      expect(decided({ change: verdict(ALTERED, 'drifted'), estate })).toMatchObject([
        { kind: 'ignore', clean: false },
      ]);
    }
  });

  it('of no group is told, with nothing to do and six hours until the next look', () => {
    expect(decided({ estate: loner })).toMatchObject([
      {
        remediation: null,
        retryAfter: 21_600,
        finding: { evidence: ['it belongs to no Auto Scaling group', expect.any(String)] },
      },
    ]);
  });

  it('whose drift has a long name keeps its key within what the ledger takes', () => {
    const fact: Fact = { kind: 'instance-attribute-changed', attribute: 'x'.repeat(2000) };
    const [decision] = decided({ change: changed(fact) });
    expect(decision).toMatchObject({ finding: { key: expect.stringMatching(/^.{400}$/) } });
  });
});

describe("a Config rule's verdict on an instance", () => {
  const drift: Drift = {
    kind: 'compared',
    baseline: 'lt-1 version 4',
    differences: [
      { path: 'user-data', expected: 'none', found: 'sha256:0123456789ab' },
      { path: 'profile', expected: 'web', found: 'admin' },
      { path: 'security-groups', expected: 'sg-1', found: 'sg-1, sg-2' },
    ],
  };
  const drifted: InstanceEstate = { ...FLEET_INSTANCE, drift };
  const only = (attribute: string): InstanceEstate => ({
    ...drifted,
    drift: { ...drift, differences: drift.differences.filter((it) => it.path === attribute) },
  });
  const unknown: InstanceEstate = { ...FLEET_INSTANCE, drift: { kind: 'unknown', why: 'the template is gone' } };
  const by = (name: string, transition = true) => verdict(ALTERED, name, transition);
  const ALL = ['user-data-changed', 'security-groups-changed', 'instance-profile-changed'];

  it.each<[string, Given, string[]]>([
    ['all that differs', { change: by('drifted'), estate: drifted }, ALL.map((rule) => `remediate ${rule} i-1`)],
    ['only what it means', { change: by('profile-only'), estate: drifted }, ['remediate instance-profile-changed i-1']],
    ['only what differs', { change: by('drifted'), estate: only('user-data') }, ['remediate user-data-changed i-1']],
    ['nothing that it means', { change: by('profile-only'), estate: only('user-data') }, ['ignore']],
    ['what no row names', { change: by('required-tags'), estate: drifted }, ['ignore']],
    ['what is about groups', { change: by('restricted-ssh'), estate: drifted }, ['ignore']],
    ['what was not read', { change: by('drifted') }, ['ignore']],
    ['what could not be compared', { change: by('drifted'), estate: unknown }, ['ignore']],
    ['one of no group', { change: by('drifted'), estate: { ...drifted, group: null } }, ['ignore']],
    ['one that is ending', { change: by('drifted'), estate: { ...asMember('Terminating'), drift } }, ['ignore']],
    [
      'one that it judged for the first time',
      { change: by('profile-only', false), estate: drifted },
      ['remediate instance-profile-changed i-1'],
    ],
    [
      'that, with when: new',
      { change: by('profile-only', false), estate: drifted, policy: { when: 'new' } },
      ['hold pre-existing instance-profile-changed i-1'],
    ],
    [
      'one that turned, with when: new',
      { change: by('profile-only'), estate: drifted, policy: { when: 'new' } },
      ['remediate instance-profile-changed i-1'],
    ],
  ])('%s', (_name, given, expected) => {
    expect(short(given)).toEqual(expected);
  });

  it('is no occurrence of its own: its round is what differs, whatever the event', () => {
    const rounds = (change: Change) =>
      decided({ change, estate: drifted }).map((it) => it.kind !== 'ignore' && it.finding.round);
    const expected = ['', 'sg-1, sg-2', 'admin'].map((drift) => `verdict:${occurrenceOf(drift)}`);
    expect(rounds(by('drifted'))).toEqual(expected);
    expect(rounds({ ...by('drifted'), eventId: 'event-2' })).toEqual(expected);
  });

  it('when: new does not hold what CloudTrail vouches for', () => {
    expect(short({ policy: { when: 'new' } })).toEqual(['remediate user-data-changed i-1']);
  });

  it('shows what differs', () => {
    const [decision] = decided({ change: by('profile-only'), estate: drifted });
    expect(decision).toMatchObject({
      finding: {
        key: 'instance/i-1/instance-profile-changed/admin',
        evidence: expect.arrayContaining(['profile: lt-1 version 4 says web, found admin']),
      },
    });
  });
});

describe('an exemption of instances', () => {
  const exemption = (given: Partial<Exemption>): Partial<Policy> => ({
    exemptions: [
      {
        id: 'debugging',
        reason: 'The team looks for a leak.',
        owner: 'web@example.com',
        ticket: null,
        rules: null,
        select: { autoScalingGroup: ['web'] },
        notBefore: null,
        expires: '2026-03-02T00:00:00.000Z',
        ...given,
      },
    ],
  });
  const held = ['hold exempted user-data-changed i-1'];
  const done = ['remediate user-data-changed i-1'];

  it.each<[string, Partial<Exemption>, string[]]>([
    ['by Auto Scaling group', {}, held],
    ['by another one', { select: { autoScalingGroup: ['db'] } }, done],
    ['by id', { select: { instance: ['i-1'] } }, held],
    ['by another id', { select: { instance: ['i-2'] } }, done],
    ['by VPC', { select: { vpc: ['vpc-1'] } }, held],
    [
      'by a tag of the Auto Scaling group, which never exempts',
      { select: { tag: { 'undrift:replace': ['allowed'] } } },
      done,
    ],
    ['by another tag', { select: { tag: { Env: ['prod'] } } }, done],
    ['by security group', { select: { securityGroup: ['*'] } }, done],
    ['by port, which no instance has', { select: { autoScalingGroup: ['web'], port: [{ from: 0, to: 65535 }] } }, done],
    ['by rule', { rules: ['user-data-changed'] }, held],
    ['by another rule', { rules: ['session-started'] }, done],
    ['that is over', { expires: '2026-02-28T23:59:59.000Z' }, done],
  ])('%s', (_name, given, expected) => {
    expect(short({ policy: exemption(given) })).toEqual(expected);
  });

  it('that cannot be read holds', () => {
    const change = { ...ALTERED, actor: { ...DEPLOYER, issuerArn: null } };
    const policy = exemption({ select: { actor: ['arn:aws:iam::*:role/admin'] } });
    expect(short({ change, policy })).toEqual(['hold unreadable user-data-changed i-1']);
  });
});
