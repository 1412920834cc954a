import { describe, expect, it } from 'vitest';
import { decide, type History } from '../../../src/decide.ts';
import type { Change, Fact } from '../../../src/domain/change.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import type { Estate } from '../../../src/domain/estate.ts';
import { occurrenceOf } from '../../../src/domain/occurrence.ts';
import type { Exemption, Policy } from '../../../src/policy/policy.ts';
import { ACCOUNT } from '../guards/perfect.ts';
import { rule } from '../rules/perfect.ts';
import { groupEstate, groupOf, interfaceEstate, interfaceOf, twelfths } from './networks.ts';
import { CONTEXT, HISTORY, OPENED, POLICY } from './perfect.ts';

type Given = {
  readonly fact?: Fact;
  readonly policy?: Partial<Policy>;
  readonly history?: Partial<History>;
};
const decided = (estate: Estate, { fact, policy, history }: Given = {}) => {
  const change: Change = { ...OPENED, fact: fact ?? { kind: 'rules-added', egress: false, ruleIds: ['sg-a-1'] } };
  return decide(change, estate, { ...POLICY, ...policy }, { ...HISTORY, ...history }, CONTEXT);
};
/** `remediate revoke-rules sg-a: sg-a-1`, `hold shared …`, `remediate detach-groups eni-1: sg-b`. */
function inShort({ kind, guard, remediation: act }: Decision): string {
  const what =
    act?.action === 'revoke-rules'
      ? `revoke ${act.groupId}: ${act.ruleIds.join()}`
      : act?.action === 'detach-groups'
        ? `detach ${act.interfaceId}: ${act.groupIds.join()}`
        : '';
  return [kind, guard, what].filter(Boolean).join(' ');
}
const short = (estate: Estate, given: Given = {}) => decided(estate, given).map(inShort);

/** Ten /12s each, other ones: 2^24 is sixteen of them. Apart they are harmless. */
const A = groupOf('sg-a', ...twelfths(11, 10));
const B = groupOf('sg-b', ...twelfths(20, 10));
const both = interfaceOf('eni-1', ['sg-a', 'sg-b']);

