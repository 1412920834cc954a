import { describe, expect, it } from 'vitest';
import { decide, type History } from '../../../src/decide.ts';
import type { Change } from '../../../src/domain/change.ts';
import type { Estate } from '../../../src/domain/estate.ts';
import { estateOf } from '../rules/perfect.ts';
import { ALTERED, CONTEXT, FLEET_INSTANCE, HISTORY, OPEN_GROUP, OPENED, POLICY } from './perfect.ts';

const UNKNOWN: History = { ...HISTORY, ownCall: 'unknown' };
const decided = (change: Change, estate: Estate, history: History = UNKNOWN) =>
  decide(change, estate, POLICY, history, CONTEXT);

describe('a call by a role of ours that we did not make', () => {
  it('is told as critical, with nothing to do', () => {
    const closing: Change = { ...OPENED, name: 'RevokeSecurityGroupIngress', fact: { kind: 'closing-call' } };
    expect(decided(closing, OPEN_GROUP)).toEqual([
      {
        kind: 'hold',
        rule: 'own-role-misused',
        guard: 'observe',
        reason: 'undrift can only tell: rotate the credentials of the role and look for who used them',
        remediation: null,
        retryAfter: 86_400,
        finding: {
          key: 'security-group/sg-0123456789abcdef0/own-role-misused',
          round: 'event-1',
          resource: { type: 'security-group', id: 'sg-0123456789abcdef0' },
          rule: 'own-role-misused',
          severity: 'critical',
          summary: 'a role of undrift called RevokeSecurityGroupIngress, and undrift did not',
          evidence: ['request id request-1, which the ledger does not know'],
        },
      },
    ]);
  });

  it('is told beside what must be put right', () => {
    const rules = (change: Change, estate: Estate) =>
      decided(change, estate).map(({ kind, rule }) => `${kind} ${rule}`);
    expect(rules(OPENED, OPEN_GROUP)).toEqual(['hold own-role-misused', 'remediate internet']);
    expect(rules(ALTERED, FLEET_INSTANCE)).toEqual(['hold own-role-misused', 'remediate user-data-changed']);
    expect(rules(OPENED, estateOf([]))).toEqual(['hold own-role-misused']);
  });

  it.each<[string, Estate, string]>([
    ['a group', OPEN_GROUP, 'security-group/sg-0123456789abcdef0'],
    ['an instance', FLEET_INSTANCE, 'instance/i-1'],
    ['nothing', { kind: 'missing', resource: { type: 'instance', id: 'i-9' } }, 'instance/i-9'],
  ])('names the resource that was found where the event names none: %s', (_name, estate, key) => {
    const [first] = decided({ ...ALTERED, resources: [], requestId: null }, estate);
    expect(first).toMatchObject({
      finding: { key: `${key}/own-role-misused`, evidence: ['request id unknown, which the ledger does not know'] },
    });
  });

  it('names the resource that the event names first', () => {
    const resources = [{ type: 'network-interface', id: 'eni-1' }] as const;
    const [first] = decided({ ...ALTERED, resources }, FLEET_INSTANCE);
    expect(first).toMatchObject({
      finding: { key: 'network-interface/eni-1/own-role-misused', resource: resources[0] },
    });
  });

  it('is no finding when nobody misused it', () => {
    expect(decided(OPENED, OPEN_GROUP, HISTORY).map(({ rule }) => rule)).toEqual(['internet']);
  });
});
