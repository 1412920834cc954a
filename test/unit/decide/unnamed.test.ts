import { describe, expect, it } from 'vitest';
import { decideAmbiguous, decideUnnamed, launchSourceKey } from '../../../src/decide/unnamed.ts';
import type { Change, Fact } from '../../../src/domain/change.ts';
import { occurrenceOf } from '../../../src/domain/occurrence.ts';
import { OPENED, POLICY } from './perfect.ts';

const unnamed = (about: Fact | null, deviation: Partial<Change> = {}): Change => ({
  ...OPENED,
  fact: { kind: 'unnamed', unit: 'security-groups', about, answered: null },
  resources: [{ type: 'region', id: OPENED.region }],
  ...deviation,
});
const ADDED: Fact = { kind: 'rules-added', egress: false, ruleIds: [] };
const PIPELINE = {
  ...OPENED.actor,
  type: 'AssumedRole',
  issuerArn: 'arn:aws:iam::123456789012:role/pipeline',
};

describe('a call of which CloudTrail left out what it named', () => {
  it('is held while the Region is looked at, where it added rules to some group', () => {
    expect(decideUnnamed(unnamed(ADDED), POLICY)).toMatchObject({
      kind: 'hold',
      guard: 'unreadable',
      rule: 'unread-call',
      retryAfter: 0,
      remediation: null,
      finding: { severity: 'high', resource: { type: 'region', id: OPENED.region }, round: occurrenceOf('event-1') },
    });
  });

  it('is reported to people where undrift cannot find out what it did', () => {
    expect(decideUnnamed(unnamed(null), POLICY)).toMatchObject({
      kind: 'hold',
      guard: 'observe',
      retryAfter: 86_400,
      finding: { severity: 'high', summary: expect.stringContaining(OPENED.name) },
    });
  });

  it('is nothing to report where a trusted actor made it, unless it may have opened a group', () => {
    const trusted = { ...POLICY, trustedActors: [{ id: 'pipeline', role: PIPELINE.issuerArn }] } as typeof POLICY;
    expect(decideUnnamed(unnamed(null, { actor: PIPELINE }), trusted)).toMatchObject({ kind: 'ignore' });
    expect(decideUnnamed(unnamed(ADDED, { actor: PIPELINE }), trusted)).toMatchObject({ kind: 'hold' });
  });

  it('is one incident for each caller and call, however many events there are', () => {
    const key = (change: Change) => {
      const decision = decideUnnamed(change, POLICY);
      return decision.kind === 'ignore' ? null : decision.finding.key;
    };
    const first = key(unnamed(ADDED));
    expect(key(unnamed(ADDED, { eventId: 'event-2' }))).toBe(first);
    expect(key(unnamed(ADDED, { actor: PIPELINE }))).not.toBe(first);
    expect(key(unnamed(ADDED, { name: 'ModifySecurityGroupRules' }))).not.toBe(first);
  });

  it('is one incident of the Region where it changed what instances are launched from, whoever made it', () => {
    const version: Fact = { kind: 'baseline-changed', what: 'version', detail: null };
    const key = (actor: Change['actor']) => {
      const decision = decideUnnamed(unnamed(version, { actor }), POLICY);
      return decision.kind === 'ignore' ? null : decision.finding.key;
    };
    expect(key(OPENED.actor)).toBe(launchSourceKey(OPENED.region));
    expect(key(PIPELINE)).toBe(launchSourceKey(OPENED.region));
  });

  it('is critical, with a bounded list, where several groups may be the one', () => {
    const ids = Array.from({ length: 20 }, (_, n) => `sg-${n}`);
    const { finding, guard, retryAfter } = decideAmbiguous(unnamed(ADDED), { candidates: ids, count: 70 }, false);
    expect(retryAfter).toBe(86_400);
    expect({ guard, severity: finding.severity }).toEqual({ guard: 'observe', severity: 'critical' });
    expect(finding.evidence[0]).toBe(
      `70 groups are open, and none of them was ever seen before the call: ${ids.join(', ')}, …`,
    );
  });
});
