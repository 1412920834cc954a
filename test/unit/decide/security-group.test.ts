import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/decide/finding.ts';
import { type Context, decide, type History } from '../../../src/decide.ts';
import type { Change } from '../../../src/domain/change.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import type { Estate, SecurityGroupRule } from '../../../src/domain/estate.ts';
import { occurrenceOf } from '../../../src/domain/occurrence.ts';
import type { Exemption, Policy } from '../../../src/policy/policy.ts';
import { DEPLOYER } from '../policy/subjects.ts';
import { estateOf, GROUP, prefixList, rule, rulesOf } from '../rules/perfect.ts';
import { CONTEXT, cleanReading, HISTORY, OPEN_GROUP, OPENED, POLICY, verdict } from './perfect.ts';

type Given = {
  readonly change?: Change;
  readonly estate?: Estate;
  readonly policy?: Partial<Policy>;
  readonly history?: Partial<History>;
  readonly context?: Partial<Context>;
};

const decided = ({ change = OPENED, estate = OPEN_GROUP, policy, history, context }: Given = {}) =>
  decide(change, estate, { ...POLICY, ...policy }, { ...HISTORY, ...history }, { ...CONTEXT, ...context });

/** Kind, guard and rule ids, as in `hold exempted sgr-1,sgr-2`. */
const inShort = ({ kind, guard, remediation }: Decision) =>
  [kind, guard, remediation?.action === 'revoke-rules' ? remediation.ruleIds.join() : null]
    .filter((it) => it !== null)
    .join(' ');
const short = (given: Given = {}) => decided(given).map(inShort);

