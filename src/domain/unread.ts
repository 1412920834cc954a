/** What takes the place of a record that is in the ledger and cannot be read. */
import { UNKNOWN_ACTOR } from './actor.ts';
import type { Fact, ResourceRef } from './change.ts';
import type { Incident } from './incident.ts';

/** What is still legible of a record: the attributes beside the document. */
export type Legible = {
  readonly key: string;
  readonly id: string;
  readonly unit: Incident['unit'];
  readonly resource: ResourceRef;
  readonly rule: string;
  readonly closed: boolean;
  readonly revision: number;
  readonly at: string;
  /** Where it was changed; null where that cannot be read either. */
  readonly place: { readonly account: string; readonly region: string } | null;
};

/**
 * Only what the record is about is known, so nothing of it counts as done. An exposure is judged again by what is live, as by
 * an event without ids and without an actor.
 */
export function unreadRecord(known: Legible, why: string): Incident {
  const { key, id, unit, resource, rule, closed, revision, at, place } = known;
  const fact = place === null ? null : FACT_OF[resource.type];
  const unrecorded = { what: ['everything before this occurrence'], why };
  const summary = 'the record of this incident cannot be read';
  const blank = '';
  return {
    key,
    id,
    unit,
    finding: { key, round: blank, resource, rule, severity: 'high', summary, evidence: [] },
    resource,
    about: { name: null, owner: null, madeBy: null },
    change: {
      source: 'cloudtrail',
      name: 'an unreadable record',
      fact: fact ?? { kind: 'closing-call' },
      resources: [resource],
      actor: UNKNOWN_ACTOR,
      at,
      eventId: blank,
      requestId: null,
      account: place?.account ?? 'unknown',
      region: place?.region ?? 'unknown',
    },
    decision: { kind: 'hold', rule, guard: 'unreadable', reason: summary, remediation: null },
    outcome: null,
    inverse: null,
    status: closed ? 'closed' : 'held',
    guard: closed ? null : 'unreadable',
    round: blank,
    rounds: 1,
    seenRounds: [],
    attempts: [],
    replacement: null,
    openedAt: at,
    updatedAt: at,
    closedAt: closed ? at : null,
    closedBy: null,
    dueAt: closed ? null : at,
    failures: 0,
    revision,
    leaseUntil: null,
    noticesSent: [],
    policyDigest: blank,
    commit: blank,
    version: blank,
    unrecorded: fact === null ? { ...unrecorded, blind: true } : unrecorded,
  };
}

/** What makes a unit look at an exposure again; null for what is not judged by what is live. */
const FACT_OF: Readonly<Record<ResourceRef['type'], Fact | null>> = {
  'security-group': { kind: 'rules-modified', ruleIds: [] },
  'network-interface': { kind: 'security-groups-changed', groupIds: [] },
  'prefix-list': { kind: 'prefix-list-changed', added: null },
  instance: null,
  targets: null,
  'launch-template': null,
  'auto-scaling-group': null,
};
