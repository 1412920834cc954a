import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sidesOf } from '../../src/decide/case.ts';
import { withoutOwn } from '../../src/decide/combinations.ts';
import { decide, type History } from '../../src/decide.ts';
import type { Change, Fact } from '../../src/domain/change.ts';
import { type Decision, GUARDS, type Remediation } from '../../src/domain/decision.ts';
import type {
  Difference,
  Drift,
  Estate,
  GroupWithRules,
  InstanceEstate,
  InterfaceEstate,
  PrefixListEstate,
  SecurityGroupEstate,
} from '../../src/domain/estate.ts';
import { type PauseFlag, saysStop } from '../../src/domain/pause.ts';
import type { Reading } from '../../src/domain/reading.ts';
import type { Exemption, Mode, Policy, Selector } from '../../src/policy/policy.ts';
import { groupOf, interfaceEstate, interfaceOf } from '../unit/decide/networks.ts';
import { CONTEXT, HISTORY, OPENED, POLICY } from '../unit/decide/perfect.ts';
import { FLEET, INSTANCE, memberOf } from '../unit/guards/perfect.ts';
import { ALICE, DEPLOYER } from '../unit/policy/subjects.ts';
import { SETTINGS } from '../unit/rules/perfect.ts';
import { anyEstate, cidr } from './estates.ts';

const RUNS = { numRuns: 2000 };

const someRules = fc.subarray(['r0', 'r1', 'r2', 'r3']);
const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  fc
    .tuple(fc.constantFrom('rules-added', 'rules-described', 'rules-removed'), fc.boolean(), someRules)
    .map(([kind, egress, ruleIds]): Fact => ({ kind, egress, ruleIds })),
  someRules.map((ruleIds): Fact => ({ kind: 'rules-modified', ruleIds })),
  fc.option(fc.array(cidr, { maxLength: 2 })).map((added): Fact => ({ kind: 'prefix-list-changed', added })),
  fc.constantFrom<Fact>(
    { kind: 'user-data-changed' },
    { kind: 'security-groups-changed', groupIds: ['sg-2'] },
    { kind: 'interfaces-created', groupIds: ['sg-2'] },
    { kind: 'group-associated', vpcId: 'vpc-2' },
    { kind: 'instance-profile-changed', profile: 'admin' },
    { kind: 'metadata-options-changed' },
    { kind: 'instance-attribute-changed', attribute: 'instanceType' },
    { kind: 'volume-attached', volumeId: 'vol-9', device: null },
    { kind: 'session-started', sessionId: null },
    { kind: 'ssh-key-pushed', osUser: null },
    { kind: 'signal', signal: 'interface-attached', detail: 'eni-9', drift: 'eni-9' },
    { kind: 'tags-changed', keys: ['Env'], removed: false },
    { kind: 'closing-call' },
    { kind: 'session-ended', sessionId: 's-1' },
  ),
  fc
    .tuple(fc.constantFrom('restricted-ssh', 'drifted', 'profile-only', 'other'), fc.boolean())
    .map(([by, transition]): Fact => ({ kind: 'verdict', by, transition })),
);
const anyChange: fc.Arbitrary<Change> = fc
  .tuple(anyFact, fc.constantFrom(ALICE, DEPLOYER, { ...DEPLOYER, issuerArn: null }))
  .map(([fact, actor]) => ({ ...OPENED, fact, actor }));

const difference: fc.Arbitrary<Difference> = fc.record({
  path: fc.constantFrom('user-data' as const, 'security-groups' as const, 'profile' as const),
  expected: fc.constant('none'),
  found: fc.constant('admin'),
});
const anyDrift: fc.Arbitrary<Drift | null> = fc.option(
  fc.oneof(
    fc
      .uniqueArray(difference, { maxLength: 3, selector: ({ path }) => path })
      .map((differences): Drift => ({ kind: 'compared', baseline: 'lt-1', differences })),
    fc.constant<Drift>({ kind: 'unknown', why: 'the template is gone' }),
  ),
);
const anyMember = (id: string) =>
  fc
    .record({
      lifecycleState: fc.constantFrom('InService', 'InService', 'InService', 'Standby', 'Pending', 'Terminating:Wait'),
      healthy: fc.boolean(),
      protectedFromScaleIn: fc.constantFrom(false, false, true),
    })
    .map((given) => memberOf(id, given));
