/** What an incident keeps of what a later look, or a further occurrence, would write over. Pure. */
import { actorName } from './actor.ts';
import type { Finding, Severity } from './decision.ts';
import type { ClosedBy, Incident, Outcome, PreImage } from './incident.ts';

/** What was found when an occurrence was recorded first. `at` is ISO 8601, UTC. */
export type FirstFound = {
  readonly at: string;
  readonly summary: string;
  readonly severity: Severity;
  readonly evidence: readonly string[];
};

/** An occurrence that a further one has followed: who caused it, and how it stood then. Times are ISO 8601, UTC. */
export type EarlierOccurrence = {
  readonly round: string;
  /** When the change was made, by which call, and by whom: the ARN, or what else names the actor. */
  readonly at: string;
  readonly call: string;
  readonly eventId: string;
  readonly actor: string;
  readonly summary: string;
  readonly outcome: Outcome['kind'] | null;
  readonly closedBy: ClosedBy | null;
  /** Null where it was still open when the next one came. */
  readonly closedAt: string | null;
  /** Where the ledger has what would undo the act of that occurrence. */
  readonly preImage?: PreImage;
};

/** So many are named, the first and the last ones; `rounds` counts all. */
const EARLIER_KEPT = 10;

type History = Pick<Incident, 'earlier'>;

/** What is remembered of the occurrences before a further one. */
export function earlierWith(previous: Incident | null): History {
  if (previous === null || previous.rounds === 0) return {};
  const { change, round, finding, outcome, closedBy, closedAt, attempts, preImage, earlier = [] } = previous;
  const { at, name: call, eventId, actor } = change;
  const sent = attempts.some((attempt) => attempt.round === round && attempt.error === null);
  const last: EarlierOccurrence = {
    ...{ round, at, call, eventId, actor: actorName(actor), summary: finding.summary },
    ...{ outcome: outcome?.kind ?? null, closedBy, closedAt },
    ...(preImage !== undefined && sent && { preImage }),
  };
  const [first, ...others] = [...earlier, last];
  // Repeating it pushes out what is between, and never who began.
  return { earlier: [...(first === undefined ? [] : [first]), ...others.slice(1 - EARLIER_KEPT)] };
}

/** The first evidence of an occurrence stays on record when a later look finds something else. */
export function firstFound(previous: Incident, now: Finding): Pick<Incident, 'found'> {
  const { found, finding, foundAt, openedAt } = previous;
  if (found !== undefined) return { found };
  const { summary, severity, evidence } = finding;
  const same = summary === now.summary && severity === now.severity && evidence.join('\n') === now.evidence.join('\n');
  return same ? {} : { found: { at: foundAt ?? openedAt, summary, severity, evidence } };
}
