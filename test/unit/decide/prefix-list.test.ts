import { describe, expect, it } from 'vitest';
import { decide, type History } from '../../../src/decide.ts';
import type { Change } from '../../../src/domain/change.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import type { PrefixListEstate, SecurityGroupEstate } from '../../../src/domain/estate.ts';
import { occurrenceOf } from '../../../src/domain/occurrence.ts';
import type { Exemption, Policy } from '../../../src/policy/policy.ts';
import { ACCOUNT } from '../guards/perfect.ts';
import { groupOf, interfaceOf, twelfths } from './networks.ts';
import { CONTEXT, HISTORY, OPENED, POLICY } from './perfect.ts';

const REMOVING: Policy = { ...POLICY, internet: { ...POLICY.internet, prefixLists: 'remove-entries' } };
const list = (...cidrs: readonly string[]) => ({ id: 'pl-1', name: 'office', ownerId: ACCOUNT, cidrs, version: 7 });
const WIDENED: Change = {
  ...OPENED,
  name: 'ModifyManagedPrefixList',
  fact: { kind: 'prefix-list-changed', added: ['0.0.0.0/0'] },
  resources: [{ type: 'prefix-list', id: 'pl-1' }],
};
const OPEN: PrefixListEstate = {
  kind: 'prefix-list',
  list: list('198.51.100.0/24', '0.0.0.0/0'),
  groups: [groupOf('sg-a', 'pl-1')],
  prefixLists: [list('198.51.100.0/24', '0.0.0.0/0')],
};

type Given = {
  readonly policy?: Partial<Policy>;
  readonly change?: Partial<Change>;
  readonly history?: Partial<History>;
};
const decided = (estate: PrefixListEstate | SecurityGroupEstate, { policy, change, history }: Given = {}) =>
  decide({ ...WIDENED, ...change }, estate, { ...REMOVING, ...policy }, { ...HISTORY, ...history }, CONTEXT);
const inShort = ({ kind, guard, remediation: act }: Decision) =>
  [kind, guard, act?.action === 'remove-entries' ? act.cidrs.join() : act?.action].filter(Boolean).join(' ');
const short = (estate: PrefixListEstate, given: Given = {}) => decided(estate, given).map(inShort);
const exemption = (select: Exemption['select']): Partial<Policy> => ({
  exemptions: [
    {
      id: 'x',
      reason: 'why',
      owner: 'who',
      ticket: null,
      rules: null,
      select,
      notBefore: null,
      expires: '2026-04-01T00:00:00.000Z',
    },
  ],
});
const withList = (cidrs: readonly string[], ...groups: PrefixListEstate['groups']): PrefixListEstate => ({
  ...OPEN,
  list: list(...cidrs),
  prefixLists: [list(...cidrs)],
  groups,
});