const anyFleet = fc
  .record({
    members: fc.tuple(anyMember('i-1'), anyMember('i-2'), anyMember('i-3')),
    desired: fc.integer({ min: 0, max: 4 }),
    refreshRunning: fc.constantFrom(false, false, true),
    suspendedProcesses: fc.constantFrom([], [], ['Launch'], ['AZRebalance']),
    tags: fc.constantFrom(FLEET.tags, FLEET.tags, {}),
  })
  .map((given) => ({ ...FLEET, ...given }));
const anyInstance: fc.Arbitrary<InstanceEstate> = fc
  .record({
    state: fc.constantFrom('running', 'running', 'stopped', 'terminated'),
    group: fc.option(anyFleet, { freq: 6 }),
    drift: anyDrift,
  })
  .map(({ state, ...rest }) => ({ kind: 'instance', instance: { ...INSTANCE, state }, ...rest }));
/** The rules of a group spread over three groups of interfaces, so that they are open together or not at all. */
const anyInterface: fc.Arbitrary<InterfaceEstate> = fc
  .tuple(anyEstate, fc.subarray(['sg-a', 'sg-b', 'sg-c'], { minLength: 1 }), fc.boolean())
  .map(([{ rules, prefixLists }, ids, sharedToo]) => {
    const groups = ids.map((id, n) => ({
      group: groupOf(id).group,
      rules: rules.filter((_rule, index) => index % ids.length === n).map((rule) => ({ ...rule, groupId: id })),
    }));
    const others = sharedToo ? [interfaceOf('eni-2', ['sg-a'])] : [];
    return { ...interfaceEstate(groups, {}, others), prefixLists };
  });
const anyGroup: fc.Arbitrary<SecurityGroupEstate> = fc
  .tuple(anyEstate, fc.option(anyInterface))
  .map(([estate, around]) => {
    if (around === null) return estate;
    const neighbours = around.groups.map(({ group, rules }) => ({
      group,
      rules: rules.map((rule) => ({ ...rule, id: `${group.id}-${rule.id}` })),
    }));
    const interfaces = [
      interfaceOf('eni-1', [estate.group.id, ...neighbours.map(({ group }) => group.id)]),
      ...around.interfaces.slice(1),
    ];
    return { ...estate, surroundings: { interfaces, neighbours } };
  });
const anyList: fc.Arbitrary<PrefixListEstate> = fc
  .tuple(fc.array(cidr, { maxLength: 4 }), fc.subarray(['sg-a', 'sg-b']), fc.constantFrom('123456789012', null))
  .map(([cidrs, ids, ownerId]) => {
    const list = { id: 'pl-1', name: null, ownerId, cidrs: [...new Set(cidrs)], version: 3 };
    return {
      kind: 'prefix-list',
      list,
      groups: ids.map((id) => groupOf(id, 'pl-1', '9.0.0.0/9')),
      prefixLists: [list],
    };
  });
const anyEstateAtAll: fc.Arbitrary<Estate> = fc.oneof(
  { weight: 4, arbitrary: anyGroup },
  { weight: 2, arbitrary: anyInterface },
  { weight: 2, arbitrary: anyList },
  { weight: 4, arbitrary: anyInstance },
  { weight: 1, arbitrary: fc.constant<Estate>({ kind: 'missing', resource: { type: 'instance', id: 'i-1' } }) },
);

