import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/decide.ts';
import type { Change } from '../../../src/domain/change.ts';
import type { Decision } from '../../../src/domain/decision.ts';
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
          round: 'event-1',
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
      { exemptions: [{ ...exemption, select: { fleet: ['web'] } }] },
      ['hold', 'unreadable', 'command-run'],
    ],
    ['by a fact about groups', { ...RUN, fact: { kind: 'rules-modified', ruleIds: [] } }, {}, ['ignore', null, null]],
  ])('%s', (_name, change, policy, expected) => {
    expect(short(decided(change, policy))).toEqual([expected]);
  });
});
