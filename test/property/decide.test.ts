import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type History } from '../../src/decide.ts';
import type { Change, Fact } from '../../src/domain/change.ts';
import { type Decision, GUARDS } from '../../src/domain/decision.ts';
import type { Difference, Drift, Estate, InstanceEstate, SecurityGroupEstate } from '../../src/domain/estate.ts';
import type { Exemption, Mode, Policy, Selector } from '../../src/policy/policy.ts';
import { CONTEXT, HISTORY, OPENED, POLICY } from '../unit/decide/perfect.ts';
import { FLEET, INSTANCE, memberOf } from '../unit/guards/perfect.ts';
import { ALICE, DEPLOYER } from '../unit/policy/subjects.ts';
import { SETTINGS } from '../unit/rules/perfect.ts';
import { anyEstate, cidr } from './estates.ts';

const RUNS = { numRuns: 2000 };

const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  fc.subarray(['r0', 'r1', 'r2', 'r3']).map((ruleIds): Fact => ({ kind: 'ingress-changed', ruleIds })),
  fc.constantFrom<Fact>(
    { kind: 'user-data-changed' },
    { kind: 'security-groups-changed', groupIds: ['sg-2'] },
    { kind: 'instance-profile-changed', profile: 'admin' },
    { kind: 'metadata-options-changed' },
    { kind: 'instance-attribute-changed', attribute: 'instanceType' },
    { kind: 'volume-attached', volumeId: 'vol-9', device: null },
    { kind: 'session-started', sessionId: null },
    { kind: 'ssh-key-pushed', osUser: null },
    { kind: 'closing-call' },
  ),
  fc
    .tuple(fc.constantFrom('restricted-ssh', 'drifted', 'profile-only', 'other'), fc.boolean())
    .map(([by, transition]): Fact => ({ kind: 'verdict', by, transition })),
);
const anyChange: fc.Arbitrary<Change> = fc
  .tuple(anyFact, fc.constantFrom(ALICE, DEPLOYER, { ...DEPLOYER, issuerArn: null }))
  .map(([fact, actor]) => ({ ...OPENED, fact, actor }));

const difference: fc.Arbitrary<Difference> = fc.record({
  attribute: fc.constantFrom('user-data', 'security-groups', 'instance-profile'),
  expected: fc.constant('none'),
  found: fc.constant('admin'),
});
const anyDrift: fc.Arbitrary<Drift | null> = fc.option(
  fc.oneof(
    fc
      .uniqueArray(difference, { maxLength: 3, selector: ({ attribute }) => attribute })
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
const anyEstateAtAll: fc.Arbitrary<Estate> = fc.oneof(
  { weight: 4, arbitrary: anyEstate },
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
      actor: fc.constantFrom(['*alice'], ['*role/deploy']),
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
    trustedActors: fc.constantFrom([], [{ id: 'pipeline', role: '*role/deploy' }]),
  })
  .map((given) => ({ ...POLICY, internet: { ...SETTINGS }, ...given }));
const anyHistory: fc.Arbitrary<History> = fc.record({
  pause: fc.constantFrom(null, null, { until: '2026-03-01T14:00:00.000Z', reason: 'maintenance', by: 'kim' }),
  lastCleanRuleIds: fc.option(fc.subarray(['r0', 'r1', 'r2'])),
  ownCall: fc.constantFrom('none' as const, 'none' as const, 'unknown' as const),
});

const situation = fc.tuple(anyChange, anyEstateAtAll, anyPolicy, anyHistory);
const decided = ([change, estate, , history]: readonly [Change, Estate, Policy, History], policy: Policy) =>
  decide(change, estate, policy, history, CONTEXT);

/** What would be touched: rule ids, instances. */
function touched(decisions: readonly Decision[]): readonly string[] {
  return decisions.flatMap((decision) => {
    if (decision.kind !== 'remediate') return [];
    const { remediation } = decision;
    return remediation.action === 'revoke-rules' ? remediation.ruleIds : [remediation.instanceId];
  });
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
        const ids =
          estate.kind === 'security-group'
            ? estate.rules.filter((rule) => !rule.egress).map(({ id }) => id)
            : estate.kind === 'instance' && estate.group !== null
              ? [estate.instance.id]
              : [];
        for (const id of touched(decided(given, policy))) expect(ids).toContain(id);
      }),
      RUNS,
    );
  });

  it('touches nothing but where every mode that applies enforces, and nothing while paused', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const [, , policy, history] = given;
        if (policy.mode === 'enforce' && history.pause === null) return;
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

  it('never touches more in a more cautious mode, or with a further pause', () => {
    fc.assert(
      fc.property(situation, anyMode, selector, (given, mode, select) => {
        const [change, estate, policy, history] = given;
        const before = touched(decided(given, policy));
        const modes = [...policy.modes, { rules: null, select, mode }];
        const pause = { until: '2026-03-01T14:00:00.000Z', reason: 'maintenance', by: 'kim' };
        if (policy.mode !== null) {
          for (const id of touched(decided(given, { ...policy, modes }))) expect(before).toContain(id);
        }
        for (const id of touched(decided(given, { ...policy, mode }))) {
          if (mode !== 'enforce') expect(before).toContain(id);
        }
        expect(touched(decide(change, estate, policy, { ...history, pause }, CONTEXT))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('decided, done, and decided again finds nothing to put right', () => {
    fc.assert(
      fc.property(fc.tuple(anyChange, anyEstate, anyPolicy, anyHistory), (given) => {
        const [change, estate, policy, history] = given;
        const gone = new Set(touched(decided(given, policy)));
        const rules = estate.rules.filter(({ id }) => !gone.has(id));
        const rest: SecurityGroupEstate = { ...estate, rules };
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