const selector: fc.Arbitrary<Selector> = fc
  .record(
    {
      group: fc.constantFrom(['web'], ['db']),
      fleet: fc.constantFrom(['web'], ['db']),
      port: fc.constantFrom([{ from: 22, to: 22 }], [{ from: 0, to: 1024 }]),
      range: fc.array(cidr, { minLength: 1, maxLength: 2 }),
      actor: fc.constantFrom(['*alice'], ['arn:aws:iam::*:role/deploy']),
    },
    { requiredKeys: [] },
  )
  .filter((keys) => Object.keys(keys).length > 0);
const anyExemption: fc.Arbitrary<Exemption> = fc
  .record({
    rules: fc.constantFrom(null, ['internet'], ['user-data-changed']),
    select: selector,
    expires: fc.constantFrom('2026-03-02T00:00:00.000Z', '2026-02-01T00:00:00.000Z'),
  })
  .map((given) => ({ id: 'x', reason: 'why', owner: 'who', ticket: null, notBefore: null, ...given }));

const anyMode = fc.constantFrom<Mode>('off', 'observe', 'enforce');
const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    mode: fc.constantFrom<Mode | null>('enforce', 'enforce', 'enforce', 'observe', 'off', null),
    modes: fc.array(fc.record({ rules: fc.constant(null), select: selector, mode: anyMode }), { maxLength: 1 }),
    when: fc.constantFrom('new' as const, 'any' as const),
    exemptions: fc.array(anyExemption, { maxLength: 2 }),
    trustedActors: fc.constantFrom([], [{ id: 'pipeline', role: 'arn:aws:iam::*:role/deploy' }]),
  })
  .chain((given) =>
    fc
      .record({
        pipelineOnly: fc.constantFrom<Policy['pipelineOnly']>({ mode: 'off' }, { mode: null }),
        egress: fc.constantFrom<Policy['egress']>({ ...SETTINGS, mode: 'off' }, SETTINGS),
        internet: fc.constantFrom<Policy['internet']>(SETTINGS, { ...SETTINGS, prefixLists: 'remove-entries' }),
      })
      .map((network) => ({ ...POLICY, ...network, ...given })),
  );
const anyReading: fc.Arbitrary<Reading> = fc.oneof(
  fc.tuple(fc.option(fc.subarray(['r0', 'r1', 'r2'])), anyEstate).map(
    ([cleanRuleIds, { rules }]): Reading => ({
      kind: 'security-group',
      cleanRuleIds,
      rules,
      earlier: rules.map((rule) => ({ rule: { ...rule, toPort: 9 }, until: '2026-03-01T11:59:59.000Z' })),
    }),
  ),
  fc.subarray(['sg-a', 'sg-b']).map((groupIds): Reading => ({ kind: 'network-interface', groupIds })),
  fc.array(cidr, { maxLength: 2 }).map((cidrs): Reading => ({ kind: 'prefix-list', cidrs })),
);
const RUNNING: PauseFlag = { kind: 'running' };
const PAUSED = {
  kind: 'paused',
  until: '2026-03-01T14:00:00.000Z',
  reason: 'maintenance',
  by: 'kim',
  at: '2026-03-01T11:00:00.000Z',
} as const;
const UNREADABLE = { kind: 'unreadable', why: 'throttled', last: null } as const;
const anyHistory: fc.Arbitrary<History> = fc.record({
  pause: fc.constantFrom<PauseFlag>(RUNNING, RUNNING, PAUSED, UNREADABLE, { ...UNREADABLE, last: PAUSED }),
  lastReading: fc.option(anyReading),
});

const situation = fc.tuple(anyChange, anyEstateAtAll, anyPolicy, anyHistory);
const decided = ([change, estate, , history]: readonly [Change, Estate, Policy, History], policy: Policy) =>
  decide(change, estate, policy, history, CONTEXT);

/** What would be touched: rule ids, instances, groups of an interface, entries of a list. */
function touched(decisions: readonly Decision[]): readonly string[] {
  return decisions.flatMap((decision) => (decision.kind === 'remediate' ? partsOf(decision.remediation) : []));
}

