import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide.ts';
import type { Change } from '../../../src/domain/change.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import type { Machine, Meant } from '../../../src/domain/estate.ts';
import { occurrenceOf } from '../../../src/domain/occurrence.ts';
import type { Exemption, Policy } from '../../../src/policy/policy.ts';
import { DEPLOYER } from '../policy/subjects.ts';
import { ALTERED, CONTEXT, HISTORY, POLICY } from './perfect.ts';

const resource = { type: 'targets', id: 'tag:Env=prod' } as const;
const RUN: Change = {
  ...ALTERED,
  name: 'SendCommand',
  fact: { kind: 'signal', signal: 'command-run', detail: 'AWS-RunShellScript', drift: 'AWS-RunShellScript' },
  resources: [resource],
};
const decided = (change: Change = RUN, policy: Partial<Policy> = {}) =>
  decide(change, { kind: 'targets', resource }, { ...POLICY, ...policy }, HISTORY, CONTEXT);
const short = (decisions: readonly Decision[]) => decisions.map(({ kind, guard, rule }) => [kind, guard, rule]);

describe('machines that a call names by a tag', () => {
  it('are told as one incident, and nothing is replaced, although the policy enforces', () => {
    expect(decided()).toEqual([
      {
        kind: 'hold',
        rule: 'command-run',
        guard: 'observe',
        reason: 'undrift only tells: the call does not say which instances it means, and they were not looked up',
        remediation: null,
        retryAfter: 86_400,
        finding: {
          key: 'targets/tag:Env=prod/command-run/AWS-RunShellScript',
          round: occurrenceOf('event-1'),
          resource,
          rule: 'command-run',
          severity: 'medium',
          summary: 'a command was run (AWS-RunShellScript): the machines named by tag:Env=prod',
          evidence: ['SendCommand named them so, and not by their ids'],
        },
      },
    ]);
  });

  const exemption: Exemption = {
    id: 'patch-day',
    reason: 'Patches are rolled out by hand today.',
    owner: 'web@example.com',
    ticket: null,
    rules: ['command-run'],
    select: { account: ['*'] },
    notBefore: null,
    expires: '2026-03-02T00:00:00.000Z',
  };
  const trustedActors = [{ id: 'pipeline', role: 'arn:aws:iam::123456789012:role/deploy' }];
  const off = { ...POLICY.instanceRules, 'command-run': { mode: 'off' as const } };
  const own = { ...ALTERED.actor, type: 'AssumedRole', instanceId: 'i-1' };
  const volume: Change['fact'] = { kind: 'signal', signal: 'volume-modified', detail: 'vol-1', drift: 'vol-1' };

  it.each<[string, Change, Partial<Policy>, (string | null)[]]>([
    ['by the pipeline', { ...RUN, actor: DEPLOYER }, { trustedActors }, ['ignore', null, null]],
    ['by the role of an instance', { ...RUN, actor: own }, {}, ['hold', 'observe', 'command-run']],
    ['by a container agent', { ...RUN, actor: own, fact: volume }, {}, ['ignore', null, null]],
    ['with the rule off', RUN, { instanceRules: off }, ['ignore', null, 'command-run']],
    ['exempted', RUN, { exemptions: [exemption] }, ['hold', 'exempted', 'command-run']],
    [
      'exempted by a group that nobody looked up',
      RUN,
      { exemptions: [{ ...exemption, select: { autoScalingGroup: ['web'] } }] },
      ['hold', 'unreadable', 'command-run'],
    ],
    ['by a fact about groups', { ...RUN, fact: { kind: 'rules-modified', ruleIds: [] } }, {}, ['ignore', null, null]],
  ])('%s', (_name, change, policy, expected) => {
    expect(short(decided(change, policy))).toEqual([expected]);
  });
});