describe('an opened group', () => {
  it('is put right: the whole decision', () => {
    expect(decided()).toEqual([
      {
        kind: 'remediate',
        rule: 'internet',
        guard: null,
        reason: 'SSH (tcp 22) open to the internet: tcp 22 from 0.0.0.0/0',
        remediation: { action: 'revoke-rules', groupId: GROUP, egress: false, ruleIds: ['sgr-1'] },
        finding: {
          key: expect.stringMatching(/^security-group\/sg-0123456789abcdef0\/internet\/[0-9a-f]{16}$/),
          round: occurrenceOf('sgr-1'),
          resource: { type: 'security-group', id: GROUP },
          rule: 'internet',
          severity: 'high',
          summary: 'SSH (tcp 22) open to the internet: tcp 22 from 0.0.0.0/0',
          evidence: ['sgr-1: tcp 22 from 0.0.0.0/0', 'reached: SSH (tcp 22)'],
        },
      },
    ]);
  });

  const missing = { kind: 'missing', resource: { type: 'security-group', id: GROUP } } as const;
  const theirs = { ...OPEN_GROUP, group: { ...OPEN_GROUP.group, ownerId: '210987654321' } };
  const pause = {
    kind: 'paused',
    until: '2026-03-01T14:00:00.000Z',
    reason: 'maintenance',
    by: 'kim',
    at: '2026-03-01T11:00:00.000Z',
  } as const;
  const observing = { modes: [{ rules: ['internet'], select: { securityGroup: ['web'] }, mode: 'observe' as const }] };
  const elsewhere = { modes: [{ rules: ['internet'], select: { securityGroup: ['db'] }, mode: 'observe' as const }] };

  it.each<[string, Given, string[]]>([
    ['within the limit', { estate: estateOf([rule('sgr-1', { fromPort: 443, toPort: 443 })]) }, ['ignore']],
    ['that is gone', { estate: missing }, ['ignore']],
    ['by a call that closes', { change: { ...OPENED, fact: { kind: 'closing-call' } } }, ['ignore']],
    ['of another account', { estate: theirs }, ['hold not-ours sgr-1']],
    ['while paused', { history: { pause } }, ['hold paused sgr-1']],
    ['with the rule off', { policy: { mode: 'off' } }, ['ignore']],
    ['with the rule off by itself', { policy: { internet: { ...POLICY.internet, mode: 'off' } } }, ['ignore']],
    ['observed', { policy: { mode: 'observe' } }, ['hold observe sgr-1']],
    ['observed in that place', { policy: observing }, ['hold observe sgr-1']],
    ['observed in another place', { policy: elsewhere }, ['remediate sgr-1']],
    ['without any mode', { policy: { mode: null } }, ['hold observe sgr-1']],
    ['of another account, observed', { estate: theirs, policy: { mode: 'observe' } }, ['hold not-ours sgr-1']],
    ['by an actor who is trusted', { policy: { trustedActors: [{ id: 'all', user: '*' }] } }, ['remediate sgr-1']],
    [
      'though the change names another rule',
      { change: { ...OPENED, fact: { kind: 'rules-added', egress: false, ruleIds: ['sgr-9'] } } },
      ['remediate sgr-1'],
    ],
    [
      'though the change names none',
      { change: { ...OPENED, fact: { kind: 'rules-added', egress: false, ruleIds: [] } } },
      ['remediate sgr-1'],
    ],
  ])('%s', (_name, given, expected) => {
    expect(short(given)).toEqual(expected);
  });

  it('that is clean is a clean reading; one that is gone or not looked at is none', () => {
    const clean = (given: Given) => decided(given).map((it) => it.kind === 'ignore' && it.clean);
    expect(clean({ estate: estateOf([]) })).toEqual([true]);
    expect(clean({ estate: missing })).toEqual([false]);
    expect(clean({ policy: { mode: 'off' } })).toEqual([false]);
    expect(clean({ change: verdict(OPENED, 'unknown') })).toEqual([false]);
  });

  it('by rules for all traffic is critical', () => {
    const [decision] = decided({ estate: estateOf([rule('sgr-1', { protocol: '-1', fromPort: -1, toPort: -1 })]) });
    expect(decision).toMatchObject({
      finding: { severity: 'critical', summary: 'all traffic open to the internet: all traffic from 0.0.0.0/0' },
    });
  });

  it('keeps what was there before when somebody only changes its words', () => {
    const estate = estateOf(rulesOf('tcp 22 8.0.0.0/8', 'tcp 22 11.0.0.0/9'));
    const [old, added] = estate.rules as [SecurityGroupRule, SecurityGroupRule];
    const change: Change = { ...OPENED, fact: { kind: 'rules-modified', ruleIds: ['a'] } };
    const lastReading = { ...cleanReading('a'), cleanHoles: { a: digestOf([old]) } };
    expect(short({ estate, change, history: { lastReading } })).toEqual(['remediate b']);
    // Changed in what it lets in, it is as new as any.
    const widened = { ...cleanReading('a', 'b'), cleanHoles: { a: digestOf([added]), b: digestOf([added]) } };
    expect(short({ estate, change, history: { lastReading: widened } })).toEqual(['remediate a']);
    expect(short({ estate, change, history: { lastReading: cleanReading('a') } })).toEqual(['remediate a']);
  });

  it('names every rule that must go, sorted, in one decision', () => {
    const estate = estateOf([rule('sgr-1'), rule('sgr-2', { source: { kind: 'ipv6', cidr: '::/0' } })]);
    const change: Change = { ...OPENED, fact: { kind: 'rules-added', egress: false, ruleIds: ['sgr-2'] } };
    // The second was named, and is taken first.
    expect(short({ estate, change })).toEqual(['remediate sgr-1,sgr-2']);
    expect(decided({ estate, change })[0]).toMatchObject({ finding: { round: occurrenceOf('sgr-1,sgr-2') } });
  });
});

