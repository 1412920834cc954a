import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/decide/finding.ts';
import { decide } from '../../../src/decide.ts';
import type { Change, Fact } from '../../../src/domain/change.ts';
import type { GroupReading } from '../../../src/domain/reading.ts';
import { estateOf, rule } from '../rules/perfect.ts';
import { CONTEXT, HISTORY, OPENED, POLICY } from './perfect.ts';

const [OLD, NEW] = [rule('sgr-1'), rule('sgr-2', { fromPort: 20, toPort: 30 })];
const BEFORE = '2026-03-01T11:00:00.000Z';
const AFTER = '2026-03-01T11:59:58.000Z';
const UNLISTED: Fact = { kind: 'rules-added', egress: false, ruleIds: [], unlisted: true };
const CREATED: Fact = { kind: 'rules-added', egress: true, ruleIds: [], created: true };

const seen = (given: Partial<GroupReading>): GroupReading => ({
  kind: 'security-group',
  cleanRuleIds: null,
  open: true,
  rules: [],
  earlier: [],
  ...given,
});
const firstSeen = (at: string, ...rules: readonly (typeof OLD)[]): Partial<GroupReading> => ({
  first: { at, holes: Object.fromEntries(rules.map((it) => [it.id, digestOf([it])])) },
});

/** Ids of the rules that go. */
function closed(lastReading: GroupReading | null, fact: Fact = UNLISTED, rules = [OLD, NEW]): readonly string[] {
  const change: Change = { ...OPENED, fact };
  const decisions = decide(change, estateOf(rules), { ...POLICY, when: 'new' }, { ...HISTORY, lastReading }, CONTEXT);
  return decisions.flatMap(({ kind, remediation }) =>
    kind === 'remediate' && remediation.action === 'revoke-rules' ? remediation.ruleIds : [],
  );
}

describe('a call that added rules to a group, in a record that does not list them', () => {
  it('closes what stands open, where the group was never seen before', () => {
    expect(closed(null)).toEqual(['sgr-1', 'sgr-2']);
  });

  it('closes what the group was not seen with before the call', () => {
    expect(closed(seen(firstSeen(BEFORE, OLD)))).toEqual(['sgr-2']);
    expect(closed(seen({ cleanRuleIds: ['sgr-1'] }))).toEqual(['sgr-2']);
  });

  it('is not misled by a reading that was taken after the call: another change on the group brings one', () => {
    expect(closed(seen(firstSeen(AFTER, OLD, NEW)))).toEqual(['sgr-1', 'sgr-2']);
  });

  it('closes a rule that kept its id and lets in more than it did', () => {
    const narrow = { ...NEW, source: { kind: 'ipv4', cidr: '192.0.2.0/24' } } as const;
    expect(closed(seen(firstSeen(BEFORE, OLD, narrow)))).toEqual(['sgr-2']);
  });

  it('leaves a rule of the other direction alone', () => {
    expect(closed(null, { ...UNLISTED, egress: true })).toEqual([]);
  });
});

describe('a group that was just made', () => {
  it('let nothing in before, so what it lets in is closed', () => {
    expect(closed(null, CREATED)).toEqual(['sgr-1', 'sgr-2']);
    expect(closed(seen(firstSeen(AFTER, OLD, NEW)), CREATED)).toEqual(['sgr-1', 'sgr-2']);
  });

  it('keeps the rule that EC2 gives it, which lets everything out', () => {
    const out = rule('sgr-0', { egress: true, protocol: '-1', fromPort: -1, toPort: -1 });
    expect(closed(null, CREATED, [out])).toEqual([]);
  });
});
