import type { Incident } from '../../../src/domain/incident.ts';
import { OPENED } from '../decide/perfect.ts';

/** An incident about a security group that is held, with nothing due. */
export function incident(key: string): Incident {
  const resource = { type: 'security-group', id: 'sg-1' } as const;
  return {
    key,
    id: key,
    unit: 'security-groups',
    finding: { key, round: 'r1', resource, rule: 'internet', severity: 'high', summary: 'open', evidence: [] },
    resource,
    about: { name: null, owner: null, madeBy: null },
    change: OPENED,
    decision: { kind: 'hold', rule: 'internet', guard: 'observe', reason: 'observed', remediation: null },
    outcome: null,
    inverse: null,
    status: 'held',
    guard: 'observe',
    round: 'r1',
    rounds: 1,
    seenRounds: ['r1'],
    attempts: [],
    replacement: null,
    openedAt: '2026-03-01T11:00:00.000Z',
    updatedAt: '2026-03-01T11:00:00.000Z',
    closedAt: null,
    closedBy: null,
    dueAt: null,
    failures: 0,
    revision: 1,
    leaseUntil: null,
    noticesSent: [],
    policyDigest: 'policy',
    commit: 'commit',
    version: '0.0.0',
  };
}