describe('the incident of an opened group', () => {
  const keyAndRound = (given: Given) =>
    decided(given).map((it) => (it.kind === 'ignore' ? null : [it.finding.key, it.finding.round]));
  const [one] = keyAndRound({});

  it('is the same when the hole is opened again under another id; the round is another', () => {
    const [again] = keyAndRound({ estate: estateOf([rule('sgr-7')]) });
    expect(again?.[0]).toBe(one?.[0]);
    expect([one?.[1], again?.[1]]).toEqual([occurrenceOf('sgr-1'), occurrenceOf('sgr-7')]);
  });

  it('is the same whatever the order of the rules, their words, the event and the actor', () => {
    const rules = [rule('sgr-1'), rule('sgr-2', { source: { kind: 'ipv6', cidr: '::/0' } })];
    const worded = rules.map((it) => ({ ...it, description: 'other words' }));
    const swapped = rules.map((it, n) => ({ ...it, id: rules[1 - n]?.id ?? '' }));
    const expected = keyAndRound({ estate: estateOf(rules) });
    expect(keyAndRound({ estate: estateOf(rules.toReversed()) })).toEqual(expected);
    expect(keyAndRound({ estate: estateOf(worded) })).toEqual(expected);
    expect(keyAndRound({ estate: estateOf(swapped) })).toEqual(expected);
    expect(keyAndRound({ change: { ...OPENED, eventId: 'event-2', actor: DEPLOYER } })).toEqual(keyAndRound({}));
  });

  it.each([
    ['another port', { fromPort: 3389, toPort: 3389 }],
    ['another start', { fromPort: 21 }],
    ['another end', { toPort: 23 }],
    ['another protocol', { protocol: 'udp' }],
    ['another source', { source: { kind: 'ipv4', cidr: '0.0.0.0/1' } as const }],
    ['another family', { source: { kind: 'ipv6', cidr: '::/0' } as const }],
  ])('is another for %s', (_name, given) => {
    const protects = [{ name: 'all', protocols: [6, 17], ports: [{ from: 0, to: 65535 }] }];
    const policy = { internet: { ...POLICY.internet, protects } };
    const [other] = keyAndRound({ estate: estateOf([rule('sgr-1', given)]), policy });
    expect(other?.[0]).toEqual(expect.any(String));
    expect(other?.[0]).not.toBe(one?.[0]);
  });
});

describe("a Config rule's verdict on a group", () => {
  it.each<[string, Given, string[]]>([
    ['that means internet', { change: verdict(OPENED, 'my-restricted-ssh-rule') }, ['remediate sgr-1']],
    ['that no row names', { change: verdict(OPENED, 'required-tags') }, ['ignore']],
    ['that means something else', { change: verdict(OPENED, 'drifted') }, ['ignore']],
    ['about a group that is clean', { change: verdict(OPENED, 'restricted-ssh'), estate: estateOf([]) }, ['ignore']],
  ])('%s', (_name, given, expected) => {
    expect(short(given)).toEqual(expected);
  });

  it('counts by the first row that names it', () => {
    const rows = [
      { configRule: 'restricted-ssh', means: [] },
      { configRule: '*', means: ['internet'] },
    ];
    const change = (by: string) => verdict(OPENED, by);
    expect(short({ change: change('restricted-ssh'), policy: { configVerdicts: rows } })).toEqual(['ignore']);
    expect(short({ change: change('other'), policy: { configVerdicts: rows } })).toEqual(['remediate sgr-1']);
  });
});