describe('two groups that are harmless apart and open together', () => {
  it('are a finding on the interface, and the fewest rules in order go: the one that the change named first', () => {
    const decisions = decided(groupEstate([A, B], [both]));
    expect(decisions.map(inShort)).toEqual(['remediate revoke sg-a: sg-a-1,sg-a-10,sg-a-2,sg-a-3']);
    expect(decisions[0]).toMatchObject({
      finding: {
        resource: { type: 'network-interface', id: 'eni-1' },
        key: expect.stringMatching(/^network-interface\/sg-a\+sg-b\/internet\/sg-a\/[0-9a-f]{16}$/),
        round: occurrenceOf('sg-a-1,sg-a-10,sg-a-2,sg-a-3'),
        summary: expect.stringContaining('SSH (tcp 22) open to the internet by 2 groups: '),
        evidence: expect.arrayContaining(['groups together on eni-1: sg-a (name of sg-a), sg-b (name of sg-b)']),
      },
    });
  });

  it.each<[string, Estate]>([
    ['no interface has both', groupEstate([A, B], [interfaceOf('eni-1', ['sg-a']), interfaceOf('eni-2', ['sg-b'])])],
    ['nobody uses the group', groupEstate([A], [])],
    ['the other one is smaller', groupEstate([A, groupOf('sg-b', ...twelfths(20, 6))], [both])],
    ['the other one has the same ranges', groupEstate([A, groupOf('sg-b', ...twelfths(11, 10))], [both])],
    ['the surroundings were not read', { ...groupEstate([A, B], [both]), surroundings: null }],
  ])('is no finding where %s', (_name, estate) => {
    expect(decided(estate)).toMatchObject([{ kind: 'ignore', clean: true }]);
  });

  it.each<Fact>([
    { kind: 'security-groups-changed', groupIds: ['sg-a', 'sg-b'] },
    { kind: 'interfaces-created', groupIds: ['sg-a', 'sg-b'] },
  ])('is left to the interface itself after $kind', (fact) => {
    expect(decided(groupEstate([A, B], [both]), { fact })).toMatchObject([{ kind: 'ignore', clean: true }]);
  });

  it('of which one opens by itself are closed by the findings on both, whichever comes first', () => {
    const halfA = groupOf('sg-a', '1.0.0.0/9');
    const twice = groupOf('sg-b', '8.0.0.0/8', '9.0.0.0/8');
    const nothingNamed: Given = { fact: { kind: 'rules-added', egress: false, ruleIds: [] } };
    const without = (id: string) => ({ ...twice, rules: twice.rules.filter((it) => it.id !== id) });
    expect(short(groupEstate([halfA, twice], [both]), nothingNamed)).toEqual(['remediate revoke sg-b: sg-b-2']);
    expect(short(groupEstate([without('sg-b-2'), halfA], [both]), nothingNamed)).toEqual([
      'remediate revoke sg-b: sg-b-1',
    ]);
    const own = short(groupEstate([twice, halfA], [both]), nothingNamed);
    expect(own).toEqual(['remediate revoke sg-b: sg-b-1', 'remediate revoke sg-b: sg-b-2']);
    expect(short(groupEstate([halfA, without('sg-b-1')], [both]), nothingNamed)).toEqual([
      'remediate revoke sg-b: sg-b-2',
    ]);
  });

  it('is one finding for all interfaces that have the same groups', () => {
    const many = ['eni-3', 'eni-1', 'eni-2'].map((id) => interfaceOf(id, ['sg-b', 'sg-a']));
    const [decision, ...others] = decided(groupEstate([A, B], many));
    expect(others).toEqual([]);
    expect(decision).toMatchObject({ finding: { resource: { id: 'eni-1' } } });
    expect(decision?.kind === 'remediate' && decision.finding.evidence[0]).toMatch(
      /^groups together on eni-1 and 2 more that have the same groups: /,
    );
  });

  it('is a finding beside what the group opens by itself, which does not count twice', () => {
    const open = { ...A, rules: [...A.rules, rule('sg-a-99', { groupId: 'sg-a' })] };
    expect(short(groupEstate([open, B], [both]))).toEqual([
      'remediate revoke sg-a: sg-a-99',
      'remediate revoke sg-a: sg-a-1,sg-a-10,sg-a-2,sg-a-3',
    ]);
    expect(short(groupEstate([open, groupOf('sg-b', '52.0.0.0/12')], [both]))).toEqual([
      'remediate revoke sg-a: sg-a-99',
    ]);
  });

  it('leaves out what a neighbour opens by itself: that is the finding of its own group', () => {
    const open = groupOf('sg-b', '0.0.0.0/0', '52.0.0.0/12');
    expect(decided(groupEstate([A, open], [both]))).toMatchObject([{ kind: 'ignore' }]);
  });

  it('takes rules of the neighbour where the group has too few, each group in a decision of its own', () => {
    const small = groupOf('sg-a', '11.0.0.0/12');
    const large = groupOf('sg-b', ...twelfths(20, 16));
    expect(short(groupEstate([small, large], [both]))).toEqual(['remediate revoke sg-a: sg-a-1']);
    const [unnamed] = short(groupEstate([small, large], [both]), {
      fact: { kind: 'group-associated', vpcId: 'vpc-2' },
    });
    // All as wide as one another: the first id goes.
    expect(unnamed).toBe('remediate revoke sg-a: sg-a-1');
    const lastReading = { kind: 'security-group', cleanRuleIds: ['sg-a-1'], rules: [], earlier: [] } as const;
    const named: Fact = { kind: 'rules-added', egress: false, ruleIds: ['sg-b-1'] };
    expect(short(groupEstate([small, large], [both]), { fact: named, history: { lastReading } })).toEqual([
      'remediate revoke sg-b: sg-b-1',
    ]);
  });

  it('is held where the group is used by an interface that is not open, but for what has just been opened', () => {
    const alone = interfaceOf('eni-2', ['sg-a']);
    const estate = groupEstate([A, B], [both, alone]);
    const decisions = decided(estate);
    expect(decisions.map(inShort)).toEqual([
      'remediate revoke sg-a: sg-a-1',
      'hold shared revoke sg-a: sg-a-10,sg-a-2,sg-a-3',
    ]);
    expect(decisions[1]?.reason).toBe('sg-a is also used by eni-2, for whom nothing is wrong');
    const fact: Fact = { kind: 'rules-added', egress: false, ruleIds: ['sg-a-1', 'sg-a-2', 'sg-a-3', 'sg-a-4'] };
    expect(short(estate, { fact })).toEqual(['remediate revoke sg-a: sg-a-1,sg-a-2,sg-a-3,sg-a-4']);
    const older: Fact = { kind: 'group-associated', vpcId: 'vpc-2' };
    expect(short(estate, { fact: older })).toEqual(['hold shared revoke sg-a: sg-a-1,sg-a-10,sg-a-2,sg-a-3']);
    const lastReading = {
      kind: 'security-group',
      cleanRuleIds: A.rules.map(({ id }) => id).filter((id) => id !== 'sg-a-7'),
      rules: [],
      earlier: [],
    } as const;
    expect(short(estate, { fact: older, history: { lastReading } })).toEqual([
      'remediate revoke sg-a: sg-a-7',
      'hold shared revoke sg-a: sg-a-1,sg-a-10,sg-a-2',
    ]);
  });

  it('is put right where every interface that has the group is open, be it with different neighbours', () => {
    const C = groupOf('sg-c', ...twelfths(30, 10));
    const interfaces = [both, interfaceOf('eni-2', ['sg-a', 'sg-c'])];
    const expected = 'remediate revoke sg-a: sg-a-1,sg-a-10,sg-a-2,sg-a-3';
    expect(short(groupEstate([A, B, C], interfaces))).toEqual([expected, expected]);
  });

  it('follows the mode of the group whose rules go, not that of another one that somebody may attach', () => {
    const mode = (group: string, setting: 'observe' | 'off'): Given => ({
      policy: { modes: [{ rules: null, select: { securityGroup: [group] }, mode: setting }] },
    });
    const estate = groupEstate([A, B], [both]);
    expect(short(estate, mode('sg-a', 'observe'))[0]).toMatch(/^hold observe /);
    expect(short(estate, mode('sg-b', 'observe'))[0]).toMatch(/^remediate /);
    expect(decided(estate, mode('sg-a', 'off'))).toMatchObject([{ kind: 'ignore' }]);
  });

  it('has the boldest mode of the VPCs in which interfaces have both, whatever VPC a group was made in', () => {
    const observed: Given = { policy: { modes: [{ rules: null, select: { vpc: ['vpc-1'] }, mode: 'observe' }] } };
    expect(short(groupEstate([A, B], [both]), observed)[0]).toMatch(/^hold observe /);
    const abroad = interfaceOf('eni-2', ['sg-a', 'sg-b'], { vpcId: 'vpc-2' });
    expect(short(groupEstate([A, B], [both, abroad]), observed)[0]).toMatch(/^remediate /);
    const elsewhere: Given = { policy: { modes: [{ rules: null, select: { vpc: ['vpc-2'] }, mode: 'observe' }] } };
    expect(short(groupEstate([A, B], [abroad]), elsewhere)[0]).toMatch(/^hold observe /);
  });

  it('of another account is held as not ours', () => {
    const theirs = { ...A, group: { ...A.group, ownerId: '210987654321' } };
    expect(short(groupEstate([theirs, B], [both]))[0]).toMatch(/^hold not-ours revoke sg-a/);
  });

  it('is excused by an exemption of either group; a limited one excuses what it names', () => {
    const exemption = (select: Exemption['select']): Partial<Policy> => ({
      exemptions: [
        {
          id: 'x',
          reason: 'why',
          owner: 'who',
          ticket: null,
          rules: ['internet'],
          select,
          notBefore: null,
          expires: '2026-04-01T00:00:00.000Z',
        },
      ],
    });
    const estate = groupEstate([A, B], [both]);
    expect(short(estate, { policy: exemption({ securityGroup: ['sg-b'] }) })[0]).toMatch(/^hold exempted /);
    expect(short(estate, { policy: exemption({ securityGroup: ['sg-c'] }) })[0]).toMatch(/^remediate /);
    expect(short(estate, { policy: exemption({ securityGroup: ['sg-b'], range: ['11.0.0.0/8'] }) })[0]).toMatch(
      /^hold exempted/,
    );
    expect(
      short(estate, { policy: exemption({ securityGroup: ['sg-b'], port: [{ from: 443, to: 443 }] }) })[0],
    ).toMatch(/^remediate /);
    expect(short(estate, { policy: exemption({ tag: { a: ['b'] }, vpc: ['vpc-1'] }) })[0]).toMatch(/^remediate /);
  });

  it('counts as new where one of its rules is; else it was there before', () => {
    const estate = groupEstate([A, B], [both]);
    const policy: Partial<Policy> = { when: 'new' };
    expect(short(estate, { policy })[0]).toMatch(/^remediate /);
    const unnamed: Fact = { kind: 'rules-added', egress: false, ruleIds: [] };
    expect(short(estate, { policy, fact: unnamed })[0]).toMatch(/^hold pre-existing /);
  });
});

