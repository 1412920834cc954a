import { describe, expect, it } from 'vitest';
import { readingOf, storedReading } from '../../../src/aws/readings.ts';
import type { Change } from '../../../src/domain/change.ts';
import { cleanReading, type Decision, type Hold, ignore } from '../../../src/domain/decision.ts';
import type { GroupReading } from '../../../src/domain/reading.ts';
import { groupReading, type Judging } from '../../../src/works/group-reading.ts';
import { OPENED, verdict } from '../decide/perfect.ts';
import { estateOf, GROUP, rule } from '../rules/perfect.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const [a, b] = [rule('a', { fromPort: 443, toPort: 443 }), rule('b')];
const CLEAN = cleanReading('within the limit', 'internet');
const remediate = (ruleName: string, ...ruleIds: readonly string[]): Decision => ({
  kind: 'remediate',
  rule: ruleName,
  guard: null,
  reason: 'why',
  remediation: { action: 'revoke-rules', groupId: GROUP, egress: false, ruleIds },
  finding: {
    key: 'key',
    round: OPENED.eventId,
    resource: { type: 'security-group', id: GROUP },
    rule: ruleName,
    severity: 'high',
    summary: 'what',
    evidence: [],
  },
});
const JUDGING: Judging = {
  change: OPENED,
  decisions: [CLEAN],
  before: null,
  sides: ['internet'],
  policyDigest: 'policy',
  now: NOW,
};
const read = (decisions: readonly Decision[], before: GroupReading | null = null, given: Partial<Judging> = {}) =>
  groupReading(estateOf([b, a]), { ...JUDGING, decisions, before, ...given });
const HOLE = expect.stringMatching(/^[0-9a-f]{16}$/);
const readBefore = (given: Partial<GroupReading>): GroupReading => ({
  kind: 'security-group',
  cleanRuleIds: null,
  rules: [],
  earlier: [],
  ...given,
});