describe('when: new', () => {
  const two = estateOf(rulesOf('tcp 22 0.0.0.0/0', 'tcp 22 ::/0'));
  const named = (...ruleIds: string[]): Change => ({
    ...OPENED,
    fact: { kind: 'rules-added', egress: false, ruleIds },
  });

  it.each<[string, Given, string[]]>([
    ['the change names both', { change: named('a', 'b') }, ['remediate a,b']],
    ['the change names one', { change: named('b') }, ['hold pre-existing a', 'remediate b']],
    ['the change names none', { change: named() }, ['hold pre-existing a,b']],
    [
      'one is newer than the clean reading',
      { change: named(), history: { lastReading: cleanReading('a') } },
      ['hold pre-existing a', 'remediate b'],
    ],
    ['both are newer', { change: named(), history: { lastReading: cleanReading() } }, ['remediate a,b']],
    ['Config saw it turn', { change: verdict(OPENED, 'restricted-ssh', true) }, ['remediate a,b']],
    [
      'Config judged it for the first time',
      { change: verdict(OPENED, 'restricted-ssh', false) },
      ['hold pre-existing a,b'],
    ],
  ])('%s', (_name, given, expected) => {
    expect(short({ estate: two, ...given, policy: { when: 'new' } })).toEqual(expected);
  });

  it('any: all count', () => {
    expect(short({ estate: two, change: named() })).toEqual(['remediate a,b']);
    expect(short({ estate: two, change: verdict(OPENED, 'restricted-ssh', false) })).toEqual(['remediate a,b']);
  });

  it('holds for a day', () => {
    const [decision] = decided({ change: named(), policy: { when: 'new' } });
    expect(decision).toMatchObject({ guard: 'pre-existing', retryAfter: 86_400 });
  });
});

