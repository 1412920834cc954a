/** What came of an incident, and by which calls: only what its record bears out. */
import { type Attempt, type Incident, type Outcome, warmingIn } from '../../src/domain/incident.ts';
import { isWhole } from '../../src/domain/part.ts';
import { NOTHING_LEFT } from '../../src/domain/settling.ts';
import { closingWords } from '../../src/notice/closing.ts';
import { batchDone } from '../../src/notice/members.ts';
import { shown } from '../../src/notice/plain.ts';
import { secondsWords, utc } from '../../src/notice/time.ts';
import { hasActed } from '../../src/notice/verdict.ts';

/** A worker may have died before AWS answered, or before it recorded the answer. */
const NO_ANSWER = 'no answer is recorded; it may have been done';

export function attemptLine({ at, requestId, error }: Attempt): string {
  const answer = requestId === null ? NO_ANSWER : `answered, request ${shown(requestId)}`;
  const failed = error === NOTHING_LEFT ? `answered: ${NOTHING_LEFT}` : `refused: ${shown(error ?? '', 300)}`;
  return `${utc(at)}: ${error === null ? answer : failed}`;
}

export function outcomeLines(incident: Incident): readonly string[] {
  const { outcome: found, closedBy, replacement } = incident;
  const warming = warmingIn(incident);
  return [
    ...(found === null || isLeftOpen(incident) ? noOutcome(incident) : [outcomeWords(incident, found)]),
    ...(replacement === null || !hasActed(incident)
      ? []
      : [`successor in ${shown(replacement.group)}: ${shown(replacement.successor ?? 'none is known')}`]),
    ...(warming === null
      ? []
      : [`keeps its slot until it has warmed up (${utc(warming.until)}), ${utc(warming.lease)} at the latest`]),
    ...(closedBy === null ? [] : [`closed by ${closedBy}: ${closingWords(incident)}`]),
  ];
}

/** A person closed what undrift still waited for. */
const isLeftOpen = (incident: Incident) =>
  incident.closedAt !== null && incident.outcome?.kind === 'unverified' && !hasActed(incident);

/** What is over says by whom it was closed; that is all that came of it. */
function noOutcome(incident: Incident): readonly string[] {
  if (incident.closedBy !== null) return [];
  if (incident.status === 'acting') return ['a call is being made, or its answer is not recorded: see the attempts'];
  if (hasActed(incident)) return ['a call was made, and nothing is verified yet: see the attempts'];
  if (isWhole(incident)) return [batchDone(incident)];
  return [incident.rounds > 1 ? 'nothing in this occurrence so far' : 'nothing so far'];
}

function outcomeWords(incident: Incident, found: Outcome): string {
  const open = incident.closedAt === null;
  switch (found.kind) {
    case 'done':
      return `done in ${secondsWords(found.secondsToFix)}: ${shown(found.seen, 300)}`;
    case 'already-done':
      return `nothing was left to do: ${shown(found.seen, 300)}`;
    case 'observed':
      return hasActed(incident)
        ? 'observed now; for what was done before, see the attempts'
        : 'observed, nothing was changed';
    case 'unverified':
      return `${hasActed(incident) ? 'sent, not verified' : 'not over'}: ${shown(found.why, 300)}`;
    case 'failed':
      return `failed${open ? ', to be tried again' : ''}: ${shown(found.why, 300)}`;
  }
}
