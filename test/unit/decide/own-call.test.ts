import { describe, expect, it } from 'vitest';
import { decideOwnCall } from '../../../src/decide/own-call.ts';
import type { Change } from '../../../src/domain/change.ts';
import { occurrenceOf } from '../../../src/domain/occurrence.ts';
import { OPENED } from './perfect.ts';

const REVOKED: Change = {
  ...OPENED,
  name: 'RevokeSecurityGroupIngress',
  fact: { kind: 'rules-removed', egress: false, ruleIds: ['sgr-1'] },
};
const RESOURCE = { type: 'security-group', id: 'sg-0123456789abcdef0' } as const;

describe('a call by a role of ours that we did not make', () => {
  it('is told as critical, with nothing to do', () => {
    expect(decideOwnCall(REVOKED, RESOURCE)).toEqual({
      kind: 'hold',
      rule: 'own-role-misused',
      guard: 'observe',
      reason: 'undrift can only tell: rotate the credentials of the role and look for who used them',
      remediation: null,
      retryAfter: 86_400,
      finding: {
        key: 'security-group/sg-0123456789abcdef0/own-role-misused',
        round: occurrenceOf('event-1'),
        resource: RESOURCE,
        rule: 'own-role-misused',
        severity: 'critical',
        summary: 'a role of undrift called RevokeSecurityGroupIngress, and undrift did not',
        evidence: ['request id request-1, which the ledger does not know'],
      },
    });
  });

  it('says so where the record has no request id', () => {
    expect(decideOwnCall({ ...REVOKED, requestId: null }, RESOURCE).finding.evidence).toEqual([
      'request id unknown, which the ledger does not know',
    ]);
  });
});