describe('a prefix list that was widened, where the policy has entries removed', () => {
  it('loses what opens it: the whole decision', () => {
    expect(decided(OPEN)).toEqual([
      {
        kind: 'remediate',
        rule: 'internet',
        guard: null,
        reason: 'pl-1 lets the internet into sg-a: 0.0.0.0/0',
        remediation: { action: 'remove-entries', prefixListId: 'pl-1', cidrs: ['0.0.0.0/0'] },
        finding: {
          key: 'prefix-list/pl-1/internet/0.0.0.0/0',
          round: occurrenceOf('version 7'),
          resource: { type: 'prefix-list', id: 'pl-1' },
          rule: 'internet',
          severity: 'high',
          summary: 'pl-1 lets the internet into sg-a: 0.0.0.0/0',
          evidence: ['prefix list office, version 7', 'sg-a-1: tcp 22 from pl-1', 'reached: SSH (tcp 22)'],
        },
      },
    ]);
  });

  const many = [...twelfths(11, 16), '52.0.0.0/12'];
  it.each<[string, PrefixListEstate, Given, string]>([
    ['within the limit', withList(twelfths(11, 16), groupOf('sg-a', 'pl-1')), {}, 'ignore'],
    ['that no group names', withList(['0.0.0.0/0']), {}, 'ignore'],
    ['of another account', { ...OPEN, list: { ...OPEN.list, ownerId: '210987654321' } }, {}, 'hold not-ours 0.0.0.0/0'],
    [
      'of an owner that is not known',
      { ...OPEN, list: { ...OPEN.list, ownerId: null } },
      {},
      'hold not-ours 0.0.0.0/0',
    ],
    ['observed', OPEN, { policy: { mode: 'observe' } }, 'hold observe 0.0.0.0/0'],
    ['with the rule off', OPEN, { policy: { mode: 'off' } }, 'ignore'],
    ['where rules are revoked', OPEN, { policy: { internet: POLICY.internet } }, 'ignore'],
    ['named by an exempted group', OPEN, { policy: exemption({ securityGroup: ['sg-a'] }) }, 'hold exempted 0.0.0.0/0'],
    [
      'named by another exempted group',
      OPEN,
      { policy: exemption({ securityGroup: ['sg-z'] }) },
      'remediate 0.0.0.0/0',
    ],
    [
      'named by an exempted group and one that is not',
      { ...OPEN, groups: [groupOf('sg-a', 'pl-1'), groupOf('sg-b', 'pl-1')] },
      { policy: exemption({ securityGroup: ['sg-a'] }) },
      'remediate 0.0.0.0/0',
    ],
    [
      'by an exemption that cannot be read',
      OPEN,
      { policy: exemption({ actor: ['arn:aws:iam::*:role/x'] }), change: { actor: { ...OPENED.actor, arn: null } } },
      'hold unreadable 0.0.0.0/0',
    ],
    [
      'by what the change added',
      withList(many, groupOf('sg-a', 'pl-1')),
      { change: { fact: { kind: 'prefix-list-changed', added: ['11.16.0.0/12'] } } },
      'remediate 11.16.0.0/12',
    ],
    [
      'by what the last clean reading lacks',
      withList(many, groupOf('sg-a', 'pl-1')),
      {
        change: { fact: { kind: 'prefix-list-changed', added: null } },
        history: { lastReading: { kind: 'prefix-list', cidrs: twelfths(11, 16) } },
      },
      'remediate 52.0.0.0/12',
    ],
    [
      'named by a group that is only observed and one that is not',
      { ...OPEN, groups: [groupOf('sg-a', 'pl-1'), groupOf('sg-b', 'pl-1')] },
      { policy: { modes: [{ rules: null, select: { securityGroup: ['sg-a'] }, mode: 'observe' }] } },
      'remediate 0.0.0.0/0',
    ],
    [
      'named by groups that are only observed',
      OPEN,
      { policy: { modes: [{ rules: null, select: { securityGroup: ['sg-a'] }, mode: 'observe' }] } },
      'hold observe 0.0.0.0/0',
    ],
    [
      'named by a group of an observed VPC that an interface in an enforced one has',
      { ...OPEN, interfaces: [interfaceOf('eni-1', ['sg-a'], { vpcId: 'vpc-2' })] },
      { policy: { modes: [{ rules: null, select: { vpc: ['vpc-1'] }, mode: 'observe' }] } },
      'remediate 0.0.0.0/0',
    ],
    [
      'named by a group of a VPC that is exempt, where an interface in another one has it',
      { ...OPEN, interfaces: [interfaceOf('eni-1', ['sg-a'], { vpcId: 'vpc-2' })] },
      { policy: exemption({ vpc: ['vpc-1'] }) },
      'remediate 0.0.0.0/0',
    ],
    [
      'which is not enough for a group that is open without it',
      { ...OPEN, groups: [groupOf('sg-a', 'pl-1', '0.0.0.0/0')] },
      {},
      'ignore',
    ],
    [
      'which is enough for one of two groups',
      { ...OPEN, groups: [groupOf('sg-a', 'pl-1', '0.0.0.0/0'), groupOf('sg-b', 'pl-1')] },
      {},
      'remediate 0.0.0.0/0',
    ],
  ])('%s', (_name, estate, given, expected) => {
    expect(short(estate, given)).toEqual([expected]);
  });

  it('is a clean reading when nothing is open, and none when rules have to go', () => {
    expect(decided(withList(['52.0.0.0/12'], groupOf('sg-a', 'pl-1')))).toMatchObject([{ clean: true }]);
    expect(decided({ ...OPEN, groups: [groupOf('sg-a', 'pl-1', '0.0.0.0/0')] })).toMatchObject([{ clean: false }]);
  });

  it('counts its version as a round, or the event where it has none', () => {
    const [decision] = decided({ ...OPEN, list: { ...OPEN.list, version: null } });
    expect(decision).toMatchObject({ finding: { round: occurrenceOf('event-1') } });
  });
});

describe('a group that names the list', () => {
  const group = (...ranges: readonly string[]): SecurityGroupEstate => ({
    kind: 'security-group',
    ...groupOf('sg-a', ...ranges),
    prefixLists: OPEN.prefixLists,
    surroundings: null,
  });
  const revoking: Given = { policy: { internet: POLICY.internet } };

  it('loses its rules where the policy has rules revoked', () => {
    expect(decided(group('pl-1'), revoking)).toMatchObject([
      { kind: 'remediate', remediation: { action: 'revoke-rules', ruleIds: ['sg-a-1'] } },
    ]);
  });

  it('keeps them where entries go instead', () => {
    expect(decided(group('pl-1'))).toMatchObject([{ kind: 'ignore', clean: false }]);
  });

  it.each<[string, SecurityGroupEstate, Given]>([
    ['entries are not enough', group('pl-1', '0.0.0.0/0'), {}],
    ['the list is not ours', { ...group('pl-1'), prefixLists: [{ ...OPEN.list, ownerId: 'AWS' }] }, {}],
    ['it is no change of the list', group('pl-1'), { change: OPENED }],
  ])('loses them all the same where %s', (_name, estate, given) => {
    const [decision] = decided(estate, given);
    expect(decision).toMatchObject({ kind: 'remediate', remediation: { action: 'revoke-rules' } });
  });

  it('counts as new by the change of the list, and only its rules do', () => {
    const estate = group('pl-1', '::/0');
    expect(decided(estate, { policy: { ...revoking.policy, when: 'new' } })).toMatchObject([
      { guard: 'pre-existing', remediation: { ruleIds: ['sg-a-2'] } },
      { kind: 'remediate', remediation: { ruleIds: ['sg-a-1'] } },
    ]);
  });
});
