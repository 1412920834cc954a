import { describe, expect, it } from 'vitest';
import { decide, type History } from '../../../src/decide.ts';
import type { Change, Fact } from '../../../src/domain/change.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import type { SecurityGroupRule } from '../../../src/domain/estate.ts';
import { occurrenceOf } from '../../../src/domain/occurrence.ts';
import type { EarlierRule, GroupReading } from '../../../src/domain/reading.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { DEPLOYER } from '../policy/subjects.ts';
import { estateOf, GROUP, rule, sourceOf } from '../rules/perfect.ts';
import { CONTEXT, HISTORY, OPENED, POLICY } from './perfect.ts';

const ENFORCED: Policy = {
  ...POLICY,
  pipelineOnly: { mode: null },
  trustedActors: [{ id: 'pipeline', role: 'arn:aws:iam::*:role/deploy' }],
};
const https = (id: string, range = '10.0.0.0/8', given: Partial<SecurityGroupRule> = {}) =>
  rule(id, { fromPort: 443, toPort: 443, source: sourceOf(range), ...given });
const reading = (rules: readonly SecurityGroupRule[], earlier: readonly EarlierRule[] = []): GroupReading => ({
  kind: 'security-group',
  cleanRuleIds: null,
  rules,
  earlier,
});

type Given = {
  readonly rules: readonly SecurityGroupRule[];
  readonly last?: GroupReading | null;
  readonly policy?: Partial<Policy>;
  readonly change?: Partial<Change>;
  readonly history?: Partial<History>;
};
function decided(fact: Fact, { rules, last = null, policy, change, history }: Given): readonly Decision[] {
  const decisions = decide(
    { ...OPENED, fact, ...change },
    estateOf(rules),
    { ...ENFORCED, ...policy },
    { ...HISTORY, lastReading: last, ...history },
    CONTEXT,
  );
  return decisions.filter((decision) => decision.rule === 'pipeline-only');
}
const added = (...ruleIds: string[]): Fact => ({ kind: 'rules-added', egress: false, ruleIds });
const modified = (...ruleIds: string[]): Fact => ({ kind: 'rules-modified', ruleIds });
const removed = (...ruleIds: string[]): Fact => ({ kind: 'rules-removed', egress: false, ruleIds });
const described = (...ruleIds: string[]): Fact => ({ kind: 'rules-described', egress: false, ruleIds });
const inShort = ({ kind, guard, remediation: act }: Decision) =>
  [kind, guard, act?.action === 'revoke-rules' ? act.ruleIds.join() : null].filter((it) => it !== null).join(' ');
const short = (fact: Fact, given: Given) => decided(fact, given).map(inShort);

