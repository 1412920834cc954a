/**
 * The least that a record says, for when the whole cannot be stored: enough for an exposure to be closed on it, followed and
 * reported. It is an incident like any other, with what only explains left empty, and says what it lacks.
 */
import type { Fact, ResourceRef } from './change.ts';
import { cutText } from './cut.ts';
import type { Remediation } from './decision.ts';
import type { Incident, Outcome } from './incident.ts';
import { shortActor, shortOutcome } from './shorten.ts';
import { UNRECORDED_ACT, withUnrecorded } from './unrecorded.ts';

/** Bytes of JSON for a list that decides: beyond, it is left out, and that is said. */
const ROOM = 30_000;
/** Bytes of a text. */
const WORDS = 300;
const ROUNDS = 20;

/** Key, version, lease, occurrence, attempt and request id, decision and fact; `inverse` goes into items of its own. */
export function minimalRecord(incident: Incident, why: string): Incident {
  const { finding, change, decision, attempts, outcome, ran: _ran, found, earlier, ...rest } = incident;
  const [fact, remediation] = [factIn(change.fact), remediationIn(decision.remediation)];
  const resource = bare(incident.resource);
  const cut = (text: string) => cutText(text, WORDS);
  const { putBack: _putBack, ...bareFinding } = finding;
  const { places: _places, ...decided } = decision;
  const actor = shortActor(change.actor, WORDS, WORDS);
  const minimal: Incident = {
    ...rest,
    resource,
    finding: { ...bareFinding, resource, summary: cut(finding.summary), evidence: [] },
    about: { name: null, owner: null, madeBy: null },
    change: { ...change, name: cut(change.name), fact, resources: [resource], actor },
    decision: { ...decided, reason: cut(decision.reason), remediation },
    outcome: outcome === null ? null : finite(shortOutcome(outcome, WORDS)),
    attempts: attempts.slice(-1).map((attempt) => ({ ...attempt, error: attempt.error && cut(attempt.error) })),
    seenRounds: [...new Set([...incident.seenRounds.slice(-ROUNDS), incident.round])],
  };
  const lost = [
    ...LEFT_OUT,
    ...(found === undefined ? [] : ['what was found first']),
    ...(earlier === undefined ? [] : ['who caused earlier occurrences']),
    ...(fact === change.fact ? [] : ['the ids that the call named']),
    ...(remediation === decision.remediation ? [] : [UNRECORDED_ACT]),
  ];
  return withUnrecorded(minimal, lost, why, fact.kind === 'closing-call' && fact !== change.fact);
}

/** The minimal record without what undo needs, for when that cannot be stored either. */
export function withoutInverse(incident: Incident, why: string): Incident {
  const { preImage: _there, ...rest } = incident;
  return withUnrecorded({ ...rest, inverse: null }, ['what undo needs'], why);
}

const LEFT_OUT = [
  'the evidence',
  'the owner',
  'earlier attempts',
  `earlier occurrences beyond ${ROUNDS}`,
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
    case 'rules-removed': {
      const { removed: _removed, asked: _asked, ...named } = fact;
      return fits(named) ? named : { ...named, ruleIds: [] };
    }
    case 'rules-added':
    case 'rules-modified':
    case 'rules-described':
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

/** Judging again shows what is left of an act: a part of it would pass for the whole. */
function remediationIn(remediation: Remediation | null): Remediation | null {
  return fits(remediation) ? remediation : null;
}

/** A time that cannot be read makes a number that no store takes. */
function finite(outcome: Outcome): Outcome {
  return outcome.kind === 'done' && !Number.isFinite(outcome.secondsToFix) ? { ...outcome, secondsToFix: 0 } : outcome;
}
