import { type Change, withoutValues } from './change.ts';
import type { Finding } from './decision.ts';
import type { About, Incident, Unit } from './incident.ts';
import { incidentIdOf } from './key.ts';
import type { Stamp } from './lifecycle.ts';

type Known = {
  readonly unit: Unit;
  readonly finding: Finding;
  readonly about: About;
  readonly change: Change;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly stamp: Stamp;
};

/** An incident of which only this is known: nothing was decided or done yet, and no occurrence counts. */
export function blankIncident({ unit, finding, about, change, at, stamp }: Known): Incident {
  return {
    key: finding.key,
    id: incidentIdOf(finding.key),
    unit,
    finding,
    resource: finding.resource,
    about,
    change: withoutValues(change),
    decision: { kind: 'ignore', rule: null, guard: null, reason: '', remediation: null },
    outcome: null,
    inverse: null,
    status: 'held',
    guard: null,
    round: finding.round,
    rounds: 0,
    seenRounds: [],
    attempts: [],
    replacement: null,
    openedAt: at,
    updatedAt: at,
    closedAt: null,
    closedBy: null,
    dueAt: null,
    failures: 0,
    revision: 0,
    leaseUntil: null,
    noticesSent: [],
    ...stamp,
  };
}