describe('egress of two groups together', () => {
  it('is judged by its own rule', () => {
    const out = (id: string, first: number) => {
      const group = groupOf(id, ...twelfths(first, 10));
      return { ...group, rules: group.rules.map((it) => ({ ...it, egress: true })) };
    };
    const estate = groupEstate([out('sg-a', 11), out('sg-b', 20)], [both]);
    expect(decided(estate)).toMatchObject([{ kind: 'ignore' }]);
    const egress = { mode: null, protects: POLICY.internet.protects, limit: POLICY.internet.limit, allowedRanges: [] };
    const fact: Fact = { kind: 'rules-added', egress: true, ruleIds: ['sg-a-1'] };
    const [decision] = decided(estate, { policy: { egress }, fact });
    expect(decision).toMatchObject({ rule: 'egress', remediation: { egress: true } });
    expect(decision?.reason).toContain('may go to the internet by 2 groups');
  });
});

describe('an interface whose groups were set', () => {
  const set: Fact = { kind: 'security-groups-changed', groupIds: ['sg-a', 'sg-b'] };
  const knew = (...groupIds: string[]): Partial<History> => ({ lastReading: { kind: 'network-interface', groupIds } });

  it('loses the group that the change attached', () => {
    const decisions = decided(interfaceEstate([A, B]), { fact: set, history: knew('sg-a') });
    expect(decisions).toMatchObject([
      {
        kind: 'remediate',
        remediation: { action: 'detach-groups', interfaceId: 'eni-1', groupIds: ['sg-b'], remaining: ['sg-a'] },
        finding: {
          key: 'network-interface/eni-1/internet/detach/sg-b',
          round: occurrenceOf('event-1'),
          severity: 'high',
        },
      },
    ]);
  });

  it.each<[string, Estate, Given, string]>([
    [
      'all were attached when it was made',
      interfaceEstate([A, B]),
      { fact: { kind: 'interfaces-created', groupIds: [] } },
      'remediate detach eni-1: sg-a',
    ],
    [
      'what it had is not known',
      interfaceEstate([A, B]),
      { fact: set },
      'remediate revoke sg-a: sg-a-1,sg-a-10,sg-a-2,sg-a-3',
    ],
    [
      'nothing was attached',
      interfaceEstate([A, B]),
      { fact: set, history: knew('sg-a', 'sg-b') },
      'remediate revoke sg-a: sg-a-1,sg-a-10,sg-a-2,sg-a-3',
    ],
    ['both are new', interfaceEstate([A, B]), { fact: set, history: knew('sg-z') }, 'remediate detach eni-1: sg-a'],
    [
      'what was attached is not enough',
      interfaceEstate([A, B, groupOf('sg-c', '52.0.0.0/16')]),
      { fact: set, history: knew('sg-a', 'sg-b') },
      'remediate revoke sg-a: sg-a-1,sg-a-10,sg-a-2,sg-a-3; remediate revoke sg-c: sg-c-1',
    ],
    [
      'a service made it',
      interfaceEstate([A, B], { requesterManaged: true }),
      { fact: set, history: knew('sg-a') },
      'remediate revoke sg-b: sg-b-1,sg-b-10,sg-b-2,sg-b-3',
    ],
    [
      'another account owns it',
      interfaceEstate([A, B], { ownerId: '210987654321' }),
      { fact: set, history: knew('sg-a') },
      'remediate revoke sg-b: sg-b-1,sg-b-10,sg-b-2,sg-b-3',
    ],
    [
      'what it had is not known, and another has the group',
      interfaceEstate([A, B], {}, [interfaceOf('eni-2', ['sg-a'])]),
      { fact: set },
      'hold shared revoke sg-a: sg-a-1,sg-a-10,sg-a-2,sg-a-3',
    ],
    [
      'it was there before undrift, but not so attached',
      interfaceEstate([A, B]),
      { fact: set, policy: { when: 'new' } },
      'remediate revoke sg-a: sg-a-1,sg-a-10,sg-a-2,sg-a-3',
    ],
  ])('where %s', (_name, estate, given, expected) => {
    expect(short(estate, given).join('; ')).toBe(expected);
  });

  const open = groupOf('sg-b', '0.0.0.0/0');
  it('keeps a group that is open by itself: its rules go', () => {
    expect(decided(interfaceEstate([A, open]), { fact: set, history: knew('sg-a') })).toMatchObject([
      { kind: 'ignore', clean: true },
    ]);
  });

  it.each<[string, Parameters<typeof interfaceEstate>[0], Partial<Policy>]>([
    ['it was open before undrift', [A, open], { when: 'new' }],
    ['another account owns it', [A, { ...open, group: { ...open.group, ownerId: '210987654321' } }], {}],
    ['a service looks after it', [A, { ...open, group: { ...open.group, tags: { 'aws:eks:cluster-name': 'x' } } }], {}],
  ])('loses a group that is open by itself and stays so, as %s', (_name, groups, policy) => {
    const given = { fact: set, history: knew('sg-a'), policy };
    expect(short(interfaceEstate(groups), given)).toEqual(['remediate detach eni-1: sg-b']);
  });

  it('loses a group that is open by itself and only observed, where the interface is enforced', () => {
    const modes: Policy['modes'] = [{ rules: null, select: { securityGroup: ['sg-b'] }, mode: 'observe' }];
    const given = { fact: set, history: knew('sg-a'), policy: { modes } };
    expect(short(interfaceEstate([A, open]), given)).toEqual(['remediate detach eni-1: sg-b']);
    const everywhere = { ...given, policy: { mode: 'observe' as const } };
    expect(decided(interfaceEstate([A, open]), everywhere)).toMatchObject([{ kind: 'ignore', clean: true }]);
  });

  it('keeps its groups where it was as open before: nothing would be closed', () => {
    const other = groupOf('sg-a', '0.0.0.0/0');
    const given = { fact: set, history: knew('sg-a'), policy: { when: 'new' as const } };
    expect(decided(interfaceEstate([other, open]), given)).toMatchObject([{ kind: 'ignore', clean: true }]);
    // Open on another port is another opening.
    const rdp = { ...groupOf('sg-b'), rules: [rule('sg-b-1', { groupId: 'sg-b', fromPort: 3389, toPort: 3389 })] };
    const ports = [22, 3389].map((port) => ({ from: port, to: port }));
    const internet = { ...POLICY.internet, protects: [{ name: 'admin', protocols: [6], ports }] };
    expect(short(interfaceEstate([other, rdp]), { ...given, policy: { when: 'new', internet } })).toEqual([
      'remediate detach eni-1: sg-b',
    ]);
  });

  it('where nothing is known of it loses first what its groups did not have when they were last seen', () => {
    const reading = (group: typeof B, without: string) => ({
      kind: 'security-group' as const,
      cleanRuleIds: group.rules.map(({ id }) => id).filter((id) => id !== without),
      rules: [],
      earlier: [],
    });
    const ofGroups = { 'sg-b': reading(B, 'sg-b-5') };
    expect(short(interfaceEstate([A, B]), { fact: set, history: { ofGroups } })).toEqual([
      'remediate revoke sg-a: sg-a-1,sg-a-10,sg-a-2',
      'remediate revoke sg-b: sg-b-5',
    ]);
  });

  it.each([
    ['one group', [A]],
    ['groups that are within the limit', [A, groupOf('sg-b', '52.0.0.0/16')]],
  ])('is clean with %s', (_name, groups) => {
    expect(decided(interfaceEstate(groups), { fact: set })).toMatchObject([{ kind: 'ignore', clean: true }]);
  });

  it('follows the mode of its VPC, whatever the modes of its groups: somebody may attach one that is observed', () => {
    const observe = (select: Policy['modes'][number]['select']): Given => ({
      fact: set,
      history: knew('sg-a'),
      policy: { modes: [{ rules: null, select, mode: 'observe' }] },
    });
    const estate = interfaceEstate([A, B]);
    expect(short(estate, observe({ vpc: ['vpc-1'] }))).toEqual(['hold observe detach eni-1: sg-b']);
    expect(short(estate, observe({ securityGroup: ['sg-a'] }))).toEqual(['remediate detach eni-1: sg-b']);
    expect(short(estate, observe({ securityGroup: ['sg-b'] }))).toEqual(['remediate detach eni-1: sg-b']);
    expect(short(estate, observe({ vpc: ['vpc-2'] }))).toEqual(['remediate detach eni-1: sg-b']);
  });

  it('is enforced where a group is that it had before', () => {
    const enforced = (id: string): Given => ({
      fact: set,
      history: knew('sg-a'),
      policy: { mode: null, modes: [{ rules: null, select: { securityGroup: [id] }, mode: 'enforce' }] },
    });
    const estate = interfaceEstate([A, B]);
    expect(short(estate, enforced('sg-a'))).toEqual(['remediate detach eni-1: sg-b']);
    expect(short(estate, enforced('sg-b'))).toEqual(['hold observe detach eni-1: sg-b']);
  });

  it('without any group is not looked at', () => {
    expect(decided(interfaceEstate([]), { fact: set })).toMatchObject([{ kind: 'ignore', clean: false }]);
  });
});

