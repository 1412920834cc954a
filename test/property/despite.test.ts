import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/decide.ts';
import type { Change } from '../../src/domain/change.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { Drift, InstanceEstate } from '../../src/domain/estate.ts';
import { OBSTACLES, type Told } from '../../src/domain/obstacle.ts';
import type { Policy, Selector } from '../../src/policy/policy.ts';
import { ALTERED, CONTEXT, HISTORY, POLICY } from '../unit/decide/perfect.ts';
import { FLEET, INSTANCE, memberOf } from '../unit/guards/perfect.ts';

const RUNS = { numRuns: 2000 };
type Entry = Policy['replaceDespite'][number];

const told = fc.constantFrom<Told>(false, false, true, { unread: 'denied' });
const drift = fc.constantFrom<Drift | null>(
  null,
  { kind: 'unknown', why: 'the template is gone' },
  { kind: 'compared', baseline: 'lt-1', differences: [] },
  {
    kind: 'compared',
    baseline: 'lt-1',
    differences: [{ path: 'block-devices/sdf', expected: 'none', found: 'vol-2' }],
  },
);
const volume = fc.record({
  id: fc.constant('vol-2'),
  device: fc.constantFrom('/dev/sdf', '/dev/xvda'),
  deleteOnTermination: fc.boolean(),
});
const face = fc.record({
  id: fc.constant('eni-1'),
  deviceIndex: fc.constantFrom(0, 0, 1),
  elasticIp: fc.constantFrom(false, false, true),
});
const estate: fc.Arbitrary<InstanceEstate> = fc
  .record({
    drift,
    volumes: fc.array(volume, { maxLength: 1 }),
    interfaces: fc.array(face, { maxLength: 1 }),
    ties: fc.option(fc.record({ terminationProtection: told, instanceStore: told }), { nil: undefined }),
    protectedFromScaleIn: fc.constantFrom(false, false, true),
    alone: fc.constantFrom(false, false, true),
  })
  .map(({ drift: found, volumes, interfaces, ties, protectedFromScaleIn, alone }) => {
    const own = memberOf('i-1', { protectedFromScaleIn });
    const members = alone ? [own] : [own, memberOf('i-2'), memberOf('i-3')];
    return {
      kind: 'instance',
      instance: { ...INSTANCE, volumes, interfaces },
      group: { ...FLEET, desired: members.length, members },
      drift: found,
      ...(ties !== undefined && { ties }),
    };
  });
const selector = fc.constantFrom<Selector>(
  { autoScalingGroup: ['web'] },
  { autoScalingGroup: ['db'] },
  { instance: ['i-1'] },
  {},
);
const entry: fc.Arbitrary<Entry> = fc.record({
  what: fc.subarray([...OBSTACLES], { minLength: 1 }),
  select: selector,
  reason: fc.constant('They hold nothing.'),
});
const entries = fc.array(entry, { maxLength: 2 });
const change = fc.constantFrom<Change>(
  ALTERED,
  { ...ALTERED, fact: { kind: 'volume-attached', volumeId: 'vol-2', device: '/dev/sdf' } },
  {
    ...ALTERED,
    fact: { kind: 'signal', signal: 'termination-protection-changed', detail: 'true', drift: '' },
  },
);

const decided = (what: Change, of: InstanceEstate, replaceDespite: readonly Entry[]) =>
  decide(what, of, { ...POLICY, replaceDespite }, HISTORY, CONTEXT);
const acts = (decisions: readonly Decision[]) => decisions.map(({ kind }) => kind === 'remediate');
/** All but what is said of it. */
const bare = (decisions: readonly Decision[]) => decisions.map(({ kind, guard, reason }) => ({ kind, guard, reason }));

describe('what the policy lets an instance be replaced despite of', () => {
  it('never holds what went without it', () => {
    fc.assert(
      fc.property(change, estate, entries, entry, (what, of, before, further) => {
        const without = acts(decided(what, of, before));
        const withIt = acts(decided(what, of, [...before, further]));
        for (const [index, went] of without.entries()) if (went) expect(withIt[index]).toBe(true);
      }),
      RUNS,
    );
  });

  it('changes nothing where it selects something else', () => {
    fc.assert(
      fc.property(change, estate, entry, (what, of, further) => {
        const elsewhere = { ...further, select: { autoScalingGroup: ['db'] } };
        expect(decided(what, of, [elsewhere])).toEqual(decided(what, of, []));
      }),
      RUNS,
    );
  });

  it('is named in the evidence where it made the difference, and nowhere without an entry', () => {
    fc.assert(
      fc.property(change, estate, entry, (what, of, given) => {
        const named = (decisions: readonly Decision[]) => JSON.stringify(decisions).includes('replaceDespite[0]');
        const [before, after] = [decided(what, of, []), decided(what, of, [given])];
        expect(named(before)).toBe(false);
        if (JSON.stringify(bare(before)) !== JSON.stringify(bare(after))) expect(named(after)).toBe(true);
      }),
      RUNS,
    );
  });

  it('lets all of it go that nothing else holds, when it says everything', () => {
    fc.assert(
      fc.property(change, estate, (what, of) => {
        const all = { what: OBSTACLES, select: { autoScalingGroup: ['web'] }, reason: 'They hold nothing.' };
        expect(acts(decided(what, of, [all]))).toEqual([true]);
      }),
      RUNS,
    );
  });
});
