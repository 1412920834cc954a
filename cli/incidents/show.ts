import { type Attempt, type Incident, type Outcome, warmingIn } from '../../src/domain/incident.ts';
import { commandOf } from '../../src/notice/json.ts';
import { shown } from '../../src/notice/plain.ts';
import { putBackOf, undoOf, undoSection } from '../../src/notice/put-back.ts';
import { whatRan } from '../../src/notice/ran.ts';
import { whatIsUnrecorded, whatWasWrong, whoAndWhen, whose } from '../../src/notice/sections.ts';
import { readableJson } from '../../src/notice/shell.ts';
import { taintTrail } from '../../src/notice/taint.ts';
import { textOf } from '../../src/notice/text.ts';
import { duration, secondsBetween, secondsWords, utc } from '../../src/notice/time.ts';
import { actWords, CLOSED_BY_WORDS, GUARD_WORDS, machinesWords } from '../../src/notice/words.ts';
import { kinLines, wholeIdOf } from './whole.ts';

type Command = { readonly command: string } | null;
type View = Incident & { readonly undo: Command; readonly putBack: Command; readonly partOf: string | null };

/**
 * For machines: the incident as the ledger has it, the commands that would undo what was done, by us or by others, and the id of
 * the incident on the call that named this machine with others.
 */
export function incidentView(incident: Incident): View {
  return {
    ...incident,
    undo: commandOf(undoOf(incident)),
    putBack: commandOf(putBackOf(incident)),
    partOf: wholeIdOf(incident),
  };
}

export function jsonText(value: unknown): string {
  return readableJson(value);
}

/** For people: its whole life. */
export function incidentPage(incident: Incident, parts: readonly Incident[], now: string): string {
  return textOf([
    [`Incident ${shown(incident.id)}: ${incident.status}`, whatWasWrong(incident)],
    ['Who did it, and when', whoAndWhen(incident.change)],
    ['What ran', whatRan(incident)],
    ['Whose it is', whose(incident)],
    [parts.length > 0 ? 'Incidents of its machines' : 'Part of', kinLines(incident, parts)],
    ['What was decided', decision(incident)],
    ['What people did about it', taintTrail(incident)],
    ['Attempts', incident.attempts.map(attempt)],
    ['What came of it', outcome(incident)],
    undoSection(incident),
    ['What could not be recorded', whatIsUnrecorded(incident)],
    ['Times', times(incident, now)],
    ['Decided by', [stamp(incident)]],
  ]);
}

function decision(incident: Incident): readonly string[] {
  const {
    decision: { kind, reason },
    guard,
  } = incident;
  return [
    `${kind}: ${shown(reason, 300)}`,
    ...(guard === null ? [] : [`guard ${guard}: ${GUARD_WORDS[guard]} See docs/runbook.md#${guard}.`]),
    actLine(incident),
  ];
}

function actLine({ decision: { kind, guard, remediation }, resource }: Incident): string {
  if (remediation !== null) return `${kind === 'hold' ? 'would be' : 'act'}: ${actWords(remediation)}`;
  return `act: ${resource.type === 'targets' ? machinesWords(guard) : 'none possible'}`;
}

function attempt({ at, requestId, error }: Attempt): string {
  const answer = requestId === null ? 'no answer is recorded' : `answered, request ${shown(requestId)}`;
  return `${utc(at)}: ${error === null ? answer : shown(error, 300)}`;
}

function outcome(incident: Incident): readonly string[] {
  const { outcome: found, closedBy, replacement } = incident;
  const warming = warmingIn(incident);
  return [
    found === null ? 'nothing yet' : outcomeWords(found),
    ...(replacement === null
      ? []
      : [`successor in ${shown(replacement.group)}: ${shown(replacement.successor ?? 'none yet')}`]),
    ...(warming === null
      ? []
      : [`keeps its slot until it has warmed up (${utc(warming.until)}), ${utc(warming.lease)} at the latest`]),
    ...(closedBy === null ? [] : [`closed by ${closedBy}: ${CLOSED_BY_WORDS[closedBy]}`]),
  ];
}

function outcomeWords(found: Outcome): string {
  switch (found.kind) {
    case 'done':
      return `done in ${secondsWords(found.secondsToFix)}: ${shown(found.seen, 300)}`;
    case 'already-done':
      return `already done: ${shown(found.seen, 300)}`;
    case 'observed':
      return 'observed, nothing was changed';
    case 'unverified':
      return `sent, not seen done: ${shown(found.why, 300)}`;
    case 'failed':
      return `failed${found.retryable ? ', to be tried again' : ''}: ${shown(found.why, 300)}`;
  }
}

function times(incident: Incident, now: string): readonly string[] {
  const { openedAt, updatedAt, closedAt, dueAt, rounds, noticesSent } = incident;
  const wait = dueAt === null ? null : secondsBetween(now, dueAt);
  return [
    `first seen ${utc(openedAt)}, ${rounds === 1 ? '1 round' : `${rounds} rounds`}`,
    `last written ${utc(updatedAt)}`,
    ...(closedAt === null ? [] : [`closed ${utc(closedAt)}`]),
    ...(dueAt === null
      ? []
      : [`looked at again ${utc(dueAt)} (${wait !== null && wait > 0 ? `in ${duration(wait)}` : 'due'})`]),
    noticesSent.length === 0
      ? 'no notice was sent'
      : `notices sent: ${noticesSent.map((key) => shown(key)).join(', ')}`,
  ];
}

function stamp({ policyDigest, version, commit }: Incident): string {
  return `policy ${shown(policyDigest)}, undrift ${shown(version)}, commit ${shown(commit)}`;
}