describe('public listeners of load balancers', () => {
  const web = {
    ...groupOf('sg-a'),
    rules: [443, 22].map((port) => rule(`sg-a-${port}`, { groupId: 'sg-a', fromPort: port, toPort: port })),
  };
  const only443 = { ...web, rules: web.rules.slice(0, 1) };
  const internet = {
    ...POLICY.internet,
    protects: [{ name: 'everything', protocols: [6], ports: [{ from: 0, to: 65535 }] }],
    loadBalancers: [
      { from: 80, to: 80 },
      { from: 443, to: 443 },
    ],
  };
  const balancer = interfaceOf('eni-1', ['sg-a'], {
    loadBalancer: true,
    requesterManaged: true,
    description: 'ELB app/x',
  });
  const instance = interfaceOf('eni-2', ['sg-a']);

  it.each<[string, Estate, Partial<Policy>, string[]]>([
    ['are kept', groupEstate([only443], [balancer]), {}, ['ignore']],
    ['are kept, and what else is open goes', groupEstate([web], [balancer]), {}, ['remediate revoke sg-a: sg-a-22']],
    ['do not excuse an instance', groupEstate([only443], [instance]), {}, ['remediate revoke sg-a: sg-a-443']],
    ['are kept in a group that nobody has yet', groupEstate([web], []), {}, ['remediate revoke sg-a: sg-a-22']],
    [
      'are closed where it was not read who has the group',
      { ...groupEstate([only443], []), surroundings: null },
      {},
      ['remediate revoke sg-a: sg-a-443'],
    ],
    [
      'are closed where the policy allows none',
      groupEstate([only443], [balancer]),
      { internet: { ...internet, loadBalancers: [] } },
      ['remediate revoke sg-a: sg-a-443'],
    ],
  ])('%s', (_name, estate, policy, expected) => {
    expect(short(estate, { policy: { internet, ...policy } })).toEqual(expected);
  });

  it('are told of, where an instance has the group, too; what the change has just opened goes', () => {
    const estate = groupEstate([web], [balancer, instance]);
    expect(short(estate, { policy: { internet } })).toEqual([
      'hold shared revoke sg-a: sg-a-443',
      'remediate revoke sg-a: sg-a-22',
    ]);
    const fact: Fact = { kind: 'rules-added', egress: false, ruleIds: ['sg-a-443'] };
    expect(short(estate, { policy: { internet }, fact })).toEqual(['remediate revoke sg-a: sg-a-22,sg-a-443']);
  });

  it('come off an instance that they are attached to', () => {
    const groups = [groupOf('sg-b', '52.0.0.0/16'), only443];
    const estate = interfaceEstate(groups, {}, [balancer]);
    const lastReading = { kind: 'network-interface', groupIds: ['sg-b'] } as const;
    const fact: Fact = { kind: 'security-groups-changed', groupIds: ['sg-a', 'sg-b'] };
    expect(short(estate, { policy: { internet }, fact, history: { lastReading } })).toEqual([
      'remediate detach eni-1: sg-a',
    ]);
  });

  it('are kept where two groups of the balancer let them in together', () => {
    const https = (id: string, first: number) => {
      const group = groupOf(id, ...twelfths(first, 10));
      return { ...group, rules: group.rules.map((it) => ({ ...it, fromPort: 443, toPort: 443 })) };
    };
    const groups = [https('sg-a', 11), https('sg-b', 20)] as const;
    const of = (loadBalancer: boolean) =>
      groupEstate([...groups], [interfaceOf('eni-1', ['sg-a', 'sg-b'], { loadBalancer })]);
    expect(short(of(true), { policy: { internet } })).toEqual(['ignore']);
    expect(short(of(false), { policy: { internet } })[0]).toMatch(/^remediate revoke sg-a/);
  });
});

