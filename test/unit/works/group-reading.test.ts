import { describe, expect, it } from 'vitest';
import { cleanReading, type Decision, ignore } from '../../../src/domain/decision.ts';
import type { GroupReading } from '../../../src/domain/reading.ts';
import { groupReading } from '../../../src/works/group-reading.ts';
import { OPENED } from '../decide/perfect.ts';
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
const read = (decisions: readonly Decision[], before: GroupReading | null = null, keepValues = true) =>
  groupReading(estateOf([b, a]), decisions, before, keepValues, NOW);
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
      cleanHoles: { a: expect.stringMatching(/^[0-9a-f]{16}$/), b: expect.stringMatching(/^[0-9a-f]{16}$/) },
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

  it('lacks what is being revoked: that it goes is no change by hand', () => {
    const reading = read([remediate('internet', 'b')]);
    expect(reading.rules).toEqual([a]);
    const next = groupReading(estateOf([a]), [CLEAN], reading, true, NOW);
    expect(next.earlier).toEqual([]);
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

  it('has no values where the policy does not ask for them', () => {
    expect(read([CLEAN], readBefore({ rules: [rule('c')] }), false)).toMatchObject(
      readBefore({ cleanRuleIds: ['a', 'b'] }),
    );
  });
});