describe('rules that somebody added by hand', () => {
  it('are revoked, whatever they open', () => {
    expect(decided(added('b'), { rules: [https('a'), https('b', '10.9.0.0/16')] })).toEqual([
      {
        kind: 'remediate',
        rule: 'pipeline-only',
        guard: null,
        reason: 'rules were added by hand: tcp 443 from 10.9.0.0/16',
        remediation: { action: 'revoke-rules', groupId: GROUP, egress: false, ruleIds: ['b'] },
        finding: {
          key: expect.stringMatching(/^security-group\/sg-0123456789abcdef0\/pipeline-only\/[0-9a-f]{16}$/),
          round: occurrenceOf('b'),
          resource: { type: 'security-group', id: GROUP },
          rule: 'pipeline-only',
          severity: 'medium',
          summary: 'rules were added by hand: tcp 443 from 10.9.0.0/16',
          evidence: ['b: tcp 443 from 10.9.0.0/16'],
        },
      },
    ]);
  });

  it.each<[string, Fact, Given, string[]]>([
    ['by the pipeline', added('a'), { rules: [https('a')], change: { actor: DEPLOYER } }, ['ignore']],
    ['where the rule is off', added('a'), { rules: [https('a')], policy: { pipelineOnly: { mode: 'off' } } }, []],
    [
      'where it observes',
      added('a'),
      { rules: [https('a')], policy: { pipelineOnly: { mode: 'observe' } } },
      ['hold observe a'],
    ],
    ['that are gone again', added('b'), { rules: [https('a')] }, []],
    [
      'outward',
      { kind: 'rules-added', egress: true, ruleIds: ['a'] },
      { rules: [https('a', '10.0.0.0/8', { egress: true })] },
      ['remediate a'],
    ],
    [
      'inward, of which the event says outward',
      { kind: 'rules-added', egress: true, ruleIds: ['a'] },
      { rules: [https('a')] },
      [],
    ],
    [
      'that open a protected port: those are revoked for that',
      added('a', 'b'),
      { rules: [https('a'), rule('b')] },
      ['remediate a'],
    ],
    [
      'that open a protected port where that is only observed',
      added('a', 'b'),
      { rules: [https('a'), rule('b')], policy: { internet: { ...POLICY.internet, mode: 'observe' } } },
      ['remediate a,b'],
    ],
    ['without ids, of which nothing is known', added(), { rules: [https('a')] }, []],
    [
      'without ids, that the last reading lacks',
      added(),
      { rules: [https('a'), https('b')], last: reading([https('a')]) },
      ['remediate b'],
    ],
  ])('%s', (_name, fact, given, expected) => {
    expect(short(fact, given)).toEqual(expected);
  });

  it('are told of a group that is not ours', () => {
    const estate = estateOf([https('a')]);
    const theirs = { ...estate, group: { ...estate.group, ownerId: '210987654321' } };
    const decisions = decide({ ...OPENED, fact: added('a') }, theirs, ENFORCED, HISTORY, CONTEXT);
    expect(decisions.map(inShort)).toEqual(['hold not-ours a']);
  });

  it('are spared by an exemption, also one of the actor', () => {
    const exemption = (actor: string): Partial<Policy> => ({
      exemptions: [
        {
          id: 'on-call',
          reason: 'why',
          owner: 'who',
          ticket: null,
          rules: ['pipeline-only'],
          select: { actor: [actor] },
          notBefore: null,
          expires: '2026-04-01T00:00:00.000Z',
        },
      ],
    });
    const given = (actor: string) => ({ rules: [https('a')], policy: exemption(actor) });
    expect(short(added('a'), given('arn:aws:iam::*:user/alice'))).toEqual(['hold exempted a']);
    expect(short(added('a'), given('arn:aws:iam::*:user/bob'))).toEqual(['remediate a']);
    const nobody = { ...DEPLOYER, issuerArn: null };
    expect(short(added('a'), { ...given('arn:aws:iam::*:role/admin'), change: { actor: nobody } })).toEqual([
      'hold unreadable a',
    ]);
  });
});