describe('what a finding on a group says of its surroundings', () => {
  it('names prefix lists that somebody else owns', () => {
    const list = (ownerId: string | null) => ({ id: 'pl-1', name: null, ownerId, cidrs: ['0.0.0.0/0'], version: 1 });
    const evidence = (ownerId: string | null) => {
      const [decision] = decided(groupEstate([groupOf('sg-a', 'pl-1')], [], [list(ownerId)]));
      return decision?.kind === 'remediate' ? decision.finding.evidence : [];
    };
    expect(evidence('210987654321')).toContain(
      'pl-1 belongs to 210987654321, who can widen it without an event in this account',
    );
    expect(evidence(ACCOUNT).join()).not.toContain('pl-1 belongs');
  });

  it('serves every VPC in which an interface has it: an exemption of one VPC is not enough', () => {
    const exemptions: Exemption[] = [
      {
        id: 'x',
        reason: 'why',
        owner: 'who',
        ticket: null,
        rules: null,
        select: { vpc: ['vpc-1'] },
        notBefore: null,
        expires: '2026-04-01T00:00:00.000Z',
      },
    ];
    const open = groupOf('sg-a', '0.0.0.0/0');
    const inVpc = (vpcId: string) => groupEstate([open], [interfaceOf('eni-1', ['sg-a'], { vpcId })]);
    expect(short(inVpc('vpc-1'), { policy: { exemptions } })).toEqual(['hold exempted revoke sg-a: sg-a-1']);
    expect(short(inVpc('vpc-2'), { policy: { exemptions } })).toEqual(['remediate revoke sg-a: sg-a-1']);
  });
});

describe('very many combinations', () => {
  /** How often somebody asks which groups an interface has, while so many interfaces with a group each beside ours are judged. */
  function asked(count: number): number {
    let times = 0;
    const neighbours = Array.from({ length: count }, (_, n) => groupOf(`sg-b${n}`, ...twelfths(20, 10)));
    const interfaces = neighbours.map(({ group }, n) => ({
      ...both,
      id: `eni-${n}`,
      get groupIds() {
        times += 1;
        return ['sg-a', group.id];
      },
    }));
    const decisions = decided(groupEstate([A, ...neighbours], interfaces));
    expect(decisions.filter(({ kind }) => kind === 'remediate').length).toBeGreaterThanOrEqual(count);
    return times;
  }

  it('are judged without looking at every interface for each: twice as many cost twice as much', () => {
    expect(asked(200) / asked(100)).toBeLessThan(2.1);
  });
});
