/**
 * How large the record of an incident can become. DynamoDB takes 400 KB an item, and an attacker who opens a port over and over
 * chooses how much there is to remember. So every list and text that only explains has room of its own, in bytes as DynamoDB
 * counts them. What fills one of them takes nothing from another.
 *
 * What decides is never shed: keys and ids, the occurrence, its attempt and its request id, the fact of the change, the
 * remediation. Nor are the members of a group before its replacement, operator decisions, and the notifications sent. What undo
 * needs is kept apart (`pre-images.ts`).
 *
 * An incident is a few KB. AWS's quotas leave a group of 1,000 rules at about 55 KB, a prefix list of 1,000 entries at about 60
 * KB. Above RECORD_LIMIT the claim is refused as one that the ledger cannot store.
 */
import { keptAttempts } from '../domain/attempts.ts';
import { cutText } from '../domain/cut.ts';
import type { EarlierOccurrence } from '../domain/history.ts';
import type { Attempt, Incident } from '../domain/incident.ts';
import type { Ran } from '../domain/ran.ts';
import { shortActor, shortOutcome } from '../domain/shorten.ts';
import { withUnrecorded } from '../domain/unrecorded.ts';
import { valueSize } from './item-size.ts';

/** Less than a third of what DynamoDB takes: a write costs a unit for each KB. */
export const RECORD_LIMIT = 120_000;

/** In the order of this table; the comment says what is shed. */
const ROOM = {
  /** The last lines; one more line says how many. */
  evidence: 5_000,
  evidenceLine: 400,
  /** The end of the text. */
  summary: 1_000,
  reason: 1_000,
  outcome: 1_500,
  about: 300,
  actor: 800,
  name: 300,
  ran: 200,
  attemptError: 500,
  /** The oldest that were refused, then the oldest; never the last one. */
  attempts: 4_000,
  /** The oldest; never the last one. 200 digests. */
  seenRounds: 5_003,
  /** The last lines of what was found first; it has a summary beside it. */
  found: 5_000,
  /** The oldest occurrences but the first. */
  earlier: 5_000,
  /** All but the first, which names the whole, and the incident's own. Then only its own is looked at again. */
  resources: 4_000,
} as const;

/** In words: then only the incident's own resource is looked at again. */
const CHANGE_RESOURCES = 'the other resources that the call named';

/** The incident as it is stored. What was bounded once stays as it is. */
export function boundedIncident(incident: Incident): Incident {
  const { finding, found, decision, attempts, seenRounds, earlier, outcome, about, ran, replacement } = incident;
  return {
    ...boundedChange(incident),
    finding: {
      ...finding,
      summary: cutText(finding.summary, ROOM.summary),
      evidence: boundedEvidence(finding.evidence, ROOM.evidence),
    },
    ...(found !== undefined && {
      found: {
        ...found,
        summary: cutText(found.summary, ROOM.summary),
        evidence: boundedEvidence(found.evidence, ROOM.found),
      },
    }),
    ...(earlier !== undefined && { earlier: firstAndLast(earlier.map(boundedOccurrence), ROOM.earlier) }),
    decision: { ...decision, reason: cutText(decision.reason, ROOM.reason) },
    outcome: outcome === null ? null : shortOutcome(outcome, ROOM.outcome),
    about: { name: cut(about.name), owner: cut(about.owner), madeBy: cut(about.madeBy) },
    attempts: keptAttempts(attempts.map(boundedAttempt), (some) => valueSize(some) <= ROOM.attempts),
    seenRounds: lastFitting(seenRounds, ROOM.seenRounds),
    ...(ran !== undefined && { ran: boundedRan(ran) }),
    ...(replacement?.successorRan !== undefined && {
      replacement: { ...replacement, successorRan: boundedRan(replacement.successorRan) },
    }),
  };
}

function boundedChange(incident: Incident): Incident {
  const { change, resource } = incident;
  const { actor, resources } = change;
  const [first, ...others] = resources;
  const own = others.filter(({ id }) => id === resource.id && id !== first?.id).slice(0, 1);
  const rest = others.filter((it) => !own.includes(it));
  const fitting = firstFitting(rest, ROOM.resources);
  const kept = fitting.length === rest.length ? resources : [...resources.slice(0, 1), ...own, ...fitting];
  const bounded = {
    ...change,
    name: cutText(change.name, ROOM.name),
    resources: kept,
    actor: shortActor(actor, ROOM.about, ROOM.actor),
  };
  if (kept.length === resources.length) return { ...incident, change: bounded };
  return withUnrecorded({ ...incident, change: bounded }, [CHANGE_RESOURCES], 'the call named too many');
}

function boundedOccurrence(one: EarlierOccurrence): EarlierOccurrence {
  const [actor, summary] = [cutText(one.actor, ROOM.about), cutText(one.summary, ROOM.about)];
  return { ...one, call: cutText(one.call, ROOM.ran), eventId: cutText(one.eventId, ROOM.ran), actor, summary };
}

function boundedEvidence(lines: readonly string[], room: number): readonly string[] {
  const short = lines.map((line) => cutText(line, ROOM.evidenceLine));
  if (valueSize(short) <= room) return short;
  const kept = firstFitting(short, room - LAST_LINE);
  return [...kept, `${short.length - kept.length} further lines are not recorded`];
}

/** Bytes for the line that says how many are left out. */
const LAST_LINE = 60;

function boundedAttempt(attempt: Attempt): Attempt {
  return { ...attempt, error: cut(attempt.error, ROOM.attemptError) };
}

function boundedRan(ran: Ran): Ran {
  const short = (text: string) => cutText(text, ROOM.ran);
  const { image, template, build, commit, unread } = ran;
  return {
    ...ran,
    image: image === null ? null : { ...image, name: cut(image.name, ROOM.ran) },
    template: template === null ? null : { ...template, name: cut(template.name, ROOM.ran) },
    build: build === null ? null : { ...build, tag: short(build.tag), value: short(build.value) },
    commit: commit === null ? null : { ...commit, tag: short(commit.tag), value: short(commit.value) },
    unread: unread.slice(0, 5).map(short),
  };
}

function cut(text: string | null, bytes: number = ROOM.about): string | null {
  return text === null ? null : cutText(text, bytes);
}

/** The first one, and the last ones that fit beside it. */
function firstAndLast<T>([first, ...others]: readonly T[], room: number): readonly T[] {
  if (first === undefined || others.length === 0) return first === undefined ? [] : [first];
  return [first, ...lastFitting(others, room - valueSize(first))];
}

/** The last ones that fit, and always the last one. */
function lastFitting<T>(list: readonly T[], room: number): readonly T[] {
  const kept = firstFitting(list.toReversed(), room).toReversed();
  return kept.length === 0 ? list.slice(-1) : kept;
}

/** The first ones that fit. */
function firstFitting<T>(list: readonly T[], room: number): readonly T[] {
  let left = room - valueSize([]);
  const end = list.findIndex((one) => {
    left -= 1 + valueSize(one);
    return left < 0;
  });
  return end < 0 ? list : list.slice(0, end);
}
