/**
 * The least that a record says, for when the whole cannot be stored: enough for an exposure to be closed on it, followed and
 * reported. It is an incident like any other, with what only explains left empty, and says what it lacks.
 */
import { UNKNOWN_ACTOR } from './actor.ts';
import type { Change, Fact, ResourceRef } from './change.ts';
import { cutText } from './cut.ts';
import type { Remediation } from './decision.ts';
import type { Incident } from './incident.ts';

/** Bytes of JSON for a list that decides: beyond, it is left out, and that is said. */
const ROOM = 30_000;
const WORDS = 300;

export function withUnrecorded(incident: Incident, what: readonly string[], why: string): Incident {
  const before = incident.unrecorded;
  const all = [...new Set([...(before?.what ?? []), ...what])];
  return { ...incident, unrecorded: { ...before, what: all, why: before?.why ?? cutText(why, WORDS) } };
}

/** Key, version, lease, occurrence, attempt and request id, decision and fact; `inverse` goes into items of its own. */
export function minimalRecord(incident: Incident, why: string): Incident {
  const { finding, change, decision, attempts, outcome, ran: _ran, ...rest } = incident;
  const [fact, remediation] = [factIn(change.fact), remediationIn(decision.remediation)];
  const resource = bare(incident.resource);
  const cut = (text: string) => cutText(text, WORDS);
  const { putBack: _putBack, ...found } = finding;
  const minimal: Incident = {
    ...rest,
    resource,
    finding: { ...found, resource, summary: cut(finding.summary), evidence: [] },
    about: { name: null, owner: null, madeBy: null },
    change: { ...change, name: cut(change.name), fact, resources: [resource], actor: actorIn(change.actor) },
    decision: { ...decision, reason: cut(decision.reason), remediation },
    outcome: outcome === null || outcome.kind === 'observed' ? outcome : shortened(outcome, cut),
    attempts: attempts.slice(-1).map((attempt) => ({ ...attempt, error: attempt.error && cut(attempt.error) })),
    seenRounds: [...new Set([...incident.seenRounds.slice(-20), incident.round])],
  };
  const lost = [
    ...LEFT_OUT,
    ...(fact === change.fact ? [] : ['the ids that the call named']),
    ...(remediation === decision.remediation ? [] : [ACT]),
  ];
  const said = withUnrecorded(minimal, lost, why);
  return fact.kind === 'closing-call' && fact !== change.fact ? blinded(said) : said;
}

/** Nobody can judge it again by what it says. */
function blinded(incident: Incident): Incident {
  const { what = [], why = '' } = incident.unrecorded ?? {};
  return { ...incident, unrecorded: { what, why, blind: true } };
}

/** The minimal record without what undo needs, for when that cannot be stored either. */
export function withoutInverse(incident: Incident, why: string): Incident {
  const { preImage: _there, ...rest } = incident;
  return withUnrecorded({ ...rest, inverse: null }, ['what undo needs'], why);
}

const ACT = 'what was to be taken away';

/** Whether the record says that something was taken away, and not what. */
export function lacksAct({ unrecorded }: Pick<Incident, 'unrecorded'>): boolean {
  return unrecorded?.what.includes(ACT) === true;
}

const LEFT_OUT = [
  'the evidence',
  'the owner',
  'earlier attempts',
  'earlier occurrences beyond 20',
  'the other resources that the call named',
];

function bare({ type, id }: ResourceRef): ResourceRef {
  return { type, id };
}

const fits = (value: unknown): boolean => Buffer.byteLength(JSON.stringify(value)) <= ROOM;

/** Old events name no ids either: then what is live is judged as it is. */
function factIn(fact: Fact): Fact {
  if (fits(fact)) return fact;
  switch (fact.kind) {
    case 'rules-added':
    case 'rules-modified':
    case 'rules-described':
    case 'rules-removed':
      return { ...fact, ruleIds: [] };
    case 'prefix-list-changed':
      return { ...fact, added: null };
    case 'interfaces-created':
    case 'security-groups-changed':
      return { ...fact, groupIds: [] };
    default:
      return { kind: 'closing-call' };
  }
}

/** What is left of an act is told by judging again: a part of it would pass for the whole. */
function remediationIn(remediation: Remediation | null): Remediation | null {
  return fits(remediation) ? remediation : null;
}

function actorIn(actor: Change['actor']): Change['actor'] {
  const fields = Object.entries(actor).map(([name, text]) => [name, text === null ? null : cutText(text, WORDS)]);
  return Object.fromEntries(fields) as Change['actor'];
}

function shortened<T extends NonNullable<Incident['outcome']>>(outcome: T, cut: (text: string) => string): T {
  if ('why' in outcome) return { ...outcome, why: cut(outcome.why) };
  if ('secondsToFix' in outcome && !Number.isFinite(outcome.secondsToFix)) {
    return { ...outcome, seen: cut(outcome.seen), secondsToFix: 0 };
  }
  return 'seen' in outcome ? { ...outcome, seen: cut(outcome.seen) } : outcome;
}

/** Whether the record cannot be judged again by what it says: then only a further event can. */
export function isBlind({ unrecorded }: Pick<Incident, 'unrecorded'>): boolean {
  return unrecorded?.blind === true;
}

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
 * Stands for a record that cannot be read. Nothing is known of it but what it is about, so nothing of it counts as done. An
 * exposure is judged again by what is live, as by an event that names no ids and nobody.
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