describe('an exemption', () => {
  const exemption = (given: Partial<Exemption> = {}): Exemption => ({
    id: 'partner',
    reason: 'The partner has no fixed address.',
    owner: 'payments@example.com',
    ticket: null,
    rules: ['internet'],
    select: { securityGroup: ['web'] },
    notBefore: null,
    expires: '2026-03-01T12:30:00.000Z',
    ...given,
  });
  const both = estateOf(rulesOf('tcp 22 0.0.0.0/0', 'tcp 3389 0.0.0.0/0', 'tcp 22 ::/0'));
  const internet = {
    ...POLICY.internet,
    protects: [{ name: 'admin', protocols: [6], ports: [22, 3389].map((port) => ({ from: port, to: port })) }],
  };
  const port = (from: number, to = from) => [{ from, to }];

  it.each<[string, Partial<Exemption>, string[]]>([
    ['of the group', {}, ['hold exempted a,b,c']],
    ['of the group by id', { select: { securityGroup: [GROUP] } }, ['hold exempted a,b,c']],
    ['of another group', { select: { securityGroup: ['db'] } }, ['remediate a,b,c']],
    ['of another account', { select: { account: ['210987654321'] } }, ['remediate a,b,c']],
    ['of another Region', { select: { region: ['us-east-1'] } }, ['remediate a,b,c']],
    ['of another VPC', { select: { vpc: ['vpc-2'] } }, ['remediate a,b,c']],
    ['of an Auto Scaling group', { select: { autoScalingGroup: ['*'] } }, ['remediate a,b,c']],
    ['of every rule', { rules: null }, ['hold exempted a,b,c']],
    ['of another rule', { rules: ['user-data-changed'] }, ['remediate a,b,c']],
    ['of a port', { select: { port: port(3389) } }, ['hold exempted b', 'remediate a,c']],
    ['of a range of ports', { select: { port: port(3000, 4000) } }, ['hold exempted b', 'remediate a,c']],
    ['of another port', { select: { port: port(443) } }, ['remediate a,b,c']],
    ['of a range of addresses', { select: { range: ['0.0.0.0/0'] } }, ['hold exempted a,b', 'remediate c']],
    ['of the other family', { select: { range: ['::/0'] } }, ['hold exempted c', 'remediate a,b']],
    ['of half the addresses', { select: { range: ['0.0.0.0/1'] } }, ['remediate a,b,c']],
    ['of port and range', { select: { port: port(22), range: ['0.0.0.0/0'] } }, ['hold exempted a', 'remediate b,c']],
    ['of port and another group', { select: { port: port(22), securityGroup: ['db'] } }, ['remediate a,b,c']],
    ['that is over', { expires: '2026-03-01T11:59:59.999Z' }, ['remediate a,b,c']],
    ['that ends now', { expires: '2026-03-01T12:00:00.000Z' }, ['hold exempted a,b,c']],
    ['that is yet to begin', { notBefore: '2026-03-01T12:00:00.001Z' }, ['remediate a,b,c']],
    ['that begins now', { notBefore: '2026-03-01T12:00:00.000Z' }, ['hold exempted a,b,c']],
    ['whose end is no date', { expires: 'soon' }, ['remediate a,b,c']],
    ['of who did it', { select: { actor: ['arn:aws:iam::*:user/alice'] } }, ['hold exempted a,b,c']],
    ['of somebody else', { select: { actor: ['arn:aws:iam::*:user/bob'] } }, ['remediate a,b,c']],
  ])('%s', (_name, given, expected) => {
    const policy = { internet, exemptions: [exemption(given)] };
    expect(short({ estate: both, policy })).toEqual(expected);
  });

  it('that cannot be read holds everything, and is asked again in a minute', () => {
    const change = { ...OPENED, actor: { ...DEPLOYER, issuerArn: null } };
    const exemptions = [exemption({ select: { actor: ['arn:aws:iam::*:role/admin'] } })];
    const decisions = decided({ change, policy: { exemptions } });
    const reason = 'whether the exemption partner applies could not be read';
    expect(decisions).toMatchObject([{ retryAfter: 60, reason }]);
    expect(decisions.map(inShort)).toEqual(['hold unreadable sgr-1']);
  });

  it.each([
    ['2026-03-01T12:30:00.000Z', 1801],
    ['2026-03-01T12:00:00.000Z', 1],
    ['2026-06-01T00:00:00.000Z', 86_400],
  ])('until %s is looked at again after %d s', (expires, retryAfter) => {
    const [decision] = decided({ policy: { exemptions: [exemption({ expires })] } });
    expect(decision).toMatchObject({ guard: 'exempted', retryAfter });
  });

  it('that ends first decides when it is looked at again; all are named', () => {
    const exemptions = [exemption({ id: 'one', expires: '2026-03-02T00:00:00.000Z' }), exemption({ id: 'two' })];
    const [decision] = decided({ policy: { exemptions } });
    expect(decision).toMatchObject({ retryAfter: 1801 });
    expect(decision?.reason).toBe(
      'exempted by one (payments@example.com, until 2026-03-02T00:00:00.000Z), two (payments@example.com, until 2026-03-01T12:30:00.000Z)',
    );
  });

  it('shows the act that did not happen, also where it is observed', () => {
    const exemptions = [exemption()];
    expect(short({ policy: { exemptions, mode: 'observe' } })).toEqual(['hold exempted sgr-1']);
  });

  it('of one port does not excuse rules for all traffic', () => {
    const estate = estateOf(rulesOf('-1 0.0.0.0/0'));
    const protects = [{ name: 'all traffic', protocols: 'all' as const, ports: [] }, ...internet.protects];
    const exemptions = [exemption({ select: { port: port(22) } }), exemption({ select: { port: port(3389) } })];
    expect(short({ estate, policy: { internet: { ...internet, protects }, exemptions } })).toEqual(['remediate a']);
  });
});

describe('a prefix list that cannot be read', () => {
  it('is held for a minute, and the rest is put right all the same', () => {
    const estate = estateOf(rulesOf('tcp 22 pl-1', 'tcp 22 0.0.0.0/0', 'tcp 22 pl-2'), [prefixList('pl-2')]);
    const [blind, rest, ...others] = decided({ estate });
    expect(blind).toMatchObject({
      kind: 'hold',
      guard: 'unreadable',
      remediation: { action: 'revoke-rules', ruleIds: ['a'] },
      retryAfter: 60,
      reason: 'the prefix list of a (tcp 22 from pl-1) could not be read',
      finding: { round: occurrenceOf('a') },
    });
    expect(rest === undefined ? null : inShort(rest)).toBe('remediate b');
    expect(others).toEqual([]);
  });

  it('is no clean reading', () => {
    const estate = estateOf(rulesOf('tcp 22 pl-1'));
    expect(short({ estate })).toEqual(['hold unreadable a']);
  });
});