describe('machines that a call names by a tag, and that were looked up', () => {
  const group = { name: 'web', desired: 3, tags: { 'undrift:replace': 'allowed' } };
  const machine = (id: string, rest: Partial<Machine> = {}): Machine => ({
    id,
    vpcId: 'vpc-1',
    launchedAt: '2026-02-01T00:00:00.000Z',
    group,
    ending: false,
    ...rest,
  });
  const two = [machine('i-1'), machine('i-2')];
  const found = (machines: readonly Machine[], complete = true): Meant => ({ kind: 'found', machines, complete });
  const lookedUp = { ...resource, lookUp: { by: 'command', commandId: 'c-1' } } as const;
  const asked: Change = { ...RUN, resources: [lookedUp] };
  const enforced: Partial<Policy> = {
    mode: 'enforce',
    instanceRules: { ...POLICY.instanceRules, 'command-run': { mode: null } },
  };
  const together = (meant: Meant, policy: Partial<Policy> = {}, change = asked) =>
    decide(
      change,
      { kind: 'targets', resource: lookedUp, meant },
      { ...POLICY, ...enforced, ...policy },
      HISTORY,
      CONTEXT,
    );
  const only = (decisions: readonly Decision[]) => decisions[0] as Extract<Decision, { kind: 'hold' }>;

  it.each([
    [two, 'the 2 machines that it means are tainted'],
    [[machine('i-1')], 'the only machine that it means is tainted'],
    [[machine('i-1'), machine('i-3', { group: null })], '1 of the 2 machines that it means is tainted'],
  ])('are counted in words', (machines, words) => {
    expect(only(together(found(machines))).reason).toContain(words);
  });

  it('are held together as tainted where they may be replaced, and looked at again within a minute', () => {
    const decision = only(together(found([...two, machine('i-3', { group: null })])));
    expect(decision).toMatchObject({ kind: 'hold', guard: 'tainted', remediation: null });
    expect(decision.latest).toBe(new Date(Date.parse(RUN.at) + 12 * 3_600_000).toISOString());
    expect(decision.reason).toContain('2 of the 3 machines that it means are tainted');
    expect(decision.finding).toMatchObject({
      key: 'targets/tag:Env=prod/command-run/event-1/AWS-RunShellScript',
      round: occurrenceOf('event-1'),
      resource: { type: 'targets', id: 'tag:Env=prod' },
      evidence: [
        'SendCommand named them so, and not by their ids',
        '3 machines that it meant are there',
        'in web: i-1, i-2',
        'in no Auto Scaling group: i-3',
      ],
    });
  });

  const exempt = (select: Exemption['select']): Exemption => ({
    id: 'drill',
    reason: 'A drill of the platform team.',
    owner: 'web@example.com',
    ticket: null,
    rules: ['command-run'],
    select,
    notBefore: null,
    expires: '2026-03-02T00:00:00.000Z',
  });
  const observed = { modes: [{ rules: null, select: { autoScalingGroup: ['web'] }, mode: 'observe' as const }] };
  const off = { modes: [{ rules: null, select: { autoScalingGroup: ['web'] }, mode: 'off' as const }] };
  const blue = machine('i-9', { group: { ...group, name: 'blue' } });
  const loner = machine('i-8', { group: null });
  const closed = machine('i-7', { group: { ...group, tags: {} } });
  const own = { ...ALTERED.actor, type: 'AssumedRole', instanceId: 'i-1' };

  it.each<[string, Meant, Partial<Policy>, Change, (string | null)[]]>([
    ['one of them may be replaced', found([...two, blue]), observed, asked, ['hold', 'tainted', 'command-run']],
    ['observed', found(two), observed, asked, ['hold', 'observe', 'command-run']],
    ['observed, beside one in no group', found([...two, loner]), observed, asked, ['hold', 'observe', 'command-run']],
    ['in no group', found([loner]), {}, asked, ['hold', 'not-opted-in', 'command-run']],
    ['in a group that has not opted in', found([closed]), {}, asked, ['hold', 'not-opted-in', 'command-run']],
    [
      'exempted',
      found(two),
      { exemptions: [exempt({ autoScalingGroup: ['web'] })] },
      asked,
      ['hold', 'exempted', 'command-run'],
    ],
    [
      'one exempted',
      found([...two, blue]),
      { exemptions: [exempt({ autoScalingGroup: ['web'] })] },
      asked,
      ['hold', 'tainted', 'command-run'],
    ],
    ['with the rule off for them', found(two), off, asked, ['ignore', null, 'command-run']],
    ['by the role of one of them', found(two), {}, { ...asked, actor: own }, ['hold', 'tainted', 'command-run']],
    [
      'by the role of the only one',
      found([machine('i-1')]),
      {},
      { ...asked, actor: own },
      ['hold', 'observe', 'command-run'],
    ],
    ['none left', found([]), {}, asked, ['ignore', null, 'command-run']],
    ['none reached yet', found([], false), {}, asked, ['hold', 'observe', 'command-run']],
    ['that AWS will not tell', { kind: 'unread', why: 'denied' }, {}, asked, ['hold', 'unreadable', 'command-run']],
  ])('%s', (_name, meant, policy, change, expected) => {
    expect(short(together(meant, policy, change))).toEqual([expected]);
  });

  it.each([
    ['while they are left alone, when that is over', found(two), ALTERED.at, 1800],
    ['while more may come, within five minutes', found(two, false), ALTERED.at, 300],
    ['then, every five minutes', found(two), '2026-02-28T00:00:00.000Z', 300],
  ])('are looked at again %s', (_name, meant, at, seconds) => {
    const change = { ...asked, at };
    const context = { ...CONTEXT, now: new Date(at === ALTERED.at ? at : '2026-03-01T00:00:00.000Z') };
    const policy = { ...POLICY, ...enforced } as Policy;
    const [decision] = decide(change, { kind: 'targets', resource: lookedUp, meant }, policy, HISTORY, context);
    expect(decision).toMatchObject({ guard: 'tainted', retryAfter: seconds });
  });

  it('that are on their way out are waited for, and are nobody’s to replace', () => {
    const decision = only(together(found([machine('i-1', { ending: true })])));
    expect(decision).toMatchObject({ guard: 'tainted', retryAfter: 60 });
    expect(decision.reason).toBe('the last of them, 1 machine, is on the way out');
  });

  it('are all gone when none is left: a clean reading', () => {
    expect(together(found([]))).toMatchObject([{ kind: 'ignore', clean: true }]);
  });

  it('are named group by group, some of each, and no list grows without end', () => {
    const many = Array.from({ length: 40 }, (_, n) =>
      machine(`i-${n}`, { group: { ...group, name: `web-${n % 10}` } }),
    );
    const { evidence } = only(together(found(many, false))).finding;
    expect(evidence).toHaveLength(11);
    expect(evidence[1]).toBe('40 machines that it meant are there, and further ones may come');
    expect(evidence.at(-1)).toBe('and 2 groups more');
  });
});