function partsOf(act: Remediation): readonly string[] {
  switch (act.action) {
    case 'revoke-rules':
      return act.ruleIds;
    case 'replace-instance':
      return [act.instanceId];
    case 'detach-groups':
      return act.groupIds;
    case 'remove-entries':
      return act.cidrs;
  }
}

/** Everything of the estate that an act may be about. */
function partsIn(estate: Estate): readonly string[] {
  const ids = (groups: readonly GroupWithRules[]) => groups.flatMap(({ rules }) => rules.map(({ id }) => id));
  switch (estate.kind) {
    case 'security-group':
      return ids([estate, ...(estate.surroundings?.neighbours ?? [])]);
    case 'network-interface':
      return [...ids(estate.groups), ...estate.networkInterface.groupIds];
    case 'prefix-list':
      return estate.list.cidrs;
    case 'instance':
      return estate.group === null ? [] : [estate.instance.id];
    case 'missing':
    case 'targets':
    case 'baseline':
      return [];
  }
}

describe('decide', () => {
  it('is total: at least one decision, each whole, no occurrence twice', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const decisions = decided(given, given[2]);
        expect(decisions.length).toBeGreaterThan(0);
        for (const decision of decisions) {
          expect(decision.reason).not.toBe('');
          expect(decision.guard === null || GUARDS.includes(decision.guard)).toBe(true);
          if (decision.kind === 'ignore') continue;
          expect(decision.finding.key).not.toBe('');
          expect(decision.finding.round).not.toBe('');
          if (decision.kind === 'hold') expect(decision.retryAfter).toBeGreaterThan(0);
        }
        const keys = decisions.flatMap((it) => (it.kind === 'ignore' ? [] : [it.finding.key + it.finding.round]));
        expect(new Set(keys).size).toBe(keys.length);
      }),
      RUNS,
    );
  });

  it('says the same twice, and changes nothing that it is given', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const before = structuredClone(given);
        expect(decided(given, given[2])).toEqual(decided(given, given[2]));
        expect(given).toEqual(before);
      }),
      RUNS,
    );
  });

  it('touches only what is in the estate', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const [, estate, policy] = given;
        const parts = partsIn(estate);
        for (const part of touched(decided(given, policy))) expect(parts).toContain(part);
      }),
      RUNS,
    );
  });

  it('touches nothing but where every mode that applies enforces, and nothing while paused', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const [, , policy, history] = given;
        if (policy.mode === 'enforce' && !saysStop(history.pause)) return;
        expect(touched(decided(given, policy))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('never touches more with a further exemption', () => {
    fc.assert(
      fc.property(situation, anyExemption, (given, exemption) => {
        const [, , policy] = given;
        const before = touched(decided(given, policy));
        const exemptions = [...policy.exemptions, exemption];
        for (const id of touched(decided(given, { ...policy, exemptions }))) expect(before).toContain(id);
      }),
      RUNS,
    );
  });

  it('never touches more with a larger grace', () => {
    const rule = fc.constantFrom('user-data-changed' as const, 'session-started' as const, 'volume-attached' as const);
    const grace = fc.constantFrom(0, 1, 60);
    fc.assert(
      fc.property(situation, rule, grace, grace, (given, id, one, other) => {
        const [, , policy] = given;
        const withGrace = (graceMinutes: number) => ({
          ...policy,
          instanceRules: { ...policy.instanceRules, [id]: { ...policy.instanceRules[id], graceMinutes } },
        });
        const before = touched(decided(given, withGrace(Math.min(one, other))));
        for (const part of touched(decided(given, withGrace(Math.max(one, other))))) expect(before).toContain(part);
      }),
      RUNS,
    );
  });

  it('never touches more in a more cautious mode, or with a further pause', () => {
    fc.assert(
      fc.property(situation, anyMode, selector, (given, mode, select) => {
        const [change, estate, policy, history] = given;
        const before = touched(decided(given, policy));
        const modes = [...policy.modes, { rules: null, select, mode }];
        if (policy.mode !== null) {
          for (const id of touched(decided(given, { ...policy, modes }))) expect(before).toContain(id);
        }
        for (const id of touched(decided(given, { ...policy, mode }))) {
          if (mode !== 'enforce') expect(before).toContain(id);
        }
        expect(touched(decide(change, estate, policy, { ...history, pause: PAUSED }, CONTEXT))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('closes the same exposures while the pause flag cannot be read, and replaces nothing', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const [change, estate, policy, history] = given;
        const withFlag = (pause: PauseFlag) => decide(change, estate, policy, { ...history, pause }, CONTEXT);
        const acts = (decisions: readonly Decision[]) => decisions.filter(({ kind }) => kind === 'remediate');
        const unread = acts(withFlag(UNREADABLE));
        expect(unread.filter(({ remediation }) => remediation?.action === 'replace-instance')).toEqual([]);
        const exposures = acts(withFlag(RUNNING)).filter(
          ({ remediation }) => remediation?.action !== 'replace-instance',
        );
        expect(unread).toEqual(exposures);
      }),
      RUNS,
    );
  });

  it('takes no more groups off an interface than leaves one, and never a rule of the other direction', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const [, estate, policy] = given;
        for (const { kind, remediation: act } of decided(given, policy)) {
          if (kind !== 'remediate') continue;
          if (act.action === 'detach-groups') {
            expect(act.remaining.length).toBeGreaterThan(0);
            expect([...act.remaining, ...act.groupIds].sort()).toEqual(
              ['sg-a', 'sg-b', 'sg-c'].filter((id) => partsIn(estate).includes(id)),
            );
          }
          if (act.action !== 'revoke-rules' || estate.kind !== 'security-group') continue;
          const groups = [estate, ...(estate.surroundings?.neighbours ?? [])];
          const rules = groups.find(({ group }) => group.id === act.groupId)?.rules ?? [];
          for (const id of act.ruleIds) {
            expect(rules.find((rule) => rule.id === id)).toMatchObject({ egress: act.egress });
          }
        }
      }),
      RUNS,
    );
  });

  it('decided, done, and decided again finds nothing to put right', () => {
    fc.assert(
      fc.property(fc.tuple(anyChange, anyGroup, anyPolicy, anyHistory), (given) => {
        const [change, estate, policy, history] = given;
        const gone = new Set(touched(decided(given, policy)));
        const left = <T extends GroupWithRules>(group: T): T => ({
          ...group,
          rules: group.rules.filter(({ id }) => !gone.has(id)),
        });
        // What a neighbour opens by itself is a finding of its own, and counts here as put right.
        const putRight = (group: GroupWithRules) =>
          sidesOf(policy).reduce((rest, side) => withoutOwn(side, rest, estate.prefixLists), group);
        const { surroundings } = estate;
        const around = surroundings && {
          ...surroundings,
          neighbours: surroundings.neighbours.map((group) => left(putRight(group))),
        };
        const rest: SecurityGroupEstate = { ...left(estate), surroundings: around };
        expect(touched(decided([change, rest, policy, history], policy))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('finds the same incidents in whatever order the rules are read, whatever their ids', () => {
    fc.assert(
      fc.property(anyEstate, fc.subarray(['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6']), (estate, first) => {
        const keys = (rules: SecurityGroupEstate['rules']) =>
          decide(OPENED, { ...estate, rules }, { ...POLICY, internet: SETTINGS }, HISTORY, CONTEXT).map((it) =>
            it.kind === 'ignore' ? '' : it.finding.key,
          );
        const inFront = estate.rules.filter(({ id }) => first.includes(id));
        const others = estate.rules.filter(({ id }) => !first.includes(id));
        expect(keys([...inFront, ...others]).sort()).toEqual(keys(estate.rules).sort());
        const renamed = estate.rules.map((rule) => ({ ...rule, id: `sgr-${rule.id}` }));
        expect(keys(renamed)).toEqual(keys(estate.rules));
      }),
      RUNS,
    );
  });
});