describe('what is remembered of a group', () => {
  it('is its rules, sorted, and that it was clean', () => {
    expect(read([CLEAN])).toEqual({
      kind: 'security-group',
      cleanRuleIds: ['a', 'b'],
      cleanHoles: { a: HOLE, b: HOLE },
      cleanUnder: 'policy',
      first: { at: NOW.toISOString(), holes: { a: HOLE, b: HOLE } },
      rules: [a, b],
      earlier: [],
    });
    const { cleanHoles } = read([CLEAN]);
    expect(cleanHoles?.a).not.toBe(cleanHoles?.b);
    // What stood open afterwards changes nothing of what was clean.
    const last = readBefore({ cleanRuleIds: ['a'], cleanHoles: { a: 'hole' } });
    expect(read([remediate('internet', 'b')], last)).toMatchObject({ cleanRuleIds: ['a'], cleanHoles: { a: 'hole' } });
  });

  it.each<[string, readonly Decision[], readonly string[] | null]>([
    ['an exposure', [CLEAN, remediate('internet', 'b')], ['z']],
    ['an exposure outward', [CLEAN, remediate('egress', 'b')], ['z']],
    ['nothing that was judged', [ignore('made by a trusted actor', 'pipeline-only')], ['z']],
    ['a harmless rule that somebody added by hand, and is revoked', [CLEAN, remediate('pipeline-only', 'b')], ['a']],
  ])('after %s', (_name, decisions, cleanRuleIds) => {
    expect(read(decisions, readBefore({ cleanRuleIds: ['z'] })).cleanRuleIds).toEqual(cleanRuleIds);
  });

  it('is clean only where every rule that is on judged it, and says under which policy', () => {
    const both = { sides: ['internet', 'egress'] };
    expect(read([CLEAN], null, both)).toMatchObject({ cleanRuleIds: null, open: true });
    expect(read([CLEAN, cleanReading('within the limit', 'egress')], null, both)).not.toHaveProperty('open');
    expect(read([CLEAN], null, { sides: [] })).toMatchObject({ cleanRuleIds: null, open: true });
    const last = readBefore({ cleanRuleIds: ['a'], cleanUnder: 'an earlier one' });
    expect(read([remediate('internet', 'b')], last)).toMatchObject({ cleanUnder: 'an earlier one', open: true });
    expect(read([CLEAN], last)).toMatchObject({ cleanUnder: 'policy' });
  });

  it('has the rules of its first snapshot, but for those that the change named, and never more', () => {
    const named = (ruleIds: readonly string[]): Change => ({
      ...OPENED,
      fact: { kind: 'rules-added', egress: false, ruleIds },
    });
    const first = read([CLEAN], null, { change: named(['b']) });
    expect(first.first).toEqual({ at: NOW.toISOString(), holes: { a: HOLE } });
    expect(read([CLEAN], first, { change: named(['c']) }).first).toEqual(first.first);
    expect(read([CLEAN], null, { change: named([]) }).first?.holes).toEqual({});
    const many = Array.from({ length: 1001 }, (_, n) => rule(`x${n}`));
    expect(groupReading(estateOf(many), JUDGING)).not.toHaveProperty('first');
  });

  it('has the rules that only the users of the group make no exposure, and of these the service may make more', () => {
    const listening: Decision = { ...ignore('public listeners', 'internet'), spared: ['b'] };
    expect(read([listening])).toMatchObject({ spared: ['b'], open: true });
    const kept: Decision = { ...remediate('internet', 'b'), kind: 'hold', guard: 'not-ours', retryAfter: 1 } as Hold;
    const last = readBefore({ first: { at: OPENED.at, holes: { a: 'hole' } } });
    expect(read([{ ...kept, ofService: ['b'] } as Hold], last)).toMatchObject({
      spared: ['b'],
      first: { at: OPENED.at, holes: { a: 'hole', b: HOLE } },
    });
  });

  it('keeps what the group had when it was first seen, without what is being revoked', () => {
    const seen = read([remediate('internet', 'b')], null, { change: verdict(OPENED, 'by') }).first;
    expect(seen).toEqual({ at: NOW.toISOString(), holes: { a: expect.any(String) } });
    expect(read([CLEAN], readBefore({ ...(seen && { first: seen }) })).first).toEqual(seen);
    // A record of an earlier version does not say when that was.
    expect(read([CLEAN], readBefore({}))).not.toHaveProperty('first');
  });

  it('takes a group that was just made as one that lets nothing in, whatever is seen of it since', () => {
    const out = rule('out', { egress: true });
    const made: Change = { ...OPENED, fact: { kind: 'rules-added', egress: true, ruleIds: [], created: true } };
    const reading = groupReading(estateOf([a, b, out]), {
      ...JUDGING,
      before: read([CLEAN]),
      change: made,
    });
    expect(reading.first).toEqual({ at: OPENED.at, holes: { out: expect.any(String) } });
  });

  it('comes back from the ledger in the same words, so that what has not changed is not recorded again', () => {
    const reading = read([CLEAN, { ...ignore('listeners', 'egress'), spared: ['b'] }], null);
    const item = { pk: 'reading#sg', reading: storedReading(GROUP, reading) };
    expect(JSON.stringify(readingOf(item))).toBe(JSON.stringify(reading));
  });

  it('lacks what is being revoked: that it goes is no change by hand', () => {
    const reading = read([remediate('internet', 'b')]);
    expect(reading.rules).toEqual([a]);
    const next = groupReading(estateOf([a]), { ...JUDGING, before: reading });
    expect(next.earlier).toEqual([{ rule: b, until: NOW.toISOString(), revoked: true }]);
  });

  it('keeps rules as they were before they were changed or removed, the newest hundred', () => {
    const old = { ...a, toPort: 444 };
    const gone = rule('c');
    const [first, ...rest] = Array.from({ length: 99 }, (_, n) => ({ rule: rule(`x${n}`), until: 'before' }));
    const earlier = [...(first === undefined ? [] : [first]), ...rest];
    const reading = read([CLEAN], readBefore({ rules: [old, b, gone], earlier }));
    const until = '2026-03-01T12:00:00.000Z';
    expect(reading.earlier).toEqual([...rest, { rule: old, until }, { rule: gone, until }]);
  });

  it('keeps what undrift revoked apart, so that nobody pushes out with it what others were', () => {
    const ours = Array.from({ length: 60 }, (_, n) => ({
      rule: rule(`x${n}`),
      until: 'before',
      revoked: true as const,
    }));
    const changed = { rule: { ...a, toPort: 444 }, until: 'before' };
    const { earlier } = read([remediate('internet', 'b')], readBefore({ rules: [a, b], earlier: [changed, ...ours] }));
    expect(earlier[0]).toEqual(changed);
    expect(earlier).toHaveLength(51);
    expect(earlier.at(-1)).toMatchObject({ rule: b, revoked: true });
  });

  it('takes no rule for a changed one whose reference or tags are only known better than before', () => {
    const source = { kind: 'security-group', id: 'sg-9' } as const;
    const known = rule('a', { source: { ...source, ownerId: '210987654321' }, tags: { team: 'web' } });
    const before = readBefore({ rules: [rule('a', { source })] });
    expect(groupReading(estateOf([known]), { ...JUDGING, before })).toMatchObject({ rules: [known], earlier: [] });
  });
});
