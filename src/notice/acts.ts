import { comesBack } from '../domain/coming-back.ts';
import type { GuardName } from '../domain/decision.ts';
import type { Incident } from '../domain/incident.ts';
import { closingWords } from './closing.ts';
import { batchDone } from './members.ts';
import { plain } from './plain.ts';
import type { Paragraph } from './sections.ts';
import { duration, secondsBetween, sentence, utc } from './time.ts';
import { attemptsNow, hasActed, isUnanswered, type NoticeOutcome, onlyTold, replacementNow } from './verdict.ts';
import { actWords, doneWords, guardWords, machinesWords } from './words.ts';

/** What was done, or why not. */
export function whatWasDone(incident: Incident, outcome: NoticeOutcome, now: string): readonly Paragraph[] {
  switch (outcome) {
    case 'observed':
    case 'held':
      return onlyTold(incident) ? told(incident, outcome, now) : held(incident, now);
    case 'done':
      return [done(incident)];
    case 'already-done':
      return [`Nothing was left to do: ${closingWords(incident)}.`];
    default:
      return unfinished(incident, outcome, now);
  }
}

/** What undrift never does, it does not hold back: a guard is named only beside that. */
function told(incident: Incident, outcome: NoticeOutcome, now: string): readonly string[] {
  const { guard } = incident;
  const held = outcome === 'held' && guard !== null;
  return [
    'undrift only tells of this. It closes what was opened; it adds no rules and changes none.',
    ...(held ? [`Besides, it is held: ${guardWords(guard, incident.resource.type)}`, ...reasonLine(incident)] : []),
    nextLook(incident, now),
    ...(held ? runbook(incident) : []),
  ];
}

function held(incident: Incident, now: string): readonly string[] {
  const { guard, outcome } = incident;
  const words = guard === null ? 'a guard stopped it.' : guardWords(guard, incident.resource.type);
  return [
    `${hasActed(incident) ? 'Nothing more' : 'Nothing'} was done: ${words}`,
    ...reasonLine(incident),
    actLine(incident),
    ...(outcome?.kind === 'failed' || outcome?.kind === 'unverified'
      ? [`Before that: ${plain(outcome.why, 300)}`]
      : []),
    nextLook(incident, now),
    ...runbook(incident),
  ];
}

function actLine({ guard, decision, resource }: Incident): string {
  const would = guard === null ? OTHERWISE : (WOULD[guard] ?? OTHERWISE);
  if (decision.remediation !== null) return `${would}: ${actWords(decision.remediation)}.`;
  if (resource.type !== 'targets') return 'No act of undrift would put this right.';
  return guard === 'tainted' ? `${would}: ${machinesWords(guard)}.` : sentence(machinesWords(guard));
}

const OTHERWISE = 'Would have been done';
const WOULD: Readonly<Partial<Record<GuardName, string>>> = {
  observe: 'In enforce mode undrift would have done this',
  tainted: 'To be done then, unless a person extends or clears it, or another guard holds it',
};

function runbook({ guard }: Incident): readonly string[] {
  return guard === null ? [] : [`docs/runbook.md#${guard} says what this reason means and what to do.`];
}

function done(incident: Incident): string {
  const { decision, replacement, resource } = incident;
  const act = decision.remediation;
  if (act === null && resource.type === 'targets') return batchDone(incident);
  if (act === null) return 'undrift put it right.';
  if (isUnanswered(incident))
    return `Tried: ${actWords(act)}. No answer to that call is on record; what was wrong is gone now.`;
  const successor = act.action === 'replace-instance' ? (replacement?.successor ?? null) : null;
  return `${doneWords(act)}${successor === null ? '' : ` ${plain(successor)} took its place.`}`;
}

function unfinished(incident: Incident, outcome: NoticeOutcome, now: string): readonly string[] {
  const { decision, outcome: seen } = incident;
  const act = decision.remediation;
  const times = attemptsNow(incident).length;
  // Of many that were refused, the record lists the last.
  const atLeast = incident.failures > times ? 'at least ' : '';
  const tried = times === 0 ? 'Wanted' : `Tried ${atLeast}${times === 1 ? 'once' : `${times} times`}`;
  const replacement = replacementNow(incident);
  const asked = replacement !== null && replacement.successor === null;
  return [
    ...(outcome === 'escalated' ? ['undrift asks for a person: it does not get this right by itself.'] : []),
    ...(seen?.kind === 'done' ? [done(incident)] : act === null ? [] : [`${tried}: ${actWords(act)}.`]),
    ...(seen?.kind === 'failed' || seen?.kind === 'unverified' ? [plain(seen.why, 300)] : []),
    ...(asked ? [`Auto Scaling was asked on ${utc(replacement.startedAt)}; no successor is known yet.`] : []),
    ...(incident.guard === null || incident.guard === 'observe'
      ? []
      : [`Held now: ${guardWords(incident.guard, incident.resource.type)}`]),
    ...reasonLine(incident),
    nextLook(incident, now),
  ];
}

function reasonLine({ decision, finding }: Incident): readonly string[] {
  const reason = plain(decision.reason, 300);
  return reason === '' || reason === plain(finding.summary, 300) ? [] : [`Reason: ${reason}`];
}

const TRIED_AGAIN = 'undrift tries again within 45 seconds, and goes on until it is closed.';

function nextLook(incident: Incident, now: string): string {
  const { dueAt, closedAt } = incident;
  if (closedAt !== null) return 'The incident is closed.';
  if (comesBack(incident))
    return incident.guard === null
      ? TRIED_AGAIN
      : 'undrift looks at it again within 45 seconds; after an hour, within five minutes.';
  if (dueAt === null) return 'undrift does not look at it again by itself.';
  const wait = secondsBetween(now, dueAt);
  const how = wait === null || wait <= 0 ? 'at once' : `in ${duration(wait)}`;
  return `undrift looks at it again ${how} (${utc(dueAt)}).`;
}