describe('rules that somebody changed or removed by hand', () => {
  const before = https('a', '10.0.0.0/8');
  const after = https('a', '10.0.0.0/7');
  const gone = { rules: [], last: reading([before]) };

  it('are told with what they were, and how to change them back', () => {
    expect(decided(modified('a'), { rules: [after], last: reading([before]) })).toEqual([
      {
        kind: 'hold',
        rule: 'pipeline-only',
        guard: 'observe',
        reason: 'undrift can only tell: putting it back needs the right to open, which it does not have',
        remediation: null,
        retryAfter: 86_400,
        finding: {
          key: expect.stringMatching(/^security-group\/sg-0123456789abcdef0\/pipeline-only\/modified\/[0-9a-f]{16}$/),
          round: occurrenceOf('event-1'),
          resource: { type: 'security-group', id: GROUP },
          rule: 'pipeline-only',
          severity: 'medium',
          summary: 'rules were changed by hand: a was tcp 443 from 10.0.0.0/8, is tcp 443 from 10.0.0.0/7',
          evidence: ['a: tcp 443 from 10.0.0.0/8'],
          putBack: { action: 'modify-rules', rules: [before] },
        },
      },
    ]);
  });

  it('are told with what is gone, and how to add it again', () => {
    expect(decided(removed('a'), gone)).toMatchObject([
      {
        guard: 'observe',
        remediation: null,
        finding: {
          key: expect.stringContaining('/pipeline-only/removed/'),
          summary: 'rules were removed by hand: tcp 443 from 10.0.0.0/8',
          putBack: { action: 'authorize-rules', rules: [before] },
        },
      },
    ]);
  });

  it.each<[string, Fact, Given, number]>([
    ['removed, named by no id', removed(), gone, 1],
    [
      'removed outward, and the event says inward',
      removed('a'),
      { rules: [], last: reading([{ ...before, egress: true }]) },
      0,
    ],
    ['removed, and added again under another id', removed('a'), { rules: [https('z')], last: reading([before]) }, 0],
    ['removed by the pipeline', removed('a'), { ...gone, change: { actor: DEPLOYER } }, 0],
    ['still there', removed('a'), { rules: [before], last: reading([before]) }, 0],
    ['changed to what it was', modified('a'), { rules: [before], last: reading([before]) }, 0],
    [
      'changed, and another one is named',
      modified('b'),
      { rules: [after, https('b')], last: reading([before, https('b')]) },
      0,
    ],
    ['changed, and removed by somebody since', modified('a'), gone, 0],
    ['described anew', described('a'), { rules: [{ ...before, description: 'new' }], last: reading([before]) }, 1],
    [
      'described anew, named by no id',
      described(),
      { rules: [{ ...before, description: 'new' }], last: reading([before]) },
      1,
    ],
    ['described by the words that it had', described(), { rules: [before], last: reading([before]) }, 0],
  ])('%s', (_name, fact, given, count) => {
    const told = decided(fact, given).filter(({ kind }) => kind === 'hold');
    expect(told).toHaveLength(count);
  });

  it('are told with what is not known of them, too', () => {
    const given = { rules: [after, https('b')], last: reading([before]) };
    expect(decided(modified('a', 'b'), given)).toMatchObject([
      {
        finding: {
          summary: expect.stringMatching(/a was .*; b: what they were is not known/),
          putBack: { rules: [before] },
        },
      },
    ]);
    expect(decided(removed('a', 'b'), gone)).toMatchObject([
      {
        finding: {
          summary: expect.stringMatching(/10\.0\.0\.0\/8; b: what they were is not known/),
          putBack: { rules: [before] },
        },
      },
    ]);
  });

  it.each<[string, Fact, Given]>([
    ['changed', modified('a'), { rules: [after] }],
    ['removed', removed('a'), { rules: [] }],
  ])('are told of as %s where nobody knows what they were', (_name, fact, given) => {
    const [decision] = decided(fact, given);
    expect(decision).toMatchObject({
      guard: 'observe',
      reason: expect.stringContaining('can only tell'),
      finding: { summary: expect.stringContaining('what they were is not known') },
    });
    expect(decision?.kind === 'hold' ? decision.finding.putBack : 'none').toBeUndefined();
  });

  it('are compared with what they were before the change, whatever happened since', () => {
    const [oldest, worse] = [https('a', '10.1.0.0/16'), https('a', '10.2.0.0/16')];
    const until = (rule: SecurityGroupRule, time: string): EarlierRule => ({ rule, until: time });
    // The event is of 11:59:55. A value that was gone before then is not what the change replaced.
    const last = reading(
      [before],
      [
        until(worse, '2026-03-01T11:00:00.000Z'),
        until(oldest, '2026-03-01T11:59:58.000Z'),
        until(after, '2026-03-01T12:00:30.000Z'),
      ],
    );
    expect(decided(modified('a'), { rules: [before], last })).toMatchObject([
      { finding: { putBack: { rules: [oldest] } } },
    ]);
    // Somebody put it back: nothing is left to tell.
    expect(decided(modified('a'), { rules: [oldest], last })).toEqual([]);
  });
});

describe('facts that are no change of rules', () => {
  it.each<Fact>([
    { kind: 'group-associated', vpcId: 'vpc-2' },
    { kind: 'prefix-list-changed', added: null },
    { kind: 'security-groups-changed', groupIds: [GROUP] },
    { kind: 'verdict', by: 'restricted-ssh', transition: true },
  ])('$kind is none', (fact) => {
    expect(decided(fact, { rules: [https('a')], last: reading([]) })).toEqual([]);
  });
});
