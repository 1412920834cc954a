/** What takes the place of a record that is in the ledger and cannot be read. */
import { UNKNOWN_ACTOR } from './actor.ts';
import { blankIncident } from './blank.ts';
import type { Change, Fact, ResourceRef } from './change.ts';
import type { Finding } from './decision.ts';
import type { Incident } from './incident.ts';
import type { Stamp } from './lifecycle.ts';
import { withUnrecorded } from './unrecorded.ts';

/** What is still legible of a record: the attributes beside the document. */
export type Legible = {
  readonly key: string;
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
  const { key, unit, resource, rule, closed, revision, at, place } = known;
  const fact = place === null ? null : FACT_OF[resource.type];
  const summary = 'the record of this incident cannot be read';
  const finding: Finding = { key, round: '', resource, rule, severity: 'high', summary, evidence: [] };
  const change: Change = {
    source: 'cloudtrail',
    name: 'an unreadable record',
    fact: fact ?? { kind: 'closing-call' },
    resources: [resource],
    actor: UNKNOWN_ACTOR,
    at,
    eventId: '',
    requestId: null,
    account: place?.account ?? 'unknown',
    region: place?.region ?? 'unknown',
  };
  const about = { name: null, owner: null, madeBy: null };
  const blank = blankIncident({ unit, finding, about, change, at, stamp: NO_STAMP });
  const unread: Incident = {
    ...blank,
    decision: { kind: 'hold', rule, guard: 'unreadable', reason: summary, remediation: null },
    rounds: 1,
    revision,
    ...(closed ? { status: 'closed', closedAt: at } : { guard: 'unreadable', dueAt: at }),
  };
  return withUnrecorded(unread, ['everything before this occurrence'], why, fact === null);
}

const NO_STAMP: Stamp = { policyDigest: '', commit: '', version: '' };

/** What makes a unit look at an exposure again; null for what is not judged by what is live. */
const FACT_OF: Readonly<Record<ResourceRef['type'], Fact | null>> = {
  'security-group': { kind: 'rules-modified', ruleIds: [] },
  'network-interface': { kind: 'security-groups-changed', groupIds: [] },
  'prefix-list': { kind: 'prefix-list-changed', added: null },
  instance: null,
  targets: null,
  region: null,
  'launch-template': null,
  'auto-scaling-group': null,
};
